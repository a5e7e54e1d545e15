// A few connections for many tasks. Look at which connections
// are given back, and what happens to the others.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../19-synchronisation/semaphore.hpp"
#include "../25-rabbitmq/back_off.hpp"
#include "address.hpp"
#include "answer.hpp"
#include "connection.hpp"
#include "document.hpp"

namespace mongo {

// A handle: its copies are the same pool.
class Pool {
 public:
  // `patience`: how long it tries to connect again after the
  // server has gone. If there is no server at the beginning, it
  // fails at once: then the address may be wrong.
  Pool(asio::any_io_executor executor, Address address,
       std::size_t size,
       std::chrono::milliseconds patience =
           std::chrono::seconds(20))
      : state_(std::make_shared<State>(executor, address, size,
                                       patience)) {}

  // Calls body(connection), when there is one that no other task
  // uses.
  template <typename Body>
  asio::awaitable<void> use(Body body) {
    return lend(state_, std::move(body));
  }

  // One command, on any connection.
  asio::awaitable<Document> command(Document question) {
    return ask(state_, std::move(question));
  }

  std::size_t idle() const { return state_->idle.size(); }

 private:
  struct State {
    State(asio::any_io_executor executor, Address address,
          std::size_t size, std::chrono::milliseconds patience)
        : address(address),
          patience(patience),
          places(executor, size) {}

    Address address;
    std::chrono::milliseconds patience;
    Semaphore places;
    std::vector<std::unique_ptr<Connection>> idle{};
    bool connected_before = false;
  };

  struct Lease {
    Lease() = default;  // Asio needs it
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = default;
    // Another task may get only an idle connection. Any other is
    // closed.
    ~Lease() {
      if (connection && connection->is_idle()) {
        state->idle.push_back(std::move(connection));
      }
    }

    std::shared_ptr<State> state{};
    Semaphore::Permit place{};
    std::unique_ptr<Connection> connection{};
  };

  // Owns the state as well: the Pool may be gone when the task
  // begins.
  template <typename Body>
  static asio::awaitable<void> lend(std::shared_ptr<State> state,
                                    Body body) {
    const Lease lease = co_await borrow(std::move(state));
    co_await body(*lease.connection);
  }

  static asio::awaitable<Document> ask(
      std::shared_ptr<State> state, Document question) {
    const Lease lease = co_await borrow(std::move(state));
    co_return co_await lease.connection->command(question);
  }

  static asio::awaitable<Lease> borrow(
      std::shared_ptr<State> state) {
    Lease lease;
    lease.place = co_await state->places.acquire();
    lease.state = state;
    while (!lease.connection && !state->idle.empty()) {
      auto last = std::move(state->idle.back());
      state->idle.pop_back();
      if (last->is_quiet()) lease.connection = std::move(last);
    }
    if (!lease.connection) {
      lease.connection = co_await connect(*state);
    }
    co_return lease;
  }

  static asio::awaitable<std::unique_ptr<Connection>> connect(
      State& state) {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + state.patience;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (BackOff back_off;;) {
      try {
        auto connection =
            co_await Connection::open(state.address);
        state.connected_before = true;
        co_return connection;
      } catch (const Lost&) {
        const bool too_late = steady_clock::now() >= end;
        if (!state.connected_before || too_late) throw;
      }
      pause.expires_after(back_off.next());
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace mongo

// Wrong: so many connections that no guest needs one of another.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../15-timeouts/wait_for.hpp"
#include "../19-synchronisation/semaphore.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The guest gets no ticket.
struct NoTicket : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What the server has seen.
struct Theatre {
  std::vector<std::string> tickets{};  // committed ones
  int opened = 0;
  int open = 0;
  int most = 0;  // open at the same time
};

enum class Status { idle, in_transaction, active, lost };

// Like libpq's: a question whose answer has not been read stays
// under way. When a connection is destroyed, the server rolls
// back.
class Connection {
 public:
  static asio::awaitable<std::unique_ptr<Connection>> open(Theatre& theatre) {
    auto self = std::make_unique<Connection>(theatre);
    co_await pause(80ms);
    co_return self;
  }
  explicit Connection(Theatre& theatre) : theatre_(theatre) {
    ++theatre_.opened;
    theatre_.most = std::max(theatre_.most, ++theatre_.open);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { --theatre_.open; }

  Status status() const { return status_; }

  // Within a transaction it does nothing: the server warns.
  asio::awaitable<void> begin() { co_await ask(0ms); }
  // The server may close the connection in the middle of it.
  asio::awaitable<void> book(std::string guest, bool cut) {
    co_await ask(cut ? 100ms : 200ms);
    if (cut) {
      status_ = Status::lost;
      throw NoTicket("connection lost");
    }
    booked_.push_back(guest);
  }
  asio::awaitable<void> commit() {
    co_await ask(40ms);
    status_ = Status::idle;
    for (auto& guest : std::exchange(booked_, {})) {
      theatre_.tickets.push_back(guest);
    }
  }
  asio::awaitable<void> rollback() {
    co_await ask(20ms);
    status_ = Status::idle;
    booked_.clear();
  }

 private:
  asio::awaitable<void> ask(std::chrono::milliseconds time) {
    if (status_ == Status::lost) {
      throw NoTicket("no connection to the server");
    }
    if (status_ == Status::active) {
      throw std::logic_error("another command is already in progress");
    }
    status_ = Status::active;
    co_await pause(time);
    status_ = Status::in_transaction;
  }

  Theatre& theatre_;
  Status status_ = Status::idle;
  std::vector<std::string> booked_{};
};

struct Pool {
  Pool(asio::any_io_executor executor, Theatre& theatre) : theatre(theatre), places(executor, 7) {}

  Theatre& theatre;
  Semaphore places;
  std::vector<std::unique_ptr<Connection>> idle{};

  std::ptrdiff_t in_transaction() const {
    return std::ranges::count(idle, Status::in_transaction,
                              [](const auto& own) { return own->status(); });
  }
};

// A connection for one task, and the place that it takes.
struct Lease {
  Lease(Pool& pool, Semaphore::Permit place) : pool(pool), place(std::move(place)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (own) {
      pool.idle.push_back(std::move(own));
    }
  }

  Pool& pool;
  Semaphore::Permit place;
  std::unique_ptr<Connection> own{};
};

// Calls body(connection) in a transaction.
template <typename Body>
asio::awaitable<void> transaction(Pool& pool, Body body) {
  Lease lease(pool, co_await pool.places.acquire());
  if (pool.idle.empty()) {
    lease.own = co_await Connection::open(pool.theatre);
  } else {
    lease.own = std::move(pool.idle.back());
    pool.idle.pop_back();
  }
  Connection& own = *lease.own;
  co_await own.begin();
  co_await body(own);
  co_await own.commit();
}

struct Guest {
  std::string name;
  std::chrono::milliseconds comes;
  bool can_pay = true;
  bool cut = false;
  std::chrono::milliseconds patience = 10s;
};

asio::awaitable<void> buy(Pool& pool, Guest guest) {
  auto book = [&](Connection& own) -> asio::awaitable<void> {
    co_await own.book(guest.name, guest.cut);
    if (!guest.can_pay) throw NoTicket("cannot pay");
  };
  co_await transaction(pool, book);
}

asio::awaitable<void> serve(Pool& pool, Guest guest) {
  co_await pause(guest.comes);
  std::string outcome = "a ticket";
  try {
    co_await wait_for(buy(pool, guest), guest.patience);
  } catch (const NoTicket& reason) {
    outcome = reason.what();
  } catch (const TimedOut&) {
    outcome = "gives up";
  }
  fmt::print("{}: {}\n", guest.name, outcome);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Theatre theatre;
  Pool pool(loop.get_executor(), theatre);
  const std::vector<Guest> guests{{"Ann", 0ms},   {"Ben", 10ms, false},
                                  {"Cleo", 20ms}, {"Dora", 30ms, true, false, 400ms},
                                  {"Emil", 40ms}, {"Finn", 50ms, true, true},
                                  {"Gina", 60ms}, {"Hugo", 800ms, false}};
  for (const Guest& guest : guests) {
    asio::co_spawn(loop, serve(pool, guest), rethrow);
  }
  loop.run();

  fmt::print("Tickets: {}\n", fmt::join(theatre.tickets, ", "));
  fmt::print("Connections: {}, at most {} at once\n", theatre.opened, theatre.most);
  fmt::print("Open transactions: {}\n", pool.in_transaction());
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

// The parts that the fault tests of all brokers share: workers that are processes, a relay that can
// be cut, and the account of each message's fate.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../../lessons/13-futures/waiters.hpp"
#include "spawned_program.hpp"

inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// Of a thousand messages, which are the numbers from `first` on.
class Account {
 public:
  Account(asio::any_io_executor executor, int first) : first_(first), changed_(executor) {}

  static constexpr int messages = 1000;

  int first() const { return first_; }

  void confirmed(int number) {
    confirmed_.insert(number);
    changed_.wake_all();
  }

  // (Messages redelivered from an earlier round do not count.)
  void processed(int number) {
    if (number < first_) return;
    if (!processed_.insert(number).second) ++again_;
    changed_.wake_all();
  }

  asio::awaitable<void> wait_for_confirmed(std::size_t count) {
    while (confirmed_.size() < count) co_await changed_.wait();
  }

  asio::awaitable<void> wait_for_processed(std::size_t count) {
    while (processed_.size() < count) co_await changed_.wait();
  }

  std::size_t lost() const {
    std::size_t lost = 0;
    for (const int number : confirmed_) lost += 1 - processed_.count(number);
    return lost;
  }

  std::string text() const {
    return fmt::format("{} confirmed, {} processed, {} of them more than once, {} lost",
                       confirmed_.size(), processed_.size(), again_, lost());
  }

 private:
  int first_;
  std::set<int> confirmed_;
  std::set<int> processed_;
  std::size_t again_ = 0;
  Waiters changed_;
};

// A process that prints the number of each message it has processed.
class Worker {
 public:
  Worker(asio::any_io_executor executor, const std::vector<std::string>& command,
         std::shared_ptr<Account> account)
      : output_(std::make_shared<asio::posix::stream_descriptor>(executor)) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    output_->assign(ends[0]);
    process_.emplace(command, ends[1]);
    close(ends[1]);
    asio::co_spawn(executor, read(output_, std::move(account)), rethrow);
  }

  // Kills it as kill -9 does. Its output is still read.
  void end() { process_.reset(); }

 private:
  static asio::awaitable<void> read(std::shared_ptr<asio::posix::stream_descriptor> output,
                                    std::shared_ptr<Account> account) {
    std::string text;
    for (;;) {
      asio::error_code error;
      const auto size =
          co_await asio::async_read_until(*output, asio::dynamic_buffer(text), '\n',
                                          asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
      account->processed(std::stoi(text.substr(0, size)));
      text.erase(0, size);
    }
  }

  std::optional<SpawnedProgram> process_;
  std::shared_ptr<asio::posix::stream_descriptor> output_;
};

// Relays the bytes to and from a server, each after a delay, and can be cut: then what was on its
// way is lost.
class Relay {
 public:
  using tcp = asio::ip::tcp;

  Relay(asio::any_io_executor executor, unsigned short server,
        std::chrono::milliseconds delay = std::chrono::milliseconds(0))
      : delay_(delay),
        server_(asio::ip::address_v4::loopback(), server),
        acceptor_(executor, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(executor, accept(), [](std::exception_ptr) {});
  }

  unsigned short port() const { return acceptor_.local_endpoint().port(); }

  // Cuts all connections, as when a cable is pulled, by resets on both sides. Returns how many
  // there were.
  std::size_t cut() {
    std::size_t count = 0;
    for (auto& weak : std::exchange(connections_, {})) {
      const auto connection = weak.lock();
      if (!connection) continue;
      ++count;
      for (tcp::socket* socket : {&connection->client, &connection->server}) {
        asio::error_code error;
        socket->set_option(asio::socket_base::linger(true, 0), error);
        socket->close(error);
      }
    }
    return count;
  }

 private:
  struct Connection {
    explicit Connection(tcp::socket from)
        : client(std::move(from)), server(client.get_executor()) {}
    tcp::socket client;
    tcp::socket server;
  };

  asio::awaitable<void> accept() {
    const auto executor = acceptor_.get_executor();
    for (;;) {
      auto connection =
          std::make_shared<Connection>(co_await acceptor_.async_accept(asio::use_awaitable));
      asio::error_code error;
      co_await connection->server.async_connect(server_,
                                                asio::redirect_error(asio::use_awaitable, error));
      connections_.push_back(connection);
      asio::co_spawn(executor, pass_on(connection, connection->client, connection->server, delay_),
                     rethrow);
      asio::co_spawn(executor, pass_on(connection, connection->server, connection->client, delay_),
                     rethrow);
    }
  }

  static asio::awaitable<void> pass_on(std::shared_ptr<Connection> connection, tcp::socket& from,
                                       tcp::socket& to, std::chrono::milliseconds delay) {
    std::vector<char> room(65536);
    asio::error_code error;
    asio::steady_timer on_its_way(from.get_executor());
    while (!error) {
      const auto size = co_await from.async_read_some(
          asio::buffer(room), asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
      on_its_way.expires_after(delay);
      co_await on_its_way.async_wait(asio::use_awaitable);
      co_await asio::async_write(to, asio::buffer(room.data(), size),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    connection->client.close(error);
    connection->server.close(error);
  }

  std::chrono::milliseconds delay_;
  tcp::endpoint server_;
  tcp::acceptor acceptor_;
  std::list<std::weak_ptr<Connection>> connections_;
};

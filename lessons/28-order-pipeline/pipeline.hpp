// The pipeline over a broker. `Queue` is for one kind of broker:
// everything else is the same for all of them.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include "../22-echo-server/print_line.hpp"
#include "desk.hpp"
#include "options.hpp"
#include "order_queue.hpp"
#include "shelf_file.hpp"
#include "staff.hpp"
#include "table_shelf.hpp"
#include "worker.hpp"

// Where a broker is found, or else the program that runs one.
struct BrokerKind {
  const char* variable;  // of the environment: "AMQP_URL"
  const char* scheme;    // what comes before HOST:PORT there
  const char* name;      // "rabbitmq": ./workbook server NAME
};

// The program that runs the broker. `./workbook` builds it
// together with this one.
inline std::filesystem::path program_of(const BrokerKind& kind) {
  const auto program =
      this_program().parent_path() / "../servers" / kind.name;
  if (std::filesystem::exists(program)) return program;
  throw std::runtime_error(fmt::format(
      "which broker? Set {} to {}HOST:PORT (./workbook server {} "
      "starts one, and prints its address)",
      kind.variable, kind.scheme, kind.name));
}

// A task's exception must not get lost: it ends the program.
inline void rethrow_from_pipeline(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

inline asio::awaitable<void> say_when_ready(OrderQueue& orders,
                                            OrderQueue& results) {
  co_await orders.ready();
  co_await results.ready();
  print_line("Ready");
}

template <typename Queue>
void run_worker(asio::io_context& loop, const Options& options,
                const std::string& url) {
  const auto shelf =
      make_shelf(loop.get_executor(), options.shelf);
  Queue orders(loop.get_executor(), url, "orders", 1);
  Queue results(loop.get_executor(), url, "results", 0);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  asio::steady_timer farewell(loop);
  signals.async_wait([&](asio::error_code ended, int) {
    if (ended) return;
    signals.clear();  // a second one ends it at once
    orders.close();
    farewell.expires_after(options.settings.limits.farewell);
    farewell.async_wait([](asio::error_code error) {
      if (!error) std::_Exit(1);  // its order comes again
    });
  });
  asio::co_spawn(loop, orders.run(), rethrow_from_pipeline);
  asio::co_spawn(loop, results.run(), rethrow_from_pipeline);
  asio::co_spawn(loop, say_when_ready(orders, results),
                 rethrow_from_pipeline);
  asio::co_spawn(
      loop,
      work(options.worker, orders, results, *shelf, options.time),
      [&](std::exception_ptr error) {
        rethrow_from_pipeline(error);
        results.close();
        signals.cancel();
        farewell.cancel();
      });
  loop.run();
}

inline asio::awaitable<void> open_when_ready(
    Staff& staff, OrderQueue& orders, OrderQueue& results,
    unsigned short port) {
  co_await staff.ready();
  co_await orders.ready();
  co_await results.ready();
  print_line(fmt::format("127.0.0.1:{}", port));
}

template <typename Queue>
void run_shop(asio::io_context& loop, const Options& options,
              const std::string& url) {
  // The shop, not a worker, removes a file made for this run.
  std::optional<ShelfFile> shelf;
  if (!is_postgresql(options.shelf)) shelf.emplace(options.shelf);
  Queue orders(loop.get_executor(), url, "orders", 0);
  Queue results(loop.get_executor(), url, "results", 100);
  Desk desk(loop, options.settings, orders, results);
  Staff staff(loop.get_executor(), options,
              shelf ? shelf->path().string() : options.shelf);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](auto, int) { loop.stop(); });
  asio::co_spawn(loop, orders.run(), rethrow_from_pipeline);
  asio::co_spawn(loop, results.run(), rethrow_from_pipeline);
  asio::co_spawn(loop, desk.run(), rethrow_from_pipeline);
  asio::co_spawn(loop, staff.run(), rethrow_from_pipeline);
  asio::co_spawn(
      loop, open_when_ready(staff, orders, results, desk.port()),
      rethrow_from_pipeline);
  loop.run();

  signals.clear();  // a second Ctrl-C ends it at once
  desk.stop();
  asio::co_spawn(loop, staff.send_home(),
                 [&](std::exception_ptr error) {
                   rethrow_from_pipeline(error);
                   orders.close();
                   results.close();
                 });
  loop.restart();
  loop.run_for(options.settings.limits.farewell);
}

// Tells the workers through the environment where the broker is.
template <typename Queue>
void run_with_broker(asio::io_context& loop,
                     const Options& options,
                     const BrokerKind& kind) {
  // Is the port free? Better to know before a broker starts.
  asio::ip::tcp::acceptor(loop, {asio::ip::address_v4::loopback(),
                                 options.settings.port});
  BrokerProcess broker(loop.get_executor(), program_of(kind));
  std::string url = kind.scheme;
  asio::co_spawn(
      loop, broker.address(),
      [&](std::exception_ptr error, const std::string& address) {
        rethrow_from_pipeline(error);
        url += address;
      });
  loop.run();
  setenv(kind.variable, url.c_str(), 1);
  loop.restart();
  asio::co_spawn(loop, broker.listen(), rethrow_from_pipeline);
  run_shop<Queue>(loop, options, url);
  print_line(
      "The broker goes, and with it what is in its queues");
}

template <typename Queue>
int run_pipeline(int argc, char* argv[], const BrokerKind& kind) {
  try {
    const Options options = parse_options(argc, argv);
    const char* chosen = std::getenv(kind.variable);
    const std::string url = chosen == nullptr ? "" : chosen;
    asio::io_context loop;
    if (url.empty() && options.worker > 0) {
      throw std::runtime_error(fmt::format(
          "a worker needs {} in its environment", kind.variable));
    }
    if (options.worker > 0) {
      run_worker<Queue>(loop, options, url);
    } else if (url.empty()) {
      run_with_broker<Queue>(loop, options, kind);
    } else {
      run_shop<Queue>(loop, options, url);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}

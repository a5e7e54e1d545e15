// The side of the pipeline that customers see: takes orders, and
// reports what became of them. Look at when it says 202, and at
// when it gives up waiting for the queue.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

#include "../10-http-request/time_limit.hpp"
#include "../15-timeouts/is_cancellation.hpp"
#include "../15-timeouts/wait_for.hpp"
#include "../16-cancellation/task_group.hpp"
#include "../22-echo-server/limits.hpp"
#include "../22-echo-server/print_line.hpp"
#include "../23-web-api/response.hpp"
#include "../23-web-api/routes.hpp"
#include "../23-web-api/server.hpp"
#include "../24-event-bus/event_bus.hpp"
#include "../24-event-bus/inbox.hpp"
#include "board.hpp"
#include "order.hpp"
#include "order_queue.hpp"
#include "page.hpp"

// It must exist while the loop runs.
class Desk {
 public:
  Desk(asio::io_context& loop, const Settings& settings,
       OrderQueue& orders, OrderQueue& results)
      : limit_(settings.limits.patience),
        orders_(orders),
        results_(results),
        bus_(loop.get_executor()),
        server_(
            loop, settings.port,
            [this](http::Request request) {
              return answer(std::move(request));
            },
            settings.limits, http::AtEnd::cancels) {
    routes_.add("POST", "/orders", [this](http::Request order) {
      return take_order(std::move(order));
    });
    routes_.add("GET", "/events", [this](http::Request request) {
      return tell_events(std::move(request));
    });
    routes_.add("GET", "/counts",
                [this](http::Request) { return tell_counts(); });
    routes_.add("GET", "/",
                [](http::Request) { return show_page(); });
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  unsigned short port() const { return server_.port(); }

  // Serves until it is stopped, and hears what workers report
  // until the queue of results is closed.
  asio::awaitable<void> run() {
    const auto work =
        [this](TaskGroup& tasks) -> asio::awaitable<void> {
      tasks.start(server_.run());
      tasks.start(hear());
      co_return;
    };
    co_await with_task_group(work);
  }

  // Takes no more orders, and sends home those who watch.
  void stop() {
    stopped_ = true;
    server_.stop();
    bus_.close<OrderPacked>();
  }

 private:
  asio::awaitable<http::Response> answer(http::Request request) {
    const auto found = routes_.find(request);
    if (const auto* none = std::get_if<http::Response>(&found)) {
      co_return *none;
    }
    auto response =
        std::get<http::Handler>(found)(std::move(request));
    co_return co_await std::move(response);
  }

  asio::awaitable<http::Response> take_order(
      http::Request request) {
    const auto order = parse_order(request.body);
    if (!order) {
      co_return http::problem(
          400, "an order looks like this: 7 kettle");
    }
    // A customer who waits holds a connection, and there are not
    // many. Even if he gets no answer, he can order again.
    try {
      auto publishing = orders_.publish(text_of(*order));
      co_await wait_for(std::move(publishing), limit_);
    } catch (const std::exception& error) {
      if (is_cancellation(std::current_exception())) throw;
      fmt::print(stderr, "Order {} is not accepted: {}\n",
                 order->number, error.what());
      co_return http::problem(
          503, stopped_ ? "the shop is closing"
                        : "not accepted for now: order again");
    }
    board_.accept();
    print_line(
        fmt::format("Order {} is accepted", order->number));
    co_return http::json(
        fmt::format(R"({{"order":{},"state":"accepted"}})",
                    order->number),
        202);
  }

  // Waits until there is something to report, but not forever.
  asio::awaitable<http::Response> tell_events(
      http::Request request) {
    using namespace asio::experimental::awaitable_operators;
    auto news =
        bus_.subscribe<OrderPacked>(1, WhenFull::drop_oldest);
    const Seen seen = board_.seen_by(request);
    if (!board_.has_news(seen)) {
      asio::steady_timer limit(co_await asio::this_coro::executor,
                               std::chrono::seconds(20));
      co_await (news.next() ||
                limit.async_wait(asio::use_awaitable));
    }
    co_return board_.events_after(seen);
  }

  asio::awaitable<http::Response> tell_counts() {
    co_return board_.counts();
  }

  static asio::awaitable<http::Response> show_page() {
    co_return page();
  }

  // The workers' reports become events. Workers may be anywhere.
  asio::awaitable<void> hear() {
    while (auto job = co_await results_.receive()) {
      OrderPacked event{};
      std::istringstream words(job->text);
      if (words >> event.number >> event.worker) {
        board_.add(event);
        if (!stopped_) co_await bus_.publish(event);
      }
      co_await job->acknowledge();
    }
  }

  const milliseconds limit_;
  OrderQueue& orders_;
  OrderQueue& results_;
  Board board_;
  EventBus<OrderPacked> bus_;
  http::Routes<http::Handler> routes_;
  http::Server server_;
  bool stopped_ = false;
};

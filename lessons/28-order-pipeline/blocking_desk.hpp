// What desk.hpp does, with blocking calls: the order is worked
// on before the customer has an answer.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <functional>
#include <utility>
#include <variant>

#include "../22-echo-server/limits.hpp"
#include "../23-web-api/blocking_server.hpp"
#include "../23-web-api/routes.hpp"
#include "board.hpp"
#include "order.hpp"
#include "page.hpp"

class BlockingDesk {
 public:
  using Work = std::function<void(const Order&)>;

  BlockingDesk(asio::io_context& loop, const Settings& settings,
               Work work)
      : work_(std::move(work)),
        server_(
            loop, settings.port,
            [this](http::Request request) {
              return answer(std::move(request));
            },
            settings.limits) {
    routes_.add("POST", "/orders", [this](http::Request order) {
      return take_order(order);
    });
    routes_.add("GET", "/events", [this](http::Request request) {
      return board_.events_after(board_.seen_by(request));
    });
    routes_.add("GET", "/counts", [this](http::Request) {
      return board_.counts();
    });
    routes_.add("GET", "/", [](http::Request) { return page(); });
  }

  unsigned short port() const { return server_.port(); }

  // Returns at SIGTERM.
  void run() { server_.run(); }

 private:
  http::Response answer(http::Request request) {
    const auto found = routes_.find(request);
    if (const auto* none = std::get_if<http::Response>(&found)) {
      return *none;
    }
    return std::get<http::BlockingHandler>(found)(
        std::move(request));
  }

  http::Response take_order(const http::Request& request) {
    const auto order = parse_order(request.body);
    if (!order) {
      return http::problem(400,
                           "an order looks like this: 7 kettle");
    }
    board_.accept();
    work_(*order);
    board_.add({order->number, 1});
    return http::json(fmt::format(
        R"({{"order":{},"state":"packed"}})", order->number));
  }

  const Work work_;
  Board board_;
  http::Routes<http::BlockingHandler> routes_;
  http::BlockingServer server_;
};

// A worker packs orders from the queue. Look at the sequence of
// its three steps, and at what is done twice if it dies.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>

#include "../10-http-request/time_limit.hpp"
#include "../22-echo-server/print_line.hpp"
#include "order.hpp"
#include "order_queue.hpp"
#include "shelf.hpp"

// Packs an order, unless it is on the shelf already.
inline asio::awaitable<void> pack(const Order& order,
                                  Shelf& shelf,
                                  milliseconds time) {
  if (co_await shelf.has(order.number)) co_return;
  print_line(fmt::format("Packing order {}", order.number));
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           time);
  co_await timer.async_wait(asio::use_awaitable);
  co_await shelf.put(order.number);
}

inline asio::awaitable<void> work(int worker, OrderQueue& orders,
                                  OrderQueue& results,
                                  Shelf& shelf,
                                  milliseconds time) {
  while (auto job = co_await orders.receive()) {
    const auto order = parse_order(job->text);
    if (order) {
      co_await pack(*order, shelf, time);
      const auto result =
          fmt::format("{} {}", order->number, worker);
      co_await results.publish(result);
    } else {  // otherwise it would keep coming back
      print_line("Ignored a message that is not an order");
    }
    co_await job->acknowledge();
  }
}

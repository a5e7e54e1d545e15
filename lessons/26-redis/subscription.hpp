// A subscription to a Redis channel. Look at what is kept: only
// what comes while this object lives.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "../13-futures/future.hpp"
#include "../13-futures/waiters.hpp"
#include "../24-event-bus/inbox.hpp"
#include "address.hpp"
#include "redis.hpp"
#include "reply.hpp"

namespace redis {

class Subscription {
 public:
  // Returns when Redis has confirmed the subscription. From then
  // on no message is missed while the connection lasts and the
  // reader keeps up. Throws what a Connection does, or TimedOut
  // after five seconds.
  static asio::awaitable<std::unique_ptr<Subscription>> begin(
      Address address, std::string channel) {
    const auto executor = co_await asio::this_coro::executor;
    std::unique_ptr<Subscription> subscription(
        new Subscription(executor, address, channel));
    auto waited = subscription->inbox_->begun.get();
    co_await wait_for(std::move(waited), std::chrono::seconds(5));
    co_return subscription;
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() { link_->close(); }

  // Waits for the next message.
  asio::awaitable<std::string> next() { return next_of(inbox_); }

 private:
  // A slow reader misses messages, as always on a channel.
  static constexpr std::size_t room = 1000;

  struct Inbox {
    explicit Inbox(asio::any_io_executor executor)
        : begun(executor), arrived(executor) {}

    Future<bool> begun;
    std::deque<std::string> messages;
    std::exception_ptr end;
    Waiters arrived;
  };

  Subscription(asio::any_io_executor executor,
               const Address& address, const std::string& channel)
      : inbox_(std::make_shared<Inbox>(executor)),
        link_(std::make_shared<Link>(executor)) {
    link_->open(address);
    link_->write({"SUBSCRIBE", channel}, on_message,
                 inbox_.get());
  }

  static asio::awaitable<std::string> next_of(
      std::shared_ptr<Inbox> inbox) {
    while (inbox->messages.empty() && !inbox->end) {
      co_await inbox->arrived.wait();
    }
    if (inbox->messages.empty()) {
      std::rethrow_exception(inbox->end);
    }
    std::string message = std::move(inbox->messages.front());
    inbox->messages.pop_front();
    co_return message;
  }

  // Called many times with the same data: for "subscribe", for
  // each "message", and finally without a reply.
  static void on_message(redisAsyncContext* context, void* reply,
                         void* data) {
    auto& inbox = *static_cast<Inbox*>(data);
    try {
      const Reply news = answer(context, reply);
      if (!inbox.begun.done()) {
        inbox.begun.set_result(true);
      } else if (inbox.messages.size() < room) {
        inbox.messages.push_back(news.items.at(2).text);
      }
    } catch (...) {
      inbox.end = std::current_exception();
      if (!inbox.begun.done())
        inbox.begun.set_exception(inbox.end);
    }
    inbox.arrived.wake_all();
  }

  std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<Link> link_;
};

}  // namespace redis

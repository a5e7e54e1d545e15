// A connection to RabbitMQ that reconnects automatically. Look
// at what becomes of a message that is lost on the way.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "../13-futures/waiters.hpp"
#include "../17-queues/queue.hpp"
#include "../20-cpu-bound/run_on.hpp"
#include "back_off.hpp"
#include "errors.hpp"
#include "events.hpp"
#include "session.hpp"

namespace amqp {

using std::chrono::milliseconds;

struct Message {
  std::string text;
  bool redelivered;
  std::uint64_t tag;
  std::shared_ptr<Session> from;
};

// Must outlive the tasks that use it.
class Client {
 public:
  using SetUp = std::function<void(Connection&)>;
  using Report =
      std::function<void(const std::string&, milliseconds)>;

  // `set_up` asks each new connection for what we need; it runs
  // on another thread. `report` is called with the reason why
  // there is no connection, and the pause before the next try.
  Client(asio::any_io_executor executor, std::string url,
         SetUp set_up, Report report = {})
      : executor_(executor),
        url_(std::move(url)),
        set_up_(std::move(set_up)),
        report_(std::move(report)),
        pause_(executor),
        connected_(executor),
        inbox_(executor, 65'535) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Connects, and connects again whenever the connection is lost,
  // until close(). Throws Refused. connected(), publish() and
  // receive() wait until there is a connection.
  asio::awaitable<void> run() {
    const Session::Deliver deliver = [this](const Delivery& it) {
      return inbox_.put(
          {it.text, it.redelivered, it.tag, session_});
    };
    BackOff back_off;
    while (!closed_) {
      std::string why;
      try {
        co_await connect();
        back_off.reset();
        const auto session = session_;
        co_await session->read(deliver);
      } catch (const Lost& failure) {
        why = failure.what();
      } catch (...) {
        close();
        throw;
      }
      if (session_) session_->close(why);
      if (closed_) break;
      const auto pause = back_off.next();
      if (report_) report_(why, pause);
      asio::error_code error;
      pause_.expires_after(pause);
      co_await pause_.async_wait(
          asio::redirect_error(asio::use_awaitable, error));
    }
  }

  // Returns when there is a connection that is set up.
  asio::awaitable<void> connected() {
    while (!closed_ && !(session_ && session_->is_open())) {
      co_await connected_.wait();
    }
    if (closed_) throw Lost("the client is closed");
  }

  // Returns when the broker has confirmed the message. If that
  // remains unknown, sends it again: it may arrive twice.
  // (The texts are copies: the caller's may be gone by the time
  // that there is a connection.)
  asio::awaitable<void> publish(
      std::string exchange, std::string key, std::string text,
      NoQueue no_queue = NoQueue::returns) {
    auto fate = Fate::unknown;
    while (fate == Fate::unknown) {
      co_await connected();
      const auto session = session_;
      fate = co_await session->publish(exchange, key, text,
                                       no_queue);
    }
    if (fate == Fate::refused) {
      throw Refused("the broker did not take the message");
    }
    if (fate == Fate::returned) {
      throw Refused("there is no queue for the message");
    }
  }

  // The next message. It comes again, here or elsewhere, if its
  // connection is lost before it is acknowledged.
  asio::awaitable<Message> receive() {
    auto message = co_await inbox_.get();
    while (message && !message->from->is_open()) {
      message = co_await inbox_.get();
    }
    if (!message) throw Lost("the client is closed");
    co_return *std::move(message);
  }

  asio::awaitable<void> acknowledge(Message message) {
    co_await message.from->acknowledge(message.tag);
  }

  // Ends every wait, and run() returns: at once, or after a
  // login that is under way.
  void close() {
    closed_ = true;
    if (session_) session_->close("closed");
    pause_.cancel();
    connected_.wake_all();
    inbox_.close();
  }

 private:
  // The blocking calls run on a separate thread.
  asio::awaitable<void> connect() {
    auto work = log_in();
    auto connection =
        co_await run_on(login_.get_executor(), std::move(work));
    session_ = std::make_shared<Session>(executor_,
                                         std::move(connection));
    if (closed_) session_->close("closed");
    connected_.wake_all();
  }

  asio::awaitable<std::unique_ptr<Connection>> log_in() {
    auto connection = std::make_unique<Connection>(url_);
    set_up_(*connection);
    co_return connection;
  }

  asio::any_io_executor executor_;
  const std::string url_;
  const SetUp set_up_;
  const Report report_;
  asio::steady_timer pause_;
  std::shared_ptr<Session> session_;
  bool closed_ = false;
  Waiters connected_;
  Queue<Message> inbox_;
  asio::thread_pool login_{1};
};

}  // namespace amqp

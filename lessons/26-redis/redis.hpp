// hiredis' asynchronous half, joined to an Asio loop. Look at
// who owns the descriptor, and who frees the context.
#pragma once

#include <fmt/core.h>
#include <hiredis/async.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "../13-futures/future.hpp"
#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "reply.hpp"
#include "sigpipe.hpp"

namespace redis {

// hiredis' context, and the loop that watches its descriptor.
class Link : public std::enable_shared_from_this<Link> {
 public:
  explicit Link(asio::any_io_executor executor)
      : socket_(executor) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { close(); }

  // Begins to connect. The first command waits until that is
  // done.
  void open(const Address& address) {
    const std::string host = address.address().to_string();
    auto* context =
        redisAsyncConnect(host.c_str(), address.port());
    if (context == nullptr) throw std::bad_alloc();
    if (context->err) {
      reason_ = context->errstr;
      redisAsyncFree(context);
      return;
    }
    context_ = context;
    socket_.assign(context->c.fd);  // borrowed
    auto& hooks = context->ev;
    hooks.data = this;
    hooks.addRead = [](void* link) { of(link).watch(Read); };
    hooks.delRead = [](void* link) { of(link).leave(Read); };
    hooks.addWrite = [](void* link) { of(link).watch(Write); };
    hooks.delWrite = [](void* link) { of(link).leave(Write); };
    hooks.cleanup = [](void* link) { of(link).give_back(); };
  }

  // `callback` will be called with `data`: with the answer, or
  // without one at the end of the connection.
  void write(const std::vector<std::string>& words,
             redisCallbackFn* callback, void* data) {
    std::vector<const char*> begins;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      begins.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (context_ == nullptr ||
        redisAsyncCommandArgv(context_, callback, data,
                              static_cast<int>(words.size()),
                              begins.data(),
                              sizes.data()) != REDIS_OK) {
      throw Disconnected(reason_);
    }
  }

  void close() {
    if (context_ != nullptr) redisAsyncFree(context_);
  }

 private:
  enum Direction { Read, Write };
  struct Watch {
    bool wanted = false;   // by hiredis
    bool waiting = false;  // in the loop
  };

  static Link& of(void* link) {
    return *static_cast<Link*>(link);
  }

  void leave(Direction side) { watches_[side].wanted = false; }

  // hiredis may ask again for what it is already waiting for.
  void watch(Direction side) {
    watches_[side].wanted = true;
    if (watches_[side].waiting) return;
    watches_[side].waiting = true;
    using Descriptor = asio::posix::descriptor_base;
    socket_.async_wait(side == Read ? Descriptor::wait_read
                                    : Descriptor::wait_write,
                       [link = shared_from_this(),
                        side](asio::error_code error) {
                         link->watches_[side].waiting = false;
                         if (!error) link->ready(side);
                       });
  }

  void ready(Direction side) {
    if (context_ == nullptr || !watches_[side].wanted) return;
    const NoSigpipe no_sigpipe;
    if (side == Read) {
      redisAsyncHandleRead(context_);
    } else {
      redisAsyncHandleWrite(context_);
    }
    if (context_ != nullptr && watches_[side].wanted) watch(side);
  }

  // hiredis is about to close the descriptor, and to free the
  // context, unasked or because of `close`.
  void give_back() {
    if (context_->err) reason_ = context_->errstr;
    context_ = nullptr;
    socket_.release();
  }

  redisAsyncContext* context_ = nullptr;
  std::string reason_ = "the connection is closed";
  asio::posix::stream_descriptor socket_;
  Watch watches_[2];
};

// What hiredis gives to a callback, as a value. Throws.
inline Reply answer(const redisAsyncContext* context,
                    const void* reply) {
  return checked(static_cast<const redisReply*>(reply),
                 context->err ? context->errstr
                              : "the connection is closed");
}

// A connection for commands. Several tasks may share it.
class Connection {
 public:
  Connection(asio::any_io_executor executor,
             const Address& address,
             std::chrono::milliseconds patience =
                 std::chrono::seconds(5))
      : link_(std::make_shared<Link>(executor)),
        patience_(patience) {
    link_->open(address);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { link_->close(); }

  // Throws Error, or Disconnected: also if no answer comes within
  // the time limit, which ends the connection.
  template <typename... Words>
  asio::awaitable<Reply> command(const Words&... words) {
    return send({fmt::format("{}", words)...});
  }

  asio::awaitable<Reply> send(std::vector<std::string> words) {
    return answer_to(std::move(words), link_, patience_);
  }

 private:
  static asio::awaitable<Reply> answer_to(
      std::vector<std::string> words, std::shared_ptr<Link> link,
      std::chrono::milliseconds patience) {
    Future<Reply> future(co_await asio::this_coro::executor);
    auto data = std::make_unique<Future<Reply>>(future);
    link->write(words, on_reply, data.get());
    data.release();  // on_reply frees it
    try {
      auto waited = future.wait();
      co_await wait_for(std::move(waited), patience);
    } catch (const TimedOut&) {
      link->close();
      throw Disconnected(fmt::format(
          "no answer within {}s",
          std::chrono::duration<double>(patience).count()));
    }
    co_return std::move(future.result());
  }

  // Called by C code, which cannot handle exceptions.
  static void on_reply(redisAsyncContext* context, void* reply,
                       void* data) {
    const std::unique_ptr<Future<Reply>> future(
        static_cast<Future<Reply>*>(data));
    try {
      future->set_result(answer(context, reply));
    } catch (...) {
      future->set_exception(std::current_exception());
    }
  }

  std::shared_ptr<Link> link_;
  std::chrono::milliseconds patience_;
};

}  // namespace redis

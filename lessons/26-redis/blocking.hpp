// hiredis' blocking half: a command goes out, and the thread
// waits until its answer is there.
#pragma once

#include <fmt/core.h>
#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "address.hpp"
#include "reply.hpp"
#include "sigpipe.hpp"

namespace redis {

class BlockingConnection {
 public:
  explicit BlockingConnection(const Address& address) {
    const timeval patience{5, 0};  // for each step
    context_.reset(redisConnectWithTimeout(
        address.address().to_string().c_str(), address.port(),
        patience));
    if (!context_) throw std::bad_alloc();
    if (context_->err) throw Disconnected(context_->errstr);
    redisSetTimeout(context_.get(), patience);
  }

  template <typename... Words>
  Reply command(const Words&... words) {
    const std::vector<std::string> texts{
        fmt::format("{}", words)...};
    std::vector<const char*> begins;
    std::vector<std::size_t> sizes;
    for (const std::string& text : texts) {
      begins.push_back(text.data());
      sizes.push_back(text.size());
    }
    const NoSigpipe no_sigpipe;
    const std::unique_ptr<redisReply, Free> reply(
        static_cast<redisReply*>(redisCommandArgv(
            context_.get(), static_cast<int>(texts.size()),
            begins.data(), sizes.data())));
    return checked(reply.get(), context_->errstr);
  }

 private:
  struct Free {
    void operator()(redisContext* context) const {
      redisFree(context);
    }
    void operator()(redisReply* reply) const {
      freeReplyObject(reply);
    }
  };

  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace redis

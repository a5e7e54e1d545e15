// c-ares, joined to an Asio loop. Look at the three reasons to
// call c-ares: a question, a ready socket, a late answer.
#pragma once

#include <ares.h>

#include <netinet/in.h>
#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../13-futures/future.hpp"

namespace dns {

using Addresses = std::vector<asio::ip::address_v4>;

struct AresCategory : std::error_category {
  const char* name() const noexcept override { return "c-ares"; }
  std::string message(int status) const override {
    return ares_strerror(status);
  }
};

// For a status of c-ares that is not ARES_SUCCESS.
inline std::system_error ares_error(int status) {
  static const AresCategory category;
  return {status, category};
}

// c-ares' channel: its questions, its sockets, and the loop that
// waits for them.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  explicit Channel(asio::any_io_executor executor)
      : executor_(executor), timer_(executor) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() { close(); }

  void open(const std::string& server,
            std::chrono::milliseconds patience, int tries) {
    char lookups[] = "b";  // ask servers only, not /etc/hosts
    ares_options options{};
    options.flags = ARES_FLAG_NOSEARCH;
    options.timeout = static_cast<int>(patience.count());
    options.tries = tries;
    options.lookups = lookups;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = this;
    check(ares_library_init(ARES_LIB_INIT_ALL));
    check(ares_init_options(
        &channel_, &options,
        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
            ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB));
    check(ares_set_servers_ports_csv(channel_, server.c_str()));
  }

  // `answer` will be set: perhaps before this returns.
  void ask(const std::string& name, Future<Addresses> answer) {
    if (channel_ == nullptr) throw ares_error(ARES_EDESTRUCTION);
    if (name.find('\0') != name.npos) {  // it would end there
      throw std::invalid_argument("a zero byte in a name");
    }
    auto data = std::make_unique<Future<Addresses>>(answer);
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_INET;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints,
                     on_answer, data.release());
    set_timer();
  }

  // Questions without an answer end with ARES_EDESTRUCTION.
  void close() {
    if (channel_ == nullptr) return;
    ares_destroy(std::exchange(channel_, nullptr));
    timer_.cancel();
  }

 private:
  enum Direction { Read, Write };
  // c-ares opens and closes it.
  struct Socket {
    Socket(asio::any_io_executor executor, ares_socket_t number)
        : descriptor(executor, number) {}

    asio::posix::stream_descriptor descriptor;  // borrowed
    std::array<bool, 2> wanted{};               // by c-ares
    std::array<bool, 2> waiting{};              // in the loop
  };
  using SharedSocket = std::shared_ptr<Socket>;

  static void check(int status) {
    if (status != ARES_SUCCESS) throw ares_error(status);
  }

  // c-ares has opened a socket, waits for something else on it,
  // or is about to close it: then both flags are 0.
  static void on_socket(void* channel, ares_socket_t number,
                        int reads, int writes) {
    try {
      static_cast<Channel*>(channel)->watch(number, reads != 0,
                                            writes != 0);
    } catch (...) {
      // C knows no exceptions. The question ends when its time
      // limit has passed.
    }
  }

  void watch(ares_socket_t number, bool reads, bool writes) {
    SharedSocket& place = sockets_[number];
    if (!place) {
      place = std::make_shared<Socket>(executor_, number);
    }
    const SharedSocket socket = place;
    socket->wanted = {reads, writes};
    if (reads || writes) {
      wait(socket, Read);
      wait(socket, Write);
    } else {
      socket->descriptor.release();
      sockets_.erase(number);
    }
  }

  void wait(const SharedSocket& socket, Direction side) {
    if (!socket->wanted[side] || socket->waiting[side]) return;
    socket->waiting[side] = true;
    using Descriptor = asio::posix::descriptor_base;
    socket->descriptor.async_wait(
        side == Read ? Descriptor::wait_read
                     : Descriptor::wait_write,
        [channel = shared_from_this(), socket,
         side](asio::error_code error) {
          socket->waiting[side] = false;
          if (!error) channel->ready(socket, side);
        });
  }

  void ready(const SharedSocket& socket, Direction side) {
    if (!socket->wanted[side]) return;  // it may be closed by now
    const ares_socket_t number =
        socket->descriptor.native_handle();
    process(side == Read ? number : ARES_SOCKET_BAD,
            side == Write ? number : ARES_SOCKET_BAD);
    wait(socket, side);
  }

  // If neither is a socket, c-ares only looks for questions whose
  // time limit has passed.
  void process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_, readable, writable);
    set_timer();
  }

  void set_timer() {
    timeval room{};
    const timeval* next = ares_timeout(channel_, nullptr, &room);
    if (next == nullptr) {  // no question is open
      timer_.cancel();
      return;
    }
    timer_.expires_after(
        std::chrono::seconds(next->tv_sec) +
        std::chrono::microseconds(next->tv_usec));
    timer_.async_wait(
        [channel = shared_from_this()](asio::error_code error) {
          if (error || channel->channel_ == nullptr) return;
          channel->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        });
  }

  static void on_answer(void* data, int status, int /*retries*/,
                        ares_addrinfo* found) {
    const std::unique_ptr<Future<Addresses>> answer(
        static_cast<Future<Addresses>*>(data));
    const std::unique_ptr<ares_addrinfo, Free> list(found);
    try {
      check(status);
      answer->set_result(addresses_in(*list));
    } catch (...) {
      answer->set_exception(std::current_exception());
    }
  }

  static Addresses addresses_in(const ares_addrinfo& list) {
    Addresses addresses;
    for (auto* node = list.nodes; node; node = node->ai_next) {
      if (node->ai_family != AF_INET) continue;
      sockaddr_in address{};
      std::memcpy(&address, node->ai_addr, sizeof address);
      addresses.emplace_back(ntohl(address.sin_addr.s_addr));
    }
    return addresses;
  }

  struct Free {
    void operator()(ares_addrinfo* list) const {
      ares_freeaddrinfo(list);
    }
  };

  asio::any_io_executor executor_;
  asio::steady_timer timer_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, SharedSocket> sockets_;
};

// Looks up any number of names at the same time. Look-ups under
// way when it is destroyed end with ARES_EDESTRUCTION.
class Resolver {
 public:
  // `server` is an address and a port. It has to answer within
  // `patience`; each further try allows more time.
  Resolver(asio::any_io_executor executor,
           const std::string& server,
           std::chrono::milliseconds patience =
               std::chrono::milliseconds(500),
           int tries = 3)
      : channel_(std::make_shared<Channel>(executor)) {
    channel_->open(server, patience, tries);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver() { channel_->close(); }

  // The IPv4 addresses of a name. Throws std::system_error: no
  // such name, no answer, …
  asio::awaitable<Addresses> resolve(std::string name) {
    return answer_to(std::move(name), channel_);
  }

 private:
  static asio::awaitable<Addresses> answer_to(
      std::string name, std::shared_ptr<Channel> channel) {
    Future<Addresses> answer(co_await asio::this_coro::executor);
    channel->ask(name, answer);
    co_await answer.wait();
    co_return std::move(answer.result());
  }

  std::shared_ptr<Channel> channel_;
};

}  // namespace dns

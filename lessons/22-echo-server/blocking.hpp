// The waits of a blocking server. Each of them ends: when there
// is something to do, when it is too late for that, or when the
// server has to shut down.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <system_error>

#include "../10-http-request/time_limit.hpp"
#include "limits.hpp"

// SIGTERM and Ctrl-C, as a descriptor that poll can wait for. A
// second signal ends the program at once. (A signal handler may
// do little more than write a byte, and must leave errno as it
// was: it interrupts other code.)
class EndWanted {
 public:
  EndWanted() {
    if (pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::system_error(errno, std::generic_category());
    }
    for (const int number : {SIGTERM, SIGINT}) {
      std::signal(number, [](int) {
        const int before = errno;
        std::signal(SIGTERM, SIG_DFL);
        std::signal(SIGINT, SIG_DFL);
        [[maybe_unused]] const auto sent = write(ends_[1], "", 1);
        errno = before;
      });
    }
  }
  int descriptor() const { return ends_[0]; }

 private:
  inline static int ends_[2];
};

class Waits {
 public:
  Waits(asio::ip::tcp::acceptor& acceptor, const Limits& limits)
      : acceptor_(acceptor), limits_(limits) {}

  // Blocks until a client comes; false if it is time to end.
  bool for_client() {
    return acceptor_.is_open() &&
           ready(acceptor_.native_handle(), POLLIN, never);
  }

  bool end_is_wanted() const { return end_ != never; }

  // When the time for a client's next step runs out.
  steady_clock::time_point deadline() const {
    return steady_clock::now() + limits_.patience;
  }

  std::size_t read_some(asio::ip::tcp::socket& socket,
                        asio::mutable_buffer room,
                        steady_clock::time_point deadline,
                        asio::error_code& error) {
    if (!ready(socket.native_handle(), POLLIN, deadline)) {
      error = asio::error::timed_out;
      return 0;
    }
    return socket.read_some(room, error);
  }

  void write_all(asio::ip::tcp::socket& socket,
                 asio::const_buffer text,
                 asio::error_code& error) {
    const auto late = deadline();
    socket.non_blocking(true, error);  // sends what fits
    while (!error && text.size() > 0) {
      if (ready(socket.native_handle(), POLLOUT, late)) {
        text += socket.write_some(text, error);
        if (error == asio::error::would_block) error.clear();
      } else {
        error = asio::error::timed_out;
      }
    }
  }

 private:
  static constexpr auto never = steady_clock::time_point::max();

  // False if it is too late. A server that is asked to end gives
  // up waiting for a new client; the one that it serves may go on
  // until the farewell is over.
  bool ready(int descriptor, short event,
             steady_clock::time_point deadline) {
    for (;;) {
      const auto now = steady_clock::now();
      const auto until = std::min(deadline, end_);
      const auto left = std::chrono::ceil<milliseconds>(
          std::clamp(until, now, now + std::chrono::hours(1)) -
          now);
      const int signals =
          end_ == never ? end_wanted_.descriptor() : -1;
      pollfd wanted[] = {{descriptor, event, 0},
                         {signals, POLLIN, 0}};
      const auto time = static_cast<int>(left.count());
      if (poll(wanted, 2, time) == -1 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category());
      }
      if (wanted[1].revents != 0) {
        end_ = steady_clock::now() + limits_.farewell;
        acceptor_.close();  // new clients are refused
        if (deadline == never) return false;
      }
      if (wanted[0].revents != 0) return true;
      if (steady_clock::now() >= until) return false;
    }
  }

  asio::ip::tcp::acceptor& acceptor_;
  const Limits limits_;
  EndWanted end_wanted_;
  steady_clock::time_point end_ = never;
};

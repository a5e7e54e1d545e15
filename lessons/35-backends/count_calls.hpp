// Counts the system calls that a server makes for a message: a
// wrapper for each function of the C library that asks the
// kernel to wait, to receive or to send. Asio calls the wrapper,
// because a program's own function goes before a library's.
#pragma once

#include <dlfcn.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

inline constexpr std::array call_names{
    "epoll_wait", "select", "io_uring_enter", "poll", "recv",
    "recvmsg",    "send",   "sendmsg",        "read", "write"};

// How often each of them has been called, in the same order.
using Counts = std::array<long, call_names.size()>;

inline std::array<std::atomic<long>, call_names.size()> calls{};
inline thread_local bool calls_are_counted = true;

inline void count(std::string_view name) {
  if (!calls_are_counted) return;
  for (std::size_t call = 0; call < call_names.size(); ++call) {
    if (name == call_names[call]) ++calls[call];
  }
}

// Counts, and returns the library's function of that name.
template <typename Function>
Function* counted(const char* name) {
  count(name);
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// While it exists, what its thread calls is not counted.
class Uncounted {
 public:
  Uncounted() = default;
  ~Uncounted() { calls_are_counted = before_; }
  Uncounted(const Uncounted&) = delete;
  Uncounted& operator=(const Uncounted&) = delete;

 private:
  const bool before_ = std::exchange(calls_are_counted, false);
};

inline Counts counts_until_now() {
  Counts counts;
  for (std::size_t call = 0; call < counts.size(); ++call) {
    counts[call] = calls[call];
  }
  return counts;
}

// As in "2.0"; but what is next to nothing differs in each run.
inline std::string a_message(long count, long messages) {
  const double each =
      static_cast<double>(count) / static_cast<double>(messages);
  return each < 0.1 ? "under 0.1" : fmt::format("{:.1f}", each);
}

// What has been called since `before`.
inline void print_calls(std::string_view who, long messages,
                        const Counts& before) {
  const Counts now = counts_until_now();
  long all = 0;
  std::string parts;
  for (std::size_t call = 0; call < now.size(); ++call) {
    const long count = now[call] - before[call];
    if (count == 0) continue;
    all += count;
    parts +=
        fmt::format("{}{} {}", parts.empty() ? "" : ", ",
                    call_names[call], a_message(count, messages));
  }
  fmt::print("{}: {} system calls a message\n", who,
             a_message(all, messages));
  fmt::print("  {}\n", parts);
}

extern "C" {

[[gnu::used]] inline int epoll_wait(int epoll,
                                    epoll_event* events, int room,
                                    int time) {
  return counted<decltype(epoll_wait)>("epoll_wait")(
      epoll, events, room, time);
}

[[gnu::used]] inline int select(int end, fd_set* to_read,
                                fd_set* to_write, fd_set* rest,
                                timeval* time) {
  return counted<decltype(select)>("select")(
      end, to_read, to_write, rest, time);
}

[[gnu::used]] inline int poll(pollfd* wanted, nfds_t size,
                              int time) {
  return counted<decltype(poll)>("poll")(wanted, size, time);
}

[[gnu::used]] inline ssize_t recv(int socket, void* room,
                                  std::size_t size, int flags) {
  return counted<decltype(recv)>("recv")(socket, room, size,
                                         flags);
}

[[gnu::used]] inline ssize_t recvmsg(int socket, msghdr* rooms,
                                     int flags) {
  return counted<decltype(recvmsg)>("recvmsg")(socket, rooms,
                                               flags);
}

[[gnu::used]] inline ssize_t send(int socket, const void* text,
                                  std::size_t size, int flags) {
  return counted<decltype(send)>("send")(socket, text, size,
                                         flags);
}

[[gnu::used]] inline ssize_t sendmsg(int socket,
                                     const msghdr* texts,
                                     int flags) {
  return counted<decltype(sendmsg)>("sendmsg")(socket, texts,
                                               flags);
}

[[gnu::used]] inline ssize_t read(int descriptor, void* room,
                                  std::size_t size) {
  return counted<decltype(read)>("read")(descriptor, room, size);
}

[[gnu::used]] inline ssize_t write(int descriptor,
                                   const void* text,
                                   std::size_t size) {
  return counted<decltype(write)>("write")(descriptor, text,
                                           size);
}

}  // extern "C"

#if defined(ASIO_HAS_IO_URING)
#include "count_uring.hpp"
#endif

// Counts the system calls that a server makes for a message.
// wrap_calls.hpp says which functions are counted.
#pragma once

#include <fmt/core.h>

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

// As in "2.0"; but a very small number may depend on the kernel,
// and is not printed exactly.
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

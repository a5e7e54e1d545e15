// What a child may use.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace workbook {

struct ResourceLimits {
  std::optional<std::chrono::seconds> cpu_soft;  // processor time; SIGXCPU when it is used up
  std::optional<std::chrono::seconds> cpu_hard;  // SIGKILL
  std::optional<std::uintmax_t> file_size;       // in bytes; SIGXFSZ
  std::optional<std::uintmax_t> memory;          // in bytes, private; no more is given
  bool core_files = true;                        // false: a crash leaves no core file
};

// Limits this process. For a child between fork and exec: it does not allocate. Returns false, with
// errno, when the system refuses.
bool apply(const ResourceLimits& limits);

}  // namespace workbook

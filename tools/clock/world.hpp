// What all files of the simulated clock share: its unit of time, and the ways past itself.
#pragma once

#include <dlfcn.h>
#include <poll.h>

#include <limits>

namespace virtual_time {

inline constexpr long long second = 1'000'000'000;  // every time here is in nanoseconds
inline constexpr long long never = std::numeric_limits<long long>::max();

// The next definition of an interposed function: the sanitizer's or the C library's.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// What this library does for itself goes straight to the kernel, past a sanitizer, which could not
// see how the clock's lock orders it.
void kernel_yield();
void kernel_close(int fd);
int kernel_poll(pollfd* descriptors, nfds_t count, int timeout_ms);

}  // namespace virtual_time

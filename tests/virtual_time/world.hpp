// The simulated world's inside, shared by the files of this library.
#pragma once

#include <dlfcn.h>

#include <limits>

namespace virtual_time {

inline constexpr long long second = 1'000'000'000;  // every time here is in nanoseconds
inline constexpr long long never = std::numeric_limits<long long>::max();

// Ends the program, because it waits (or acts) in a way the simulated clock does not know.
// `what` names the way and fits after "It uses": "fork (another process)".
[[noreturn]] void refuse(const char* what);

// Told of every TCP or UDP socket: bytes on their way through the kernel need a moment of real
// time.
void note_network_socket();

// The next definition of an interposed function: the sanitizer's or the C library's.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace virtual_time

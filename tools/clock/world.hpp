// The ways past the clock, for its own use.
#pragma once

#include <dlfcn.h>
#include <poll.h>

#include "host.hpp"

namespace virtual_time {

// The next definition of an interposed function: the sanitizer's or the C library's.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// This library's own calls go straight to the kernel, past a sanitizer, which could not see how the
// clock's lock orders them.
void kernel_close(int fd);
int kernel_poll(pollfd* descriptors, nfds_t count, int timeout_ms);

}  // namespace virtual_time

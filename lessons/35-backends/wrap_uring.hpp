// The same for io_uring. liburing's functions often find what
// they need in the ring, which is shared memory: only a call to
// io_uring_enter goes to the kernel, and only that is counted.
#pragma once

#include <liburing.h>
#include <signal.h>

#include "wrap_calls.hpp"

// Newer versions of liburing declare their functions with this.
#if !defined(LIBURING_NOEXCEPT)
#define LIBURING_NOEXCEPT
#endif

extern "C" {

// Hands the operations that were put into the ring to the
// kernel, if there are any.
int io_uring_submit(io_uring* ring) LIBURING_NOEXCEPT {
  if (io_uring_sq_ready(ring) > 0) count("io_uring_enter");
  return counted<int>("io_uring_submit", ring);
}

// Waits for `wanted` results, unless one is there already. (The
// header of liburing calls this for io_uring_wait_cqe.)
int __io_uring_get_cqe(io_uring* ring, io_uring_cqe** result,
                       unsigned submit, unsigned wanted,
                       sigset_t* mask) LIBURING_NOEXCEPT {
  if (wanted > 0 && io_uring_cq_ready(ring) == 0) {
    count("io_uring_enter");
  }
  return counted<int>("__io_uring_get_cqe", ring, result, submit,
                      wanted, mask);
}

}  // extern "C"

// The clock's own thread, from the program's second thread on: it moves time once it has seen that
// all other threads sleep in the kernel.
#pragma once

#include <pthread.h>

namespace virtual_time {

using StartRoutine = void*(void*);
using CreateThread = int(pthread_t*, const pthread_attr_t*, StartRoutine*, void*);

// `create`: the C library's own way to start a thread.
void start_clock(CreateThread* create);

}  // namespace virtual_time

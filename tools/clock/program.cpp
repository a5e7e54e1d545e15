// The program's start and end.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "children.hpp"
#include "clock.hpp"
#include "record.hpp"
#include "report.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

// A copy of a descriptor that the program does not close by accident, whatever it does with 1 and
// 2.
int duplicate(int fd) {
  return fcntl(fd, F_DUPFD_CLOEXEC, 200);
}

// The environment by way of the C library: a shell has functions of its own with these names, and
// variables only when it has begun.
char* variable(const char* name) {
  return next<char*(const char*)>("getenv")(name);
}
void remove_variable(const char* name) {
  next<int(const char*)>("unsetenv")(name);
}

// The file that VIRTUAL_TIME_TRACE names, if it is set.
int open_trace() {
  const char* path = variable("VIRTUAL_TIME_TRACE");
  if (!path) return -1;
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  const int trace = duplicate(file);
  kernel_close(file);
  return trace;
}

using Finalizer = void();
Finalizer* finalize_libraries = nullptr;

[[gnu::destructor]] void stop() {
  fflush(stdout);
  const WorldLock lock;
  catch_up();
  is_over = true;
  close_record();
}

[[gnu::constructor]] void start() {
  open_record(open_trace(), duplicate(1), duplicate(2));
  // As on a terminal, where a crash loses no line that was printed before it.
  setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  if (const char* seconds = variable("VIRTUAL_TIME_PATIENCE")) {
    if (const long long value = atoll(seconds); value > 0) set_patience(saturated(value, 0));
  }
  if (const char* moves = variable("VIRTUAL_TIME_MOVES")) {
    if (const long value = atol(moves); value > 0) set_most_moves(value);
  }
  next<int(const char*, const char*, int)>("setenv")("TZ", "UTC0", 1);
  open_report(variable("VIRTUAL_TIME_REPORT"));
  if (reports()) {
    // Its children live in real time.
    remove_variable("LD_PRELOAD");
    remove_variable("VIRTUAL_TIME_REPORT");
    remove_variable("VIRTUAL_TIME_TRACE");
  }
  at_quick_exit(stop);  // which runs no destructors
}

// Runs between the destructors of the program's own objects and the loader's finalizers. The first
// of those are the executable's, among them a sanitizer's last check, which yields until it is
// done.
void end_of_program() {
  {
    const WorldLock lock;
    catch_up();
    is_over = true;
  }
  if (finalize_libraries) finalize_libraries();
}

}  // namespace
}  // namespace virtual_time

using namespace virtual_time;

#pragma GCC visibility push(default)
extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(),
                      void (*fini)(), Finalizer* loader, void* stack_end) {
  finalize_libraries = loader;
  return next<decltype(__libc_start_main)>("__libc_start_main")(main, count, arguments, init, fini,
                                                                end_of_program, stack_end);
}

void _exit(int status) {
  {
    const WorldLock lock;
    catch_up();
    close_record();
  }
  end_process(status);
}

void _Exit(int status) {
  _exit(status);
}

}  // extern "C"
#pragma GCC visibility pop

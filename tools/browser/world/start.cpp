// The program's start and end in a page, and the message about an uncaught exception: that of
// libstdc++, which the judge reads.
#include <cxxabi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#include <exception>
#include <typeinfo>

#include "../../clock/clock.hpp"
#include "../../clock/record.hpp"

// WASI's declaration, without its promise not to return.
extern "C" [[clang::import_module("wasi_snapshot_preview1"), clang::import_name("proc_exit")]] void
host_exit(int status);

namespace virtual_time {

void give_way() {}

bool is_main_thread() {
  return true;
}

void end_process(int status) {
  host_exit(status);
  __builtin_trap();  // which, unlike an exception of the host, runs no destructors
}

bool may_pass(long long, long) {
  return true;
}

bool others_sleep() {
  return true;
}

void report_end() {}

namespace {

constexpr int aborted = 134;  // as a shell reports SIGABRT

// Without the names that only libc++ has: std::__2::system_error.
void print_type(const char* mangled) {
  int status = 0;
  char* name = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  for (char* begin = name; begin && (begin = strstr(begin, "std::__2::"));) {
    memmove(begin + 5, begin + 10, strlen(begin + 10) + 1);
  }
  fputs(name ? name : mangled, stderr);
  free(name);
}

[[noreturn]] void say_last_words() {
  if (const std::type_info* type = abi::__cxa_current_exception_type()) {
    fputs("terminate called after throwing an instance of '", stderr);
    print_type(type->name());
    fputs("'\n", stderr);
    try {
      throw;
    } catch (const std::exception& error) {
      fprintf(stderr, "  what():  %s\n", error.what());
    } catch (...) {
    }
  } else {
    fputs("terminate called without an active exception\n", stderr);
  }
  abort();
}

// 1 and 2 are files for the host, and so is 3, the record.
[[gnu::constructor(101)]] void start() {
  open_record(3, 1, 2);
  setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  std::set_terminate(say_last_words);
}

}  // namespace
}  // namespace virtual_time

using namespace virtual_time;

extern "C" {

void __wasm_call_ctors();
int __main_void();

// (An uncaught exception would leave the module without a message. In a noexcept function it would
// not be known what was thrown.)
[[clang::export_name("_start")]] void _start() {
  int status = 0;
  try {
    __wasm_call_ctors();
    status = __main_void();
  } catch (...) {
    std::terminate();
  }
  exit(status);
}

void _Exit(int status) {
  close_record();
  end_process(status);
}

void abort() {
  end_process(aborted);
}

}  // extern "C"

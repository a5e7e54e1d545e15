#include "report.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

constexpr int most_threads = 64;  // the last entry is for all that come later
constexpr int most_calls = 12;    // more than there are functions that wait

struct Waited {
  const char* function = nullptr;
  long long duration = 0;
};

struct Thread {
  bool is_there = false;
  const char* waits_in = nullptr;
  long long since = 0;
  Waited waited[most_calls];
};

int report = -1;
bool only_children = false;
Thread threads[most_threads];
int started = 0;
thread_local int own_number = 0;

void write_line(const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const bool fits = length < static_cast<int>(sizeof line);
  if (!fits) line[sizeof line - 2] = '\n';
  const size_t size = fits ? static_cast<size_t>(length) : sizeof line - 1;
  if (write(report, line, size) < 0) report = -1;
}

void add(Thread& thread, const char* function, long long duration) {
  for (Waited& waited : thread.waited) {
    if (waited.function && waited.function != function) continue;
    waited.function = function;
    waited.duration += duration;
    return;
  }
}

}  // namespace

void open_report(const char* path) {
  if (!path) return;
  const int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return;
  report = fcntl(file, F_DUPFD_CLOEXEC, 200);  // where the program does not close it by accident
  kernel_close(file);
  threads[0].is_there = true;
}

bool reports() {
  return report >= 0;
}

Waiting::Waiting(const char* function) {
  if (!reports()) return;
  const WorldLock lock;
  threads[own_number].waits_in = function;
  threads[own_number].since = now;
}

Waiting::~Waiting() {
  if (!reports()) return;
  const WorldLock lock;
  Thread& thread = threads[own_number];
  if (!thread.waits_in) return;
  add(thread, thread.waits_in, now - thread.since);
  thread.waits_in = nullptr;
}

int number_next_thread() {
  const WorldLock lock;
  if (started < most_threads - 1) ++started;
  threads[started].is_there = true;
  return started;
}

void begin_thread(int number) {
  own_number = number;
}

void end_thread() {
  const WorldLock lock;
  threads[own_number].is_there = false;
}

void report_only_children() {
  only_children = true;
}

void report_child(int process, const char* name) {
  write_line("child %d %s\n", process, name ? name : "");
}

void report_end() {
  if (!reports() || only_children) return;
  for (int number = 0; number <= started; ++number) {
    Thread& thread = threads[number];
    if (thread.waits_in) add(thread, thread.waits_in, now - thread.since);
    for (const Waited& waited : thread.waited) {
      if (waited.function) {
        write_line("waited %d %lld %s\n", number, waited.duration, waited.function);
      }
    }
    if (thread.is_there) {
      write_line("waits %d %s\n", number, thread.waits_in ? thread.waits_in : "");
    }
  }
}

}  // namespace virtual_time

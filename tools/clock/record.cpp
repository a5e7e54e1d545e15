#include "record.hpp"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.hpp"

namespace virtual_time {
namespace {

constexpr int exit_status = 70;  // of a program that was ended here

long long patience = 3600 * second;  // a program that is silent for longer is ended
long long last_output = 0;
int trace = -1;
int out = -1;
int err = -1;
off_t out_size = 0;
off_t err_size = 0;
off_t step_size = 0;  // of the last record, if it only says that time has moved
long moves = 0;       // of the clock
long most_moves = LONG_MAX;
long glances = 0;

off_t size_of(int fd) {
  struct stat status;
  return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

void record(const char* format, ...) {
  if (trace < 0) return;
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const size_t size = length < static_cast<int>(sizeof line) ? length : sizeof line - 1;
  if (write(trace, line, size) < 0) trace = -1;
  step_size = 0;
}

void finish(const char* how) {
  record_output();
  record("%lld moved %ld %ld\n", now, moves, glances);
  record("%lld %s\n", now, how);
  report_end();
  trace = -1;
}

[[noreturn]] void end_program(const char* how, const char* sentence) {
  fflush(stdout);
  if (trace < 0) fprintf(stderr, "%s\n", sentence);  // there is no record: tell the user
  finish(how);
  end_process(exit_status);
}

}  // namespace

void open_record(int record, int output, int errors) {
  trace = record;
  out = output;
  err = errors;
  out_size = size_of(out);
  err_size = size_of(err);
}

void set_patience(long long duration) {
  patience = duration;
}

void set_most_moves(long count) {
  most_moves = count;
}

void stop_recording() {
  trace = -1;
}

// One such record is enough, however often a program waits: it shows how far the program came
// before a crash.
void record_step() {
  ++moves;
  if (trace < 0) return;
  const off_t begin = size_of(trace) - step_size;
  if (step_size > 0 && ftruncate(trace, begin) < 0) trace = -1;
  record("%lld at %lld %lld\n", now, static_cast<long long>(out_size),
         static_cast<long long>(err_size));
  step_size = size_of(trace) - begin;
}

void count_glance() {
  const WorldLock lock;
  ++glances;
}

void record_output() {
  const off_t new_out = size_of(out);
  const off_t new_err = size_of(err);
  if (new_out == out_size && new_err == err_size) return;
  out_size = new_out;
  err_size = new_err;
  last_output = now;
  record("%lld at %lld %lld\n", now, static_cast<long long>(out_size),
         static_cast<long long>(err_size));
}

// A loop that the main thread runs stands still while it sleeps.
void record_sleep(long long deadline) {
  const WorldLock lock;
  record_output();
  const char* what = is_main_thread() ? "slept" : "held";
  if (deadline > now) record("%lld %s %lld\n", now, what, deadline - now);
}

void record_thread() {
  const WorldLock lock;
  record_output();
  record("%lld thread\n", now);
}

void record_thrown(const char* what) {
  static int recorded = 0;
  const WorldLock lock;
  if (recorded++ >= 100) return;
  record_output();
  char line[160];
  size_t size = 0;
  for (; what[size] != '\0' && size < sizeof line - 1; ++size) {
    line[size] = what[size] == '\n' ? ' ' : what[size];
  }
  line[size] = '\0';
  record("%lld threw %s\n", now, line);
}

void close_record() {
  if (trace >= 0) finish("end");
}

void end_stuck() {
  end_program("stuck", "stuck: every thread waits, and nothing is left that could wake one");
}

void end_blocked() {
  end_program(
      "stuck thread",
      "stuck: the only thread waits for a lock, a condition or a future, and no other could "
      "release it");
}

void end_if_silent() {
  if (now - last_output >= patience) {
    end_program(
        has_network ? "silent sockets" : "silent",
        "silent: nothing was printed for an hour of simulated time, or for as many seconds as "
        "VIRTUAL_TIME_PATIENCE allows");
  }
}

void end_if_polling() {
  if (!has_network || moves <= most_moves) return;
  end_program("polls", "polls: it has woken up more often than VIRTUAL_TIME_MOVES allows");
}

void refuse(const char* what) {
  fflush(stdout);
  char how[200];
  snprintf(how, sizeof how, "refused %s", what);
  char sentence[300];
  snprintf(sentence, sizeof sentence,
           "refused: the program uses %s, which the simulated clock does not support", what);
  end_program(how, sentence);
}

}  // namespace virtual_time

#include "children.hpp"

#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.hpp"
#include "record.hpp"
#include "report.hpp"
#include "waiters.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

std::atomic<bool> has_started_some{false};
bool is_child = false;
bool was_real = false;       // at the last look
long long caught_up_at = 0;  // in real time
pid_t children[256];         // those whose numbers are known: not those of popen()
int child_count = 0;

long long real_time() {
  timespec time;
  next<int(clockid_t, timespec*)>("clock_gettime")(CLOCK_MONOTONIC, &time);
  return to_ns(time);
}

// Without taking its end from the program, which may ask for it.
bool runs(idtype_t which, id_t id) {
  siginfo_t end{};
  const int error = errno;
  const bool is_there = waitid(which, id, &end, WEXITED | WNOHANG | WNOWAIT) == 0;
  errno = error;
  return is_there && end.si_pid == 0;
}

void begin_real_time() {
  has_started_some = true;
  catch_up();
  if (!is_over) record_output();  // what was printed until now
  was_real = true;
}

void remember(pid_t child) {
  if (child_count < static_cast<int>(sizeof children / sizeof *children)) {
    children[child_count++] = child;
  }
}

// In the child, which is alone: the other threads, and the record, stayed with its parent.
void become_child() {
  is_child = true;
  has_threads = false;
  child_count = 0;
  forget_waiters();
  stop_recording();
  report_only_children();
}

void allow(const char* what) {
  if (!reports() && !is_child) refuse(what);
}

// A program that becomes another one would leave simulated time for good.
void allow_to_become(const char* program, const char* what) {
  if (!is_child) refuse(what);
  report_child(getpid(), program);
}

using Spawn = int(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                  char* const[], char* const[]);

int spawn(Spawn* real, pid_t* child, const char* program, const posix_spawn_file_actions_t* actions,
          const posix_spawnattr_t* attributes, char* const arguments[], char* const environment[]) {
  const WorldLock lock;
  begin_real_time();
  pid_t process = 0;
  const int error = real(&process, program, actions, attributes, arguments, environment);
  if (error != 0) return error;
  if (child) *child = process;
  remember(process);
  report_child(process, program);
  return 0;
}

// The arguments that follow the first one, up to the null pointer, and that: execl()'s.
class Arguments {
 public:
  Arguments(const char* first, va_list rest) {
    va_list copy;
    va_copy(copy, rest);
    int count = 1;
    while (va_arg(copy, char*)) ++count;
    va_end(copy);
    words_ = static_cast<char**>(calloc(static_cast<size_t>(count) + 1, sizeof(char*)));
    if (!words_) return;
    words_[0] = const_cast<char*>(first);
    for (int i = 1; i <= count; ++i) words_[i] = va_arg(rest, char*);
  }
  ~Arguments() { free(words_); }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  char* const* words() const { return words_; }

 private:
  char** words_ = nullptr;
};

}  // namespace

bool time_is_real() {
  if (is_child) return true;
  if (!has_started_some) return false;
  const WorldLock lock;
  if (runs(P_ALL, 0)) return true;
  // One has ended and was not waited for; others may run.
  for (int i = 0; i < child_count; ++i) {
    if (runs(P_PID, static_cast<id_t>(children[i]))) return true;
  }
  return false;
}

void catch_up() {
  if (!has_started_some) return;
  const WorldLock lock;
  if (is_over) return;
  const long long real = real_time();
  if (was_real) {
    // What is there by now was printed in the meantime, by a child perhaps.
    forget_looks();
    now += real - caught_up_at;
    record_output();
    record_step();
    end_if_silent();
  }
  caught_up_at = real;
  was_real = time_is_real();
}

}  // namespace virtual_time

using namespace virtual_time;

#pragma GCC visibility push(default)
extern "C" {

pid_t fork() noexcept {
  allow("fork (another process)");
  const WorldLock lock;
  begin_real_time();
  const pid_t child = next<pid_t()>("fork")();
  if (child == 0) become_child();
  if (child > 0) {
    remember(child);
    report_child(child, nullptr);
  }
  return child;
}

// (A function cannot return twice for another one; a copy costs more and does the same.)
pid_t vfork() noexcept {
  return fork();
}

int posix_spawn(pid_t* child, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const arguments[],
                char* const environment[]) {
  allow("posix_spawn (another process)");
  return spawn(next<Spawn>("posix_spawn"), child, path, actions, attributes, arguments,
               environment);
}

int posix_spawnp(pid_t* child, const char* file, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const arguments[],
                 char* const environment[]) {
  allow("posix_spawnp (another process)");
  return spawn(next<Spawn>("posix_spawnp"), child, file, actions, attributes, arguments,
               environment);
}

int system(const char* command) {
  allow("system (another process)");
  {
    const WorldLock lock;
    begin_real_time();
    report_child(0, command ? command : "sh");
  }
  const int status = next<int(const char*)>("system")(command);
  catch_up();
  return status;
}

FILE* popen(const char* command, const char* mode) {
  allow("popen (another process)");
  const WorldLock lock;
  begin_real_time();
  report_child(0, command);
  return next<FILE*(const char*, const char*)>("popen")(command, mode);
}

int execve(const char* path, char* const arguments[], char* const environment[]) noexcept {
  allow_to_become(path, "execve (another program)");
  return next<int(const char*, char* const[], char* const[])>("execve")(path, arguments,
                                                                        environment);
}

int execv(const char* path, char* const arguments[]) noexcept {
  allow_to_become(path, "execv (another program)");
  return next<int(const char*, char* const[])>("execv")(path, arguments);
}

int execl(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  const Arguments arguments(first, rest);
  va_end(rest);
  return execv(path, arguments.words());
}

int execlp(const char* file, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  const Arguments arguments(first, rest);
  va_end(rest);
  return execvp(file, arguments.words());
}

// (Its environment follows the null pointer, after which Arguments has stopped.)
int execle(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  va_list all;
  va_copy(all, rest);
  const Arguments arguments(first, rest);
  va_end(rest);
  while (va_arg(all, char*)) {
  }
  char* const* environment = va_arg(all, char* const*);
  va_end(all);
  return execve(path, arguments.words(), environment);
}

int execvp(const char* file, char* const arguments[]) noexcept {
  allow_to_become(file, "execvp (another program)");
  return next<int(const char*, char* const[])>("execvp")(file, arguments);
}

int execvpe(const char* file, char* const arguments[], char* const environment[]) noexcept {
  allow_to_become(file, "execvpe (another program)");
  return next<int(const char*, char* const[], char* const[])>("execvpe")(file, arguments,
                                                                         environment);
}

}  // extern "C"
#pragma GCC visibility pop

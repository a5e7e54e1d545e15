// What ./workbook simulate must follow, pass on, or name: `foreign NAME`.
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;

extern char** environ;

namespace {

const steady_clock::time_point start = steady_clock::now();

void say(const std::string& what) {
  const double now = std::chrono::duration<double>(steady_clock::now() - start).count();
  std::printf("%s %.1f\n", what.c_str(), now);
}

// As a program does that awaits lines: `all of it is there` must hold for epoll, too.
void read_by_a_loop() {
  asio::io_context loop;
  asio::posix::stream_descriptor input(loop, dup(STDIN_FILENO));
  std::string text;
  asio::async_read(input, asio::dynamic_buffer(text),
                   [&](asio::error_code, std::size_t size) { say(std::to_string(size)); });
  loop.run();
}

void wait_for_a_child() {
  int ends[2];
  if (pipe(ends) != 0) return;
  if (fork() == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execlp("sh", "sh", "-c", "sleep 0.2; echo answer", static_cast<char*>(nullptr));
    _exit(1);
  }
  close(ends[1]);
  // Two minutes of simulated time would be over at once.
  pollfd answer{ends[0], POLLIN, 0};
  std::printf("%s\n", poll(&answer, 1, 120'000) == 1 ? "answered" : "time-out");
  int status = 0;
  wait(&status);
}

void sleep_in_a_copy() {
  const pid_t child = fork();
  if (child == 0) {
    const auto before = steady_clock::now();
    std::this_thread::sleep_for(200ms);
    const bool slept = steady_clock::now() - before >= 200ms;
    std::printf("%s\n", slept ? "the copy slept" : "the copy did not sleep");
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

void start_in_every_way() {
  const pid_t copy = fork();
  if (copy == 0) {
    char name[] = "true";
    char* arguments[] = {name, nullptr};
    execvp("true", arguments);
    _exit(1);
  }
  int status = 0;
  waitpid(copy, &status, 0);
  std::printf("fork %d\n", status);
  pid_t child = 0;
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  if (posix_spawnp(&child, "true", nullptr, nullptr, arguments, environ) == 0) {
    waitpid(child, &status, 0);
  }
  std::printf("posix_spawnp %d\n", status);
  std::printf("system %d\n", std::system("exit 0"));
  char line[16] = "";
  if (FILE* pipe = popen("echo ${LD_PRELOAD-none}", "r")) {
    if (!fgets(line, sizeof line, pipe)) line[0] = '\0';
    pclose(pipe);
  }
  std::printf("popen %s", line);
}

// Each line has the time at which it was printed, and so has the end, before which only the child
// waits.
void print_beside_children() {
  const auto wait_for_a_sleep = [] {
    const pid_t child = fork();
    if (child == 0) {
      std::this_thread::sleep_for(200ms);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
  };
  std::printf("one\n");
  wait_for_a_sleep();
  std::printf("two\n");
  wait_for_a_sleep();
}

// A child writes and ends after its parent has looked at the first of many descriptors, and before
// it has looked at the last.
void take_quick_answers() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int silence[2];
  if (pipe(silence) != 0) return;
  std::vector<pollfd> descriptors(std::min<rlim_t>(limit.rlim_max, 20'000),
                                  pollfd{silence[0], POLLIN, 0});
  for (int n = 1; n <= 40; ++n) {
    int answer[2];
    if (pipe(answer) != 0) return;
    descriptors[0].fd = answer[0];
    if (fork() == 0) {
      timespec used{};  // of the processor, which is real
      while (used.tv_nsec < n * 20'000) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
      _exit(write(answer[1], "x", 1) == 1 ? 0 : 1);
    }
    if (poll(descriptors.data(), descriptors.size(), -1) != 1) return;
    wait(nullptr);
    close(answer[0]);
    close(answer[1]);
  }
  std::printf("40 answers\n");
}

const std::map<std::string, std::function<void()>> programs = {
    {"status", [] { std::exit(7); }},
    {"signal", [] { std::raise(SIGKILL); }},
    {"lines",
     [] {
       std::printf("Boil <water>\n");
       std::this_thread::sleep_for(90s);
       std::fprintf(stderr, "Too hot\n");
       std::printf("Tea \xff is ready");
     }},
    {"threads",
     [] {
       std::thread baker([] { std::this_thread::sleep_for(2s); });
       asio::io_context loop;
       asio::steady_timer timer(loop, 3s);
       timer.async_wait([](asio::error_code) { say("timer"); });
       loop.run();
       baker.join();
     }},
    {"stuck",
     [] {
       std::mutex mutex;
       mutex.lock();
       std::thread waits([&] { mutex.lock(); });
       std::this_thread::sleep_for(1s);
       asio::io_context loop;
       const auto work = asio::make_work_guard(loop);
       loop.run();
     }},
    {"silent",
     [] {
       for (;;) std::this_thread::sleep_for(1s);
     }},
    {"endless",
     [] {
       for (volatile bool always = true; always;) {
       }
     }},
    {"flood",
     [] {
       for (;;) std::puts("again and again and again and again and again and again");
     }},
    {"refused", [] { alarm(1); }},
    {"becomes", [] { execlp("true", "true", static_cast<char*>(nullptr)); }},
    {"reads",
     [] {
       say("ready");
       std::string line;
       if (std::getline(std::cin, line)) std::printf("read %s\n", line.c_str());
     }},
    {"reads_by_a_loop", read_by_a_loop},
    {"child_has_ended",
     [] {
       if (fork() == 0) _exit(0);
       int ends[2];
       char byte = 0;
       if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 1) std::printf("read\n");
     }},
    {"waits_for_a_child", wait_for_a_child},
    {"sleeps_in_a_copy", sleep_in_a_copy},
    {"prints_beside_children", print_beside_children},
    {"takes_quick_answers", take_quick_answers},
    {"starts_in_every_way", start_in_every_way},
};

}  // namespace

int main(int count, char** arguments) {
  const auto program = programs.find(count > 1 ? arguments[1] : "");
  if (program == programs.end()) return 1;
  program->second();
  for (int n = 2; n < count; ++n) std::printf("argument %s\n", arguments[n]);
}

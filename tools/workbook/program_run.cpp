#include "program_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "child_process.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::nanoseconds;

// A path under which a child, too, can open what we have open.
std::string path_for_children(int descriptor) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor);
}

// A file without a name: nothing is left behind, whatever happens.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(), "No memory file could be opened");
    }
    ::fcntl(descriptor_, F_SETFL, O_APPEND);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }
  std::string path() const { return path_for_children(descriptor_); }

  std::string content() const {
    std::string text(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
    std::size_t read = 0;
    while (read < text.size()) {
      const auto size =
          ::pread(descriptor_, text.data() + read, text.size() - read, static_cast<off_t>(read));
      if (size <= 0) break;
      read += static_cast<std::size_t>(size);
    }
    text.resize(read);
    return text;
  }

 private:
  int descriptor_;
};

// A file for a child to open under a path without blanks and colons, at which LD_PRELOAD is split.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(),
                              fmt::format("{} could not be opened", path.string()));
    }
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::string path() const { return path_for_children(descriptor_); }

 private:
  int descriptor_;
};

// --- Why a program failed ------------------------------------------------------------------------

std::string describe_flood(const RunOptions& options) {
  return fmt::format("It printed more than {} MB: an endless loop?", options.output_limit >> 20);
}

// What is printed for somebody who listens goes into no file, and may be less than the program's
// files.
std::uintmax_t file_limit(const RunOptions& options) {
  return options.on_line ? usual_output_limit : options.output_limit;
}

std::string describe_end(const ProcessEnd& end, const ProgramRun& run, const RunOptions& options) {
  if (end.succeeded()) return {};
  if (end.signal == SIGXCPU || end.signal == SIGKILL) {
    return fmt::format(
        "It used {} s of processor time and had not come to an end: an endless loop?",
        options.cpu_limit.count());
  }
  if (end.signal == SIGXFSZ) {
    const auto printed = std::max(run.output.size(), run.errors.size());
    if (!options.on_line && printed >= options.output_limit) return describe_flood(options);
    return fmt::format("It wrote more than {} MB into a file: an endless loop?",
                       file_limit(options) >> 20);
  }
  if (auto words = last_words(run.errors)) {
    if (options.memory_limit && words->find("bad_alloc") != std::string::npos) {
      *words += fmt::format(" It may have {} MB of memory.", *options.memory_limit >> 20);
    }
    return *words;
  }
  return fmt::format("It {}.", end.describe());
}

// --- A program that waits for real ---------------------------------------------------------------

// True if the process's threads all sleep, with how often they have gone to sleep up to now.
std::pair<bool, unsigned long long> sleep_state(pid_t process) {
  std::pair<bool, unsigned long long> result{true, 0};
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), error)) {
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("State:")) {
        result.first = result.first && line.find('S', 6) != std::string::npos;
      } else if (line.starts_with("voluntary_ctxt_switches:")) {
        result.second += std::stoull(line.substr(24));
      }
    }
  }
  return result;
}

// How a program that sleeps for real came to do so, as a sentence.
std::string describe_real_wait(pid_t process) {
  long number = -1;
  std::ifstream(fmt::format("/proc/{}/syscall", process)) >> number;
  static constexpr std::pair<long, const char*> names[] = {
      {SYS_read, "read"},
      {SYS_readv, "readv"},
      {SYS_recvfrom, "recv"},
      {SYS_recvmsg, "recvmsg"},
      {SYS_accept, "accept"},
      {SYS_accept4, "accept"},
      {SYS_connect, "connect"},
      {SYS_write, "write"},
      {SYS_writev, "writev"},
      {SYS_sendto, "send"},
      {SYS_sendmsg, "sendmsg"},
      {SYS_rt_sigsuspend, "sigsuspend"},
      {SYS_rt_sigtimedwait, "sigwait"},
      {SYS_flock, "flock"},
      {SYS_fcntl, "fcntl"},
      {SYS_wait4, "wait"},
      {SYS_waitid, "waitid"},
      {SYS_clock_nanosleep, "clock_nanosleep"},
      {SYS_ppoll, "ppoll"},
#ifdef SYS_pause
      {SYS_pause, "pause"},
#endif
  };
  if (number == SYS_futex) {
    return "It is stuck: it waits for a lock or an event, and nothing is left that could release "
           "it.";
  }
  for (const auto& [known, name] : names) {
    if (known == number) {
      return fmt::format(
          "It waited in a way the simulated clock does not know: in {}, which did not come back.",
          name);
    }
  }
  return fmt::format("It waited in a way the simulated clock does not know: in system call {}.",
                     number);
}

// Returns, with the cause, when the process has slept for half a second of real time without being
// woken: in simulated time nobody sleeps for real.
asio::awaitable<std::string> watch_for_real_wait(pid_t process) {
  constexpr auto interval = 50ms;
  constexpr int limit = 10;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto last = sleep_state(process);
  for (int unchanged = 0; unchanged < limit;) {
    timer.expires_after(interval);
    co_await timer.async_wait(asio::use_awaitable);
    const auto state = sleep_state(process);
    unchanged = state.first && state == last ? unchanged + 1 : 0;
    last = state;
  }
  co_return describe_real_wait(process);
}

asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// --- The trace of a simulated run ----------------------------------------------------------------

struct TraceMark {
  nanoseconds time;
  std::size_t output_size;
  std::size_t errors_size;
};

struct Trace {
  std::vector<TraceMark> marks;
  std::string how;     // "end", "stuck", "silent", "refused"; empty when the program did not tell
  std::string detail;  // what was refused
  nanoseconds end{};
  nanoseconds slept{};
};

// The format is told in tools/clock/README.md.
Trace parse_trace(const std::string& text) {
  Trace trace;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    long long time = 0;
    std::string what;
    words >> time >> what;
    trace.end = nanoseconds(time);
    if (what == "at") {
      TraceMark mark{nanoseconds(time), 0, 0};
      words >> mark.output_size >> mark.errors_size;
      trace.marks.push_back(mark);
    } else if (what == "slept") {
      long long duration = 0;
      words >> duration;
      trace.slept += nanoseconds(duration);
    } else {
      trace.how = what;
      std::getline(words >> std::ws, trace.detail);
    }
  }
  return trace;
}

std::vector<PrintedLine> lines_of(const std::string& text, bool to_stderr, const Trace& trace) {
  std::vector<PrintedLine> lines;
  const auto size = [&](const TraceMark& mark) {
    return to_stderr ? mark.errors_size : mark.output_size;
  };
  auto mark = trace.marks.begin();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    const std::size_t end = std::min(newline + 1, text.size());
    while (mark != trace.marks.end() && size(*mark) < end) ++mark;
    lines.push_back({mark != trace.marks.end() ? mark->time : trace.end, to_stderr,
                     text.substr(begin, newline - begin)});
    begin = end;
  }
  return lines;
}

std::string describe_simulated_end(const Trace& trace) {
  if (trace.how == "stuck") {
    return fmt::format(
        "It is stuck: after {:.1f}s of simulated time every task waits, and nothing is left that "
        "could wake one.",
        in_seconds(trace.end));
  }
  if (trace.how == "silent") {
    return fmt::format(
        "It printed nothing for an hour of simulated time (until {:.1f}s): what it waits for does "
        "not come.",
        in_seconds(trace.end));
  }
  if (trace.how == "refused") {
    return fmt::format("It uses {}, which the simulated clock does not know.", trace.detail);
  }
  return {};
}

// --- Running -------------------------------------------------------------------------------------

ProcessOptions process_options(const MemoryFile& output, const MemoryFile& errors,
                               const RunOptions& options) {
  ProcessOptions process;
  process.output = Output::to(output.descriptor());
  process.errors = Output::to(errors.descriptor());
  process.folder = options.folder;
  process.limits.cpu_soft = options.cpu_limit;
  process.limits.cpu_hard = options.cpu_limit + 1s;
  process.limits.file_size = file_limit(options);
  process.limits.memory = options.memory_limit;
  process.limits.core_files = false;
  return process;
}

// A sanitizer's options, as they are with one more.
EnvironmentChange added_option(const char* name, const std::string& option) {
  const char* given = std::getenv(name);
  return {name, given != nullptr ? fmt::format("{}:{}", given, option) : option};
}

template <class Start>
ProgramRun on_own_loop(Start start) {
  asio::io_context loop;
  ProgramRun run;
  std::exception_ptr failure;
  asio::co_spawn(loop, start(), [&](std::exception_ptr error, ProgramRun result) {
    failure = error;
    run = std::move(result);
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return run;
}

}  // namespace

std::vector<std::string> command_line(const std::filesystem::path& program,
                                      const std::vector<std::string>& arguments) {
  std::vector<std::string> command{program.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::optional<std::string> last_words(const std::string& errors) {
  std::smatch found;
  static const std::regex thrown(
      "terminate called after throwing an instance of '([^\n]*)'(?:\n  what\\(\\):  ([^\n]*))?");
  if (std::regex_search(errors, found, thrown)) {
    std::string what = found.str(2);
    if (what.ends_with('.')) what.pop_back();
    // Some say no more than their name.
    if (what == found.str(1)) what.clear();
    return fmt::format("An exception ended it that nobody caught: {}{}{}.", found.str(1),
                       what.empty() ? "" : ": ", what);
  }
  if (errors.find("terminate called without an active exception") != std::string::npos) {
    return "std::terminate ended it: a std::thread was destroyed before it was joined, or an "
           "exception left a function that promised not to throw.";
  }
  if (errors.find("Address already in use") != std::string::npos) {
    return "Another program has this port. Name another one, or 0 for one that is free.";
  }
  static const std::regex sanitizer("(?:ERROR|WARNING): ((?:Address|Thread|Leak)Sanitizer:[^\n]*)");
  if (std::regex_search(errors, found, sanitizer)) return fmt::format("{}.", found.str(1));
  static const std::regex undefined("([^\n]*): runtime error: ([^\n]*)");
  if (std::regex_search(errors, found, undefined)) {
    return fmt::format("UndefinedBehaviorSanitizer: {} ({}).", found.str(2), found.str(1));
  }
  return std::nullopt;
}

asio::awaitable<ProgramRun> simulate(std::filesystem::path program, std::filesystem::path library,
                                     RunOptions options) {
  const MemoryFile output("stdout");
  const MemoryFile errors("stderr");
  const MemoryFile trace_file("trace");
  const OpenFile clock(library);
  ProcessOptions process = process_options(output, errors, options);
  process.environment = {{"LD_PRELOAD", clock.path()},
                         {"VIRTUAL_TIME_TRACE", trace_file.path()},
                         // The clock's library comes before the sanitizer's.
                         added_option("ASAN_OPTIONS", "verify_asan_link_order=0"),
                         // At the end it would sleep a second, for real, in case of late threads.
                         added_option("TSAN_OPTIONS", "atexit_sleep_ms=0")};

  ChildProcess child(co_await asio::this_coro::executor, command_line(program, options.arguments),
                     process);
  const auto ended = co_await (child.wait() || watch_for_real_wait(child.id()));
  std::string real_wait;
  if (ended.index() == 1) {
    real_wait = std::get<1>(ended);
    child.send(SIGKILL);
  }
  const ProcessEnd end = co_await child.wait();

  ProgramRun run;
  run.left_behind = end.left_behind;
  run.output = output.content();
  run.errors = errors.content();
  const std::string record = trace_file.content();
  const Trace trace = parse_trace(record);
  const auto printed = lines_of(run.output, false, trace);
  const auto complained = lines_of(run.errors, true, trace);
  std::merge(printed.begin(), printed.end(), complained.begin(), complained.end(),
             std::back_inserter(run.lines),
             [](const auto& left, const auto& right) { return left.time < right.time; });
  run.total = trace.end;
  run.simulated = true;
  run.slept = trace.slept;
  if (!real_wait.empty()) {
    run.failure = real_wait;
  } else if (record.size() >= options.output_limit) {
    // Each sleep is a line of it: the file that became too long is not the program's.
    run.failure = "It slept again and again, and printed nothing: an endless loop?";
  } else {
    run.failure = describe_simulated_end(trace);
    if (run.failure.empty()) run.failure = describe_end(end, run, options);
    if (run.failure.empty() && trace.how.empty()) {
      run.failure = "The simulated clock was not loaded: the run left no record of its time.";
    }
  }
  co_return run;
}

asio::awaitable<ProgramRun> run_in_real_time(std::filesystem::path program, RunOptions options) {
  const MemoryFile errors("stderr");
  ProcessOptions process = process_options(errors, errors, options);
  process.output = Output::terminal();
  if (options.on_line) process.errors = Output::terminal();
  const auto start = std::chrono::steady_clock::now();
  ChildProcess child(co_await asio::this_coro::executor, command_line(program, options.arguments),
                     process);

  ProgramRun run;
  const auto add_line = [&](nanoseconds time, std::string text) {
    run.lines.push_back({time, false, std::move(text)});
    if (options.on_line) options.on_line(run.lines.back());
  };
  std::size_t begin = 0;  // of the line that is not complete
  const ChildProcess::OnOutput on_output = [&](std::string_view text) {
    if (!run.failure.empty()) return;
    const auto now = std::chrono::steady_clock::now() - start;
    run.output += text;
    const bool too_much = run.output.size() > options.output_limit;
    for (auto end = run.output.find('\n', begin); end != std::string::npos;
         end = run.output.find('\n', begin)) {
      if (run.lines.size() == options.line_limit) {
        run.failure =
            fmt::format("It printed more than {} lines: an endless loop?", *options.line_limit);
        break;
      }
      add_line(now, run.output.substr(begin, end - begin));
      begin = end + 1;
    }
    if (too_much && run.failure.empty()) run.failure = describe_flood(options);
    if (!run.failure.empty()) child.send(SIGKILL);
  };
  const auto to_the_end = [&]() -> asio::awaitable<void> {
    co_await child.read_all(on_output);
    co_await child.wait();
  };
  const auto ended = co_await (to_the_end() || sleep_for(options.real_limit));
  if (ended.index() == 1) {
    child.send(SIGKILL);
    run.failure = fmt::format("It had not come to an end after {} s.", options.real_limit.count());
  }
  const ProcessEnd end = co_await child.wait();
  run.total = std::chrono::steady_clock::now() - start;
  if (begin < run.output.size() && run.failure.empty()) {
    add_line(run.total, run.output.substr(begin));
  }
  run.left_behind = end.left_behind;
  run.errors = options.on_line ? run.output : errors.content();
  if (run.failure.empty()) run.failure = describe_end(end, run, options);
  co_return run;
}

std::string describe_left_behind(const ProgramRun& run) {
  if (run.left_behind == 0) return {};
  return run.left_behind == 1
             ? "It left a process behind, which was ended."
             : fmt::format("It left {} processes behind, which were ended.", run.left_behind);
}

ProgramRun simulate_now(const std::filesystem::path& program, const std::filesystem::path& library,
                        const RunOptions& options) {
  return on_own_loop([&] { return simulate(program, library, options); });
}

ProgramRun run_in_real_time_now(const std::filesystem::path& program, const RunOptions& options) {
  return on_own_loop([&] { return run_in_real_time(program, options); });
}

}  // namespace workbook

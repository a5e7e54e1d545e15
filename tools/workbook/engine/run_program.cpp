#include "run_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

#include "child_process.hpp"
#include "endings.hpp"
#include "memory_file.hpp"
#include "real_wait.hpp"
#include "simulated_clock.hpp"
#include "trace.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::nanoseconds;

// --- Why a program failed ------------------------------------------------------------------------

// With on_line the output goes into no file, and may be smaller than the files that the program
// writes.
std::uintmax_t file_limit(const RunOptions& options) {
  return options.on_line ? usual_output_limit : options.output_limit;
}

// Sets what the end of its process says about a run's failure, if it is one.
void note_end(ProgramRun& run, const ProcessEnd& end, const RunOptions& options) {
  if (end.succeeded()) return;
  if (end.is_out_of_processor_time(options.cpu_limit)) {
    run.failure = computed_too_long(options.cpu_limit);
  } else if (end.signal == SIGXFSZ) {
    const auto printed = std::max(run.output.size(), run.errors.size());
    run.failure = !options.on_line && printed >= options.output_limit
                      ? printed_too_much(options.output_limit)
                      : fmt::format("It wrote more than {} MB into a file: an endless loop?",
                                    file_limit(options) >> 20);
  } else if (const auto words = last_words(run.errors)) {
    run.failure = *words;
    if (options.memory_limit && lacked_memory(run)) {
      run.failure +=
          fmt::format(" It is allowed {} MB of memory at most.", *options.memory_limit >> 20);
    }
  } else {
    run.failure = fmt::format("It {}.", end.describe());
    if (end.signal) run.signal = signal_name(*end.signal);
  }
}

asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
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

}  // namespace

std::vector<std::string> command_line(const std::filesystem::path& program,
                                      const std::vector<std::string>& arguments) {
  std::vector<std::string> command{program.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

asio::awaitable<ProgramRun> simulate(std::filesystem::path program, std::filesystem::path library,
                                     RunOptions options) {
  const MemoryFile output("stdout");
  const MemoryFile errors("stderr");
  const SimulatedClock clock(library);
  ProcessOptions process = process_options(output, errors, options);
  process.environment = clock.environment();
  // Memory that is freed, or not yet written, is filled: a program that uses it must not print the
  // right lines by chance. (glibc skips its caches.)
  process.environment.push_back(
      added_option("GLIBC_TUNABLES", "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"));

  if (options.most_moves) {
    process.environment.push_back({"VIRTUAL_TIME_MOVES", std::to_string(*options.most_moves)});
  }

  ChildProcess child(co_await asio::this_coro::executor, command_line(program, options.arguments),
                     process);
  const auto ended = co_await (child.wait() || watch_for_real_wait(child.id(), RealWaits::none));
  RealWait real_wait;
  if (ended.index() == 1) {
    real_wait = std::get<1>(ended);
    child.send(SIGKILL);
  }
  const ProcessEnd end = co_await child.wait();

  const std::string record = clock.record().content();
  const Trace trace = parse_trace(record);
  ProgramRun run = simulated_run(output.content(), errors.content(), trace);
  run.left_behind = end.left_behind;
  if (!real_wait.sentence.empty()) {
    run.failure = real_wait.sentence;
    run.stuck = real_wait.for_a_lock;
  } else if (record.size() >= options.output_limit) {
    // Each sleep is a line of the record: the file that became too long is the record, not the
    // program's.
    run.failure = slept_in_a_loop();
  } else {
    const bool asks = end.is_out_of_processor_time(options.cpu_limit) && trace.threads > 0 &&
                      trace.asleep_until > trace.end;
    if (run.failure.empty() && asks) run.failure = asked_again_and_again();
    if (run.failure.empty()) note_end(run, end, options);
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
    if (too_much && run.failure.empty()) run.failure = printed_too_much(options.output_limit);
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
  if (run.failure.empty()) note_end(run, end, options);
  co_return run;
}

}  // namespace workbook

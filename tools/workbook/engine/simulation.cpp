#include "simulation.hpp"

#include <signal.h>

#include <algorithm>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <map>
#include <sstream>
#include <utility>

#include "caught.hpp"
#include "child_process.hpp"
#include "endings.hpp"
#include "memory_file.hpp"
#include "real_wait.hpp"
#include "run_program.hpp"
#include "simulated_clock.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::nanoseconds;

// One of the program's streams, of which lines are taken as soon as their time is known.
class Stream {
 public:
  Stream(const MemoryFile& file, bool is_stderr) : file_(file), is_stderr_(is_stderr) {}

  // The lines that were complete when `size` bytes had been printed.
  template <class OnLine>
  void take_until(std::size_t size, nanoseconds time, OnLine on_line) {
    if (text_.size() < size) text_ += file_.content_from(text_.size());
    for (auto end = text_.find('\n', begin_); end < size; end = text_.find('\n', begin_)) {
      on_line(PrintedLine{time, is_stderr_, text_.substr(begin_, end - begin_)});
      begin_ = end + 1;
    }
  }

  // The rest, with a last line that has no end.
  template <class OnLine>
  void take_all(nanoseconds time, OnLine on_line) {
    take_until(file_.size(), time, on_line);
    if (begin_ < text_.size()) on_line(PrintedLine{time, is_stderr_, text_.substr(begin_)});
    begin_ = text_.size();
  }

  std::size_t size() const { return file_.size(); }

 private:
  const MemoryFile& file_;
  const bool is_stderr_;
  std::string text_;
  std::size_t begin_ = 0;  // of the next line
};

// Reads the record while it is written.
class RecordReader {
 public:
  explicit RecordReader(const MemoryFile& file) : file_(file) {}

  // The marks that have come. The last line is left for later: the clock may replace it.
  std::vector<TraceMark> next() {
    const std::string text = file_.content_from(begin_);
    if (text != file_.content_from(begin_)) return {};  // it is being replaced now
    const auto last = text.rfind('\n');
    if (last == std::string::npos || last == 0) return {};
    const auto end = text.rfind('\n', last - 1);
    if (end == std::string::npos) return {};
    begin_ += end + 1;
    return parse_trace(text.substr(0, end + 1)).marks;
  }

  // All that next() has not returned.
  Trace rest() const { return parse_trace(file_.content_from(begin_)); }

 private:
  const MemoryFile& file_;
  std::size_t begin_ = 0;
};

class Follower {
 public:
  Follower(const MemoryFile& output, const MemoryFile& errors, const MemoryFile& record,
           const SimulationOptions& options)
      : output_(output, false), errors_(errors, true), record_(record), options_(options) {}

  void take_new() {
    take(record_.next());
    // A program that computes, or reads what is typed, leaves no mark after a line. Time stands
    // still for it.
    const std::size_t size = output_.size() + errors_.size();
    constexpr int long_enough = 5;
    quiet_ = size == size_ ? quiet_ + 1 : 0;
    size_ = size;
    if (quiet_ != long_enough) return;
    const nanoseconds now = record_.rest().end;
    output_.take_until(output_.size(), now, adder());
    errors_.take_until(errors_.size(), now, adder());
  }

  void take_rest(nanoseconds end) {
    take(record_.rest().marks);
    output_.take_all(end, adder());
    errors_.take_all(end, adder());
  }

  std::vector<PrintedLine> lines;

 private:
  void take(const std::vector<TraceMark>& marks) {
    for (const TraceMark& mark : marks) {
      output_.take_until(mark.output_size, mark.time, adder());
      errors_.take_until(mark.errors_size, mark.time, adder());
    }
  }

  std::function<void(PrintedLine)> adder() {
    return [this](PrintedLine line) {
      lines.push_back(std::move(line));
      options_.on_line(lines.back());
    };
  }

  Stream output_;
  Stream errors_;
  RecordReader record_;
  std::size_t size_ = 0;  // of both streams
  int quiet_ = 0;         // how often they had not grown
  const SimulationOptions& options_;
};

// Of a record. A program that sleeps without end and prints nothing makes it grow.
constexpr std::size_t record_limit = 256 << 20;

}  // namespace

WaitReport parse_wait_report(const std::string& text) {
  WaitReport report;
  // A child that becomes another program is named by that. (It may say so before its parent has
  // said that it is there.)
  std::map<pid_t, std::size_t> forked;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what;
    int number = 0;
    words >> what >> number;
    if (what == "waited") {
      long long duration = 0;
      std::string function;
      words >> duration >> function;
      if (duration > 0) report.waited.push_back({number, nanoseconds(duration), function});
    } else if (what == "waits") {
      std::string function;
      words >> function;
      report.waiting.push_back({number, function});
    } else if (what == "child") {
      std::string name;
      std::getline(words >> std::ws, name);
      const auto known = number == 0 ? forked.end() : forked.find(number);
      if (known != forked.end()) {
        if (!name.empty()) report.children[known->second] = name;
        continue;
      }
      if (number != 0) forked[number] = report.children.size();
      report.children.push_back(name.empty() ? "a copy of itself" : name);
    }
  }
  return report;
}

asio::awaitable<Simulation> simulate_foreign(std::filesystem::path program,
                                             std::filesystem::path library,
                                             SimulationOptions options) {
  const MemoryFile output("stdout");
  const MemoryFile errors("stderr");
  const MemoryFile report("report");
  const SimulatedClock clock(library);
  ProcessOptions process;
  process.input = Input::inherited;
  process.output = Output::to(output.descriptor());
  process.errors = Output::to(errors.descriptor());
  process.environment = clock.environment();
  process.environment.push_back({"VIRTUAL_TIME_REPORT", report.path()});
  process.environment.push_back(
      {"VIRTUAL_TIME_PATIENCE", std::to_string(options.patience.count())});
  process.limits.cpu_soft = options.cpu_limit;
  process.limits.cpu_hard = options.cpu_limit + 1s;
  process.limits.core_files = false;
  const auto executor = co_await asio::this_coro::executor;
  ChildProcess child(executor, command_line(program, options.arguments), process);

  Simulation result;
  Follower follower(output, errors, clock.record(), options);
  const auto follow = [&]() -> asio::awaitable<void> {
    asio::steady_timer timer(executor);
    while (true) {
      timer.expires_after(20ms);
      co_await timer.async_wait(asio::use_awaitable);
      follower.take_new();
      const bool too_much = std::max(output.size(), errors.size()) > options.output_limit;
      if (too_much) result.stopped = printed_too_much(options.output_limit);
      if (clock.record().size() > record_limit) result.stopped = slept_in_a_loop();
      if (!result.stopped.empty()) co_return;
    }
  };
  const auto ended = co_await (
      child.wait() || watch_for_real_wait(child.id(), RealWaits::foreign) || caught(follow()));
  if (ended.index() == 1) result.stopped = std::get<1>(ended).sentence;
  if (ended.index() != 0) child.send(SIGKILL);
  if (ended.index() == 2) rethrow(std::get<2>(ended));
  result.end = co_await child.wait();

  result.trace = parse_trace(clock.record().content());
  result.report = parse_wait_report(report.content());
  follower.take_rest(result.trace.end);
  result.lines = std::move(follower.lines);
  if (result.stopped.empty() && result.end.is_out_of_processor_time(options.cpu_limit)) {
    result.stopped = computed_too_long(options.cpu_limit);
  }
  co_return result;
}

}  // namespace workbook

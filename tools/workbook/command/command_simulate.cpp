#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "build.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "foreign_program.hpp"
#include "seconds.hpp"
#include "simulation.hpp"
#include "standard_input.hpp"
#include "timeline.hpp"

namespace workbook {
namespace {

using std::chrono::steady_clock;

constexpr int stuck_status = 124;   // as timeout(1)
constexpr int refused_status = 2;   // as for all that cannot be started
constexpr int signal_status = 128;  // and the signal's number, as in a shell

std::string name_of_thread(int number) {
  return number == 0 ? "the main thread" : fmt::format("thread {}", number);
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
  return text;
}

// "The main thread waited 3.000 s in epoll_wait. Thread 1 waited …"
std::string who_waited(const WaitReport& report) {
  std::vector<std::string> sentences;
  for (auto wait = report.waited.begin(); wait != report.waited.end();) {
    const int thread = wait->thread;
    std::vector<std::string> where;
    for (; wait != report.waited.end() && wait->thread == thread; ++wait) {
      where.push_back(fmt::format("{:.3f} s in {}", in_seconds(wait->duration), wait->function));
    }
    sentences.push_back(
        capitalized(fmt::format("{} waited {}.", name_of_thread(thread), fmt::join(where, ", "))));
  }
  if (sentences.empty()) return "No thread waited.";
  return fmt::format("{}", fmt::join(sentences, " "));
}

// " Waiting at the end: the main thread in epoll_wait; thread 1 for a lock or another thread."
std::string who_waits(const WaitReport& report) {
  std::vector<std::string> each;
  for (const Waits& waits : report.waiting) {
    each.push_back(
        waits.function.empty()
            ? fmt::format("{} for a lock or another thread", name_of_thread(waits.thread))
            : fmt::format("{} in {}", name_of_thread(waits.thread), waits.function));
  }
  if (each.empty()) return {};
  return fmt::format(" Waiting at the end: {}.", fmt::join(each, "; "));
}

struct Outcome {
  int status = 0;
  std::string sentence;
};

Outcome outcome_of(const Simulation& simulation, const std::string& name, int patience) {
  const Trace& trace = simulation.trace;
  const std::string after = fmt::format("after {:.3f} s of simulated time", in_seconds(trace.end));
  if (!simulation.stopped.empty()) {
    return {stuck_status, fmt::format("{} was ended {}. {}", name, after, simulation.stopped)};
  }
  if (trace.how == "refused") {
    return {refused_status,
            fmt::format("{} uses {}, which the simulated clock does not support. It was ended {}.",
                        name, trace.detail, after)};
  }
  if (trace.how == "silent") {
    return {
        stuck_status,
        fmt::format("{} was ended {}: it had printed nothing for {} s (--patience allows more).{}",
                    name, after, patience, who_waits(simulation.report))};
  }
  if (trace.how == "stuck") {
    const std::string why = trace.detail == "thread"
                                ? "its only thread waits for a lock, a condition or a future"
                                : "every thread waits, and nothing is left that could wake one";
    return {stuck_status,
            fmt::format("{} is stuck {}: {}.{}", name, after, why, who_waits(simulation.report))};
  }
  if (simulation.end.signal) {
    return {signal_status + *simulation.end.signal,
            fmt::format("{} {} {}.", name, simulation.end.describe(), after)};
  }
  if (trace.how.empty()) {
    return {
        refused_status,
        fmt::format("{} left no record of its time: the simulated clock was not loaded into it, "
                    "or it became another program.",
                    name)};
  }
  return {simulation.end.code.value_or(0),
          fmt::format("{} {} {}.", name, simulation.end.describe(), after)};
}

// "/bin/ls, date (2 times)": each once, in the order in which they were first started.
std::string list_children(const std::vector<std::string>& children) {
  std::vector<std::string> names;
  for (const std::string& child : children) {
    if (!std::ranges::count(names, child)) names.push_back(child);
  }
  for (std::string& name : names) {
    const auto times = std::ranges::count(children, name);
    if (times > 1) name += fmt::format(" ({} times)", times);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void refuse_existing(const SimulateArguments& options) {
  if (options.replay.empty() || options.force) return;
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(options.replay, error))) {
    throw WrongCall(fmt::format("{} exists. Write over it with --force, or choose another name.",
                                options.replay));
  }
}

}  // namespace

asio::awaitable<int> simulate(Context& context, SimulateArguments options) {
  if (options.call.empty()) {
    throw WrongCall("Which program? For instance: ./workbook simulate ./server --port 0");
  }
  std::vector<LaneRule> rules;
  for (const std::string& lane : options.lanes) rules.push_back(parse_lane(lane));
  if (!rules.empty() && options.replay.empty()) {
    throw WrongCall("A lane belongs to a page: add --replay FILE.html");
  }
  refuse_existing(options);
  const auto program = find_program(options.call[0]);
  if (!program) throw WrongCall(fmt::format("{} was not found.", options.call[0]));
  if (const auto why = why_it_cannot_be_simulated(*program); !why.empty()) throw WrongCall(why);

  const std::vector<std::string> targets{"virtual_time"};
  co_await build(context, "the simulated clock", targets);

  Console& console = context.console;
  co_await context.supervisor.interruptible(gather_standard_input(console));
  SimulationOptions how;
  how.arguments.assign(options.call.begin() + 1, options.call.end());
  how.cpu_limit = std::chrono::seconds(options.limit);
  how.patience = std::chrono::seconds(options.patience);
  how.on_line = [&console](const PrintedLine& line) {
    const std::string text = fmt::format("{:9.3f}  {}\n", in_seconds(line.time), line.text);
    if (line.to_stderr) {
      console.print_errors(text);
    } else {
      console.print(text);
    }
  };
  Simulation simulation;
  const auto library = context.virtual_time();
  const auto start = steady_clock::now();
  const auto work = [&]() -> asio::awaitable<void> {
    simulation = co_await simulate_foreign(*program, library, how);
  };
  co_await context.supervisor.interruptible(work());
  const double took = in_seconds(steady_clock::now() - start);

  const std::string name = program->filename().string();
  const Outcome outcome = outcome_of(simulation, name, options.patience);
  console.complain(fmt::format("{} It took {:.2f} s. {}", outcome.sentence, took,
                               who_waited(simulation.report)));
  if (!simulation.report.children.empty()) {
    console.complain(fmt::format("It started other processes, which ran in real time: {}.",
                                 list_children(simulation.report.children)));
  }
  if (!options.replay.empty()) {
    Timeline timeline;
    timeline.title = fmt::format("{}", fmt::join(options.call, " "));
    timeline.how = outcome.sentence + " " + who_waited(simulation.report);
    timeline.total = simulation.trace.end;
    timeline.lanes = make_lanes(rules, simulation.lines, timeline.total);
    timeline.lines = simulation.lines;
    refuse_existing(options);
    write_file(options.replay, timeline_page(timeline));
    console.complain(fmt::format("The timeline is in {}.", options.replay));
  }
  co_return outcome.status;
}

}  // namespace workbook

#include "trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

#include "seconds.hpp"

namespace workbook {
namespace {

using std::chrono::nanoseconds;

std::vector<PrintedLine> lines_of(const std::string& text, bool to_stderr, const Trace& trace) {
  std::vector<PrintedLine> lines;
  const auto size = [&](const TraceMark& mark) {
    return to_stderr ? mark.errors_size : mark.output_size;
  };
  TraceMark at_end = trace.marks.empty() ? TraceMark{} : trace.marks.back();
  at_end.time = trace.end;
  auto mark = trace.marks.begin();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    const std::size_t end = std::min(newline + 1, text.size());
    while (mark != trace.marks.end() && size(*mark) < end) ++mark;
    const TraceMark& printed = mark != trace.marks.end() ? *mark : at_end;
    lines.push_back({printed.time, to_stderr, text.substr(begin, newline - begin), printed.waits});
    begin = end;
  }
  return lines;
}

std::string describe_simulated_end(const Trace& trace) {
  if (trace.how == "stuck" && trace.detail == "thread") {
    return fmt::format(
        "It is stuck: after {:.1f}s of simulated time its only thread waits for a lock, a "
        "condition "
        "or a future, so its event loop cannot run, and no other thread is there to release it.",
        in_seconds(trace.end));
  }
  if (trace.how == "stuck") {
    return fmt::format(
        "It is stuck: after {:.1f}s of simulated time every task waits, and nothing is left that "
        "could wake one.",
        in_seconds(trace.end));
  }
  if (trace.how == "silent") {
    return fmt::format(
        "It printed nothing for an hour of simulated time (until {:.1f}s): the event that it waits "
        "for does not come.{}",
        in_seconds(trace.end),
        trace.detail == "sockets"
            ? " (What the kernel would send again later, after a full backlog "
              "or a full buffer, does not come in simulated time.)"
            : "");
  }
  if (trace.how == "polls") {
    return fmt::format(
        "It woke up more than {} times, until {:.1f}s of simulated time, and had not come to an "
        "end. Something polls in small steps, instead of waiting for what it needs.",
        trace.moves - 1, in_seconds(trace.end));
  }
  if (trace.how == "refused") {
    // (Put there by tools/browser/world: refuse_in_page.)
    constexpr std::string_view in_page = " in a page";
    if (trace.detail.ends_with(in_page)) {
      return fmt::format(
          "It uses {}, which a page does not have: run it with ./workbook on your machine.",
          trace.detail.substr(0, trace.detail.size() - in_page.size()));
    }
    return fmt::format("It uses {}, which the simulated clock does not support.", trace.detail);
  }
  return {};
}

}  // namespace

Trace parse_trace(const std::string& record) {
  Trace trace;
  std::istringstream input(record);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    long long time = 0;
    std::string what;
    words >> time >> what;
    trace.end = nanoseconds(time);
    if (what == "at") {
      TraceMark mark{nanoseconds(time), 0, 0};
      words >> mark.output_size >> mark.errors_size;
      if (!trace.marks.empty()) {
        const TraceMark& last = trace.marks.back();
        // Without new output it is there because the clock has moved on.
        const bool moved =
            mark.output_size == last.output_size && mark.errors_size == last.errors_size;
        mark.waits = last.waits + (moved ? 1 : 0);
      }
      trace.marks.push_back(mark);
    } else if (what == "slept" || what == "held") {
      long long duration = 0;
      words >> duration;
      if (what == "slept") trace.slept += nanoseconds(duration);
      trace.held += nanoseconds(duration);
      trace.asleep_until = std::max(trace.asleep_until, trace.end + nanoseconds(duration));
    } else if (what == "thread") {
      ++trace.threads;
    } else if (what == "threw") {
      std::string said;
      std::getline(words >> std::ws, said);
      trace.thrown.push_back({nanoseconds(time), said});
    } else if (what == "moved") {
      words >> trace.moves >> trace.glances;
    } else {
      trace.how = what;
      std::getline(words >> std::ws, trace.detail);
    }
  }
  return trace;
}

ProgramRun simulated_run(std::string output, std::string errors, const Trace& trace) {
  ProgramRun run;
  run.output = std::move(output);
  run.errors = std::move(errors);
  const auto printed = lines_of(run.output, false, trace);
  const auto complained = lines_of(run.errors, true, trace);
  std::merge(printed.begin(), printed.end(), complained.begin(), complained.end(),
             std::back_inserter(run.lines),
             [](const auto& left, const auto& right) { return left.time < right.time; });
  run.total = trace.end;
  run.simulated = true;
  run.slept = trace.slept;
  run.held = trace.held;
  run.threads = trace.threads;
  run.moves = trace.moves;
  run.glances = trace.glances;
  run.thrown = trace.thrown;
  run.failure = describe_simulated_end(trace);
  run.refused = trace.how == "refused";
  run.stuck = trace.how == "stuck";
  return run;
}

}  // namespace workbook

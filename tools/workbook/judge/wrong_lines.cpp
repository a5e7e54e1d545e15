#include "wrong_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "lines.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// How often each thing has a line with these words: the word after them names it.
std::map<std::string, int> counted(const std::string& output, const std::string& words) {
  std::map<std::string, int> count;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto place = line.find(words + " ");
    if (place == std::string::npos) continue;
    std::string name = line.substr(place + words.size() + 1);
    name.resize(std::min(name.find_first_of(" ,:"), name.size()));
    ++count[name];
  }
  return count;
}

// The first of the lines that has no equal among the others.
std::optional<std::string> first_without_partner(const std::vector<std::string>& lines,
                                                 const std::vector<std::string>& others) {
  std::multiset<std::string> left(others.begin(), others.end());
  for (const std::string& line : lines) {
    const auto found = left.find(line);
    if (found == left.end()) return line;
    left.erase(found);
  }
  return std::nullopt;
}

// The exceptions that kept lines away, newest last: those that say something, each once, and
// without a full stop.
std::vector<Thrown> exceptions_of(const ProgramRun& run) {
  std::vector<Thrown> all;
  for (Thrown thrown : run.thrown) {
    if (thrown.what.ends_with('.')) thrown.what.pop_back();
    if (thrown.what.empty() || thrown.what == "multiple exceptions") continue;
    // One that is passed on is thrown again; a cancellation at the same moment is the later one.
    const auto known = std::ranges::find(all, thrown.what, &Thrown::what);
    if (known != all.end() && thrown.time - known->time < 1ms) continue;
    if (known != all.end()) all.erase(known);
    all.push_back(thrown);
  }
  return all;
}

enum class Moved { early, late };

std::optional<MovedLine> first_moved_line(const ProgramRun& run, const Expectation& expected,
                                          Moved how) {
  if (!expected.times) return std::nullopt;
  std::multimap<std::string, nanoseconds> due;
  const std::vector<std::string> lines = split_lines(expected.output).text;
  // (How long all took is another rule's.)
  const auto is_total = [&](const std::string& text) { return text.starts_with("Elapsed: "); };
  for (std::size_t i = 0; i < std::min(lines.size(), expected.times->lines.size()); ++i) {
    if (!is_total(lines[i])) due.emplace(take_times_out(lines[i]).text, expected.times->lines[i]);
  }
  nanoseconds before{};
  nanoseconds latest{};
  for (const PrintedLine& line : run.lines) {
    if (line.time > latest + 1ms) before = std::exchange(latest, line.time);
    const auto found = line.to_stderr ? due.end() : due.find(take_times_out(line.text).text);
    if (found == due.end()) continue;
    const nanoseconds time = found->second;
    due.erase(found);
    const bool moved =
        how == Moved::early ? line.time + tolerance < time : line.time > time + tolerance;
    if (moved) return MovedLine{line.text, line.time, time, before};
  }
  return std::nullopt;
}

}  // namespace

std::string seconds(nanoseconds time) {
  const double value = in_seconds(time);
  const double tenths = std::round(value * 10) / 10;
  return fmt::format("{:.{}f}s", value, std::abs(value - tenths) < 0.02 ? 1 : 2);
}

std::string on_lost_exception(const ProgramRun& run, const Expectation& expected,
                              std::string_view code) {
  if (!only_lacks_lines(expected.output, run.output)) return {};
  if (code.find("detached") == std::string::npos) return {};
  return " An exception may be lost: asio::detached ignores what a task throws. Give co_spawn a "
         "handler that rethrows it, and you will see it.";
}

std::string broken_promise(const Exercise& exercise, const Expectation& expected,
                           const ProgramRun& run) {
  for (const Once& once : exercise.once) {
    auto found = counted(run.output, once.words);
    for (const auto& [name, count] : counted(expected.output, once.words)) {
      if (found[name] == count) continue;
      if (found[name] == 0) return fmt::format(" {} {} has no {}.", once.thing, name, once.has);
      return fmt::format(" {} {} has {} {}s, not {}.", once.thing, name, found[name], once.has,
                         count);
    }
  }
  const Lines left = split_lines(expected.output);
  const Lines right = split_lines(run.output);
  const auto missing = first_without_partner(left.text, right.text);
  const auto surplus = first_without_partner(right.text, left.text);
  if (surplus) {
    const auto due = std::ranges::count(left.text, *surplus);
    const auto came = std::ranges::count(right.text, *surplus);
    if (due > 0)
      return fmt::format(" \"{}\" was printed {} times, {} expected.", *surplus, came, due);
  }
  if (missing && surplus) {
    return fmt::format(" \"{}\" was printed, and \"{}\" is missing.", *surplus, *missing);
  }
  if (missing) return fmt::format(" \"{}\" is missing.", *missing);
  if (surplus) return fmt::format(" \"{}\" was not expected.", *surplus);
  if (left.complete && !right.complete) return " The last line does not end with a newline (\\n).";
  return {};
}

std::string last_exception(const ProgramRun& run) {
  const auto all = exceptions_of(run);
  if (all.empty()) return {};
  return fmt::format(" The last exception was thrown after {}: {}.", seconds(all.back().time),
                     all.back().what);
}

std::string several_exceptions(const ProgramRun& run) {
  const auto uncaught = uncaught_exception(run.errors);
  if (!uncaught || !uncaught->type.ends_with("::multiple_exceptions")) return {};
  std::string said;
  for (const Thrown& thrown : exceptions_of(run)) {
    said += (said.empty() ? "" : "; ") + thrown.what;
  }
  return said.empty() ? said : fmt::format(" These exceptions were thrown: {}.", said);
}

bool MovedLine::follows() const {
  const nanoseconds delay = time - before - due;
  return due < tolerance || (before > 0ns && delay < tolerance && -delay < tolerance);
}

std::string MovedLine::told() const {
  return fmt::format("\"{}\" came after {}, expected after {}", text, seconds(time), seconds(due));
}

std::optional<MovedLine> first_early_line(const ProgramRun& run, const Expectation& expected) {
  return first_moved_line(run, expected, Moved::early);
}
std::optional<MovedLine> first_late_line(const ProgramRun& run, const Expectation& expected) {
  return first_moved_line(run, expected, Moved::late);
}

}  // namespace workbook

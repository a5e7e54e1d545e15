#include "expectation.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "seconds.hpp"

namespace workbook {
namespace {

using std::chrono::milliseconds;
using Json = nlohmann::json;

std::vector<const PrintedLine*> lines_of_stdout(const ProgramRun& run) {
  std::vector<const PrintedLine*> lines;
  for (const PrintedLine& line : run.lines) {
    if (!line.to_stderr) lines.push_back(&line);
  }
  return lines;
}

}  // namespace

Expectation parse_expectation(std::string output, const std::string& replay,
                              const std::string& program, const std::string& place) {
  Expectation expectation{std::move(output), std::nullopt};
  const Json programs = Json::parse(replay, nullptr, false);
  if (!programs.is_object())
    throw std::runtime_error(fmt::format("{} is not a JSON object.", place));
  const auto recorded = programs.find(program);
  if (recorded == programs.end()) return expectation;
  try {
    ExpectedTimes times;
    times.total = milliseconds(recorded->at("total_ms").get<long long>());
    for (const Json& line : recorded->at("lines")) {
      times.lines.emplace_back(line.at(0).get<long long>());
    }
    for (const Json& line : recorded->value("server", Json::array())) {
      times.server.push_back(line.at(1).get<std::string>());
    }
    expectation.times = std::move(times);
  } catch (const Json::exception& error) {
    throw std::runtime_error(
        fmt::format("{} does not hold a run of {}: {}.", place, program, error.what()));
  }
  return expectation;
}

std::string lateness(const ProgramRun& run, const ExpectedTimes& expected, milliseconds tolerance) {
  const auto differs = [tolerance](milliseconds left, milliseconds right) {
    return left - right > tolerance || right - left > tolerance;
  };
  const char* of_time = run.simulated ? " of simulated time" : "";
  const auto lines = lines_of_stdout(run);
  for (std::size_t i = 0; i < lines.size() && i < expected.lines.size(); ++i) {
    const milliseconds time = rounded(lines[i]->time);
    if (!differs(time, expected.lines[i])) continue;
    return fmt::format(
        "The lines are right, but their times are not: line {}, \"{}\", came after {:.3f}s{}, "
        "expected after {:.3f}s.",
        i + 1, lines[i]->text, in_seconds(time), of_time, in_seconds(expected.lines[i]));
  }
  if (differs(rounded(run.total), expected.total)) {
    return fmt::format("The lines are right, but the program took {:.3f}s{}, expected {:.3f}s.",
                       in_seconds(rounded(run.total)), of_time, in_seconds(expected.total));
  }
  if (lines.size() != expected.lines.size()) {
    return fmt::format("replay.json is stale: it has {} lines, the program printed {}.",
                       expected.lines.size(), lines.size());
  }
  return {};
}

std::string complaints(const ProgramRun& run) {
  if (run.errors.empty()) return {};
  return fmt::format("It printed to stderr:\n{}", run.errors);
}

}  // namespace workbook

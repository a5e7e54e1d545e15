#include "expectation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "comparison.hpp"
#include "files.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using std::chrono::milliseconds;
using Json = nlohmann::json;

Json read_replay(const std::filesystem::path& folder) {
  const auto path = folder / "replay.json";
  const auto text = read_file(path);
  if (!text) return Json::object();
  Json replay = Json::parse(*text, nullptr, false);
  if (!replay.is_object()) {
    throw std::runtime_error(fmt::format("{} is not a JSON object.", path.string()));
  }
  return replay;
}

// The sync program first, and a line for each line of a program: made to be read, and to be
// compared by git.
std::string to_text(const Json& replay) {
  std::vector<std::string> programs;
  for (const auto& [program, run] : replay.items()) programs.push_back(program);
  std::sort(programs.begin(), programs.end(), [](const auto& left, const auto& right) {
    return std::pair(left != "sync", left) < std::pair(right != "sync", right);
  });
  std::string text = "{";
  const char* comma = "";
  for (const std::string& program : programs) {
    const Json& run = replay[program];
    text += fmt::format("{}\n  {}: {{\n    \"total_ms\": {},\n    \"lines\": [",
                        std::exchange(comma, ","), Json(program).dump(), run["total_ms"].dump());
    const char* line_comma = "";
    for (const Json& line : run["lines"]) {
      text += fmt::format("{}\n      [{}, {}]", std::exchange(line_comma, ","), line[0].dump(),
                          line[1].dump());
    }
    text += "\n    ]";
    if (const auto server = run.find("server"); server != run.end()) {
      text += ",\n    \"server\": [";
      line_comma = "";
      for (const Json& line : *server) {
        text += fmt::format("{}\n      [{}, {}]", std::exchange(line_comma, ","), line[0].dump(),
                            line[1].dump());
      }
      text += "\n    ]";
    }
    text += "\n  }";
  }
  return text + "\n}\n";
}

milliseconds rounded(std::chrono::nanoseconds time) {
  return std::chrono::round<milliseconds>(time);
}

std::vector<const PrintedLine*> lines_of_stdout(const ProgramRun& run) {
  std::vector<const PrintedLine*> lines;
  for (const PrintedLine& line : run.lines) {
    if (!line.to_stderr) lines.push_back(&line);
  }
  return lines;
}

}  // namespace

Expectation load_expectation(const std::filesystem::path& folder, const std::string& program) {
  const auto path = folder / (program + ".expected");
  auto output = read_file(path);
  if (!output) {
    throw std::runtime_error(fmt::format(
        "{} is missing. UPDATE_EXPECTED=1 makes it from what the program prints.", path.string()));
  }
  Expectation expectation{std::move(*output), std::nullopt};
  const Json replay = read_replay(folder);
  if (const auto recorded = replay.find(program); recorded != replay.end()) {
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
      throw std::runtime_error(fmt::format("{} does not hold a run of {}: {}.",
                                           (folder / "replay.json").string(), program,
                                           error.what()));
    }
  }
  return expectation;
}

bool updating_expectations() {
  const char* update = std::getenv("UPDATE_EXPECTED");
  return update != nullptr && std::string_view(update) == "1";
}

std::vector<std::filesystem::path> save_expectation(const std::filesystem::path& folder,
                                                    const std::string& program,
                                                    const ProgramRun& run,
                                                    const std::vector<PrintedLine>& server) {
  std::vector<std::filesystem::path> rewritten;
  const auto rewrite = [&](const std::filesystem::path& path, const std::string& text) {
    if (read_file(path) == text) return;
    write_file(path, text);
    rewritten.push_back(path);
  };
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock >= 0) ::flock(lock, LOCK_EX);
  rewrite(folder / (program + ".expected"), run.output);
  Json replay = read_replay(folder);
  Json lines = Json::array();
  for (const PrintedLine* line : lines_of_stdout(run)) {
    lines.push_back({rounded(line->time).count(), line->text});
  }
  replay[program] = {{"total_ms", rounded(run.total).count()}, {"lines", std::move(lines)}};
  for (const PrintedLine& line : server) {
    replay[program]["server"].push_back({rounded(line.time).count(), line.text});
  }
  rewrite(folder / "replay.json", to_text(replay));
  if (lock >= 0) ::close(lock);
  return rewritten;
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

std::string fault_of(const ProgramRun& run, const Expectation& expected, milliseconds tolerance) {
  std::string fault = run.failure;
  const auto differs = difference(expected.output, run.output);
  if (differs) {
    const auto lines = [](const std::string& text) {
      return std::count(text.begin(), text.end(), '\n');
    };
    const auto missing = lines(expected.output) - lines(run.output);
    if (fault.empty()) {
      fault = missing > 0   ? fmt::format("It printed {} lines too few.", missing)
              : missing < 0 ? fmt::format("It printed {} lines too many.", -missing)
                            : "It did not print what was expected.";
      if (missing == 1 || missing == -1) fault.replace(fault.find(" lines"), 6, " line");
    }
    fault += "\n" + *differs;
  } else if (fault.empty() && expected.times) {
    fault = lateness(run, *expected.times, tolerance);
  }
  if (!fault.empty() && !run.errors.empty()) fault += "\n" + complaints(run);
  return fault;
}

}  // namespace workbook

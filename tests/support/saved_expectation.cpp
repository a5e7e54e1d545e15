#include "saved_expectation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "descriptor.hpp"
#include "files.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using Json = nlohmann::json;

std::string lines_as_text(const char* whose, const Json& lines) {
  std::string text = fmt::format(",\n    \"{}\": [", whose);
  const char* comma = "";
  for (const Json& line : lines) {
    text += fmt::format("{}\n      [{}, {}]", std::exchange(comma, ","), line[0].dump(),
                        line[1].dump());
  }
  return text + "\n    ]";
}

// The sync program first, and a line for each line of a program, so that people can read it and git
// can compare it.
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
    text += fmt::format("{}\n  {}: {{\n    \"total_ms\": {}", std::exchange(comma, ","),
                        Json(program).dump(), run["total_ms"].dump());
    for (const char* whose : {"lines", "server"}) {
      if (run.contains(whose)) text += lines_as_text(whose, run[whose]);
    }
    text += "\n  }";
  }
  return text + "\n}\n";
}

}  // namespace

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
  const Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.get() >= 0) ::flock(lock.get(), LOCK_EX);
  rewrite(folder / (program + ".expected"), run.output);
  const auto path = folder / "replay.json";
  Json replay = Json::parse(read_file(path).value_or("{}"), nullptr, false);
  if (!replay.is_object()) {
    throw std::runtime_error(fmt::format("{} is not a JSON object.", path.string()));
  }
  Json lines = Json::array();
  for (const PrintedLine& line : run.lines) {
    if (!line.to_stderr) lines.push_back({rounded(line.time).count(), line.text});
  }
  replay[program] = {{"total_ms", rounded(run.total).count()}, {"lines", std::move(lines)}};
  for (const PrintedLine& line : server) {
    replay[program]["server"].push_back({rounded(line.time).count(), line.text});
  }
  rewrite(path, to_text(replay));
  return rewritten;
}

}  // namespace workbook

#include "saved_expectation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "files.hpp"

namespace workbook {
namespace {

using Json = nlohmann::json;

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

std::chrono::milliseconds rounded(std::chrono::nanoseconds time) {
  return std::chrono::round<std::chrono::milliseconds>(time);
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
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock >= 0) ::flock(lock, LOCK_EX);
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
  if (lock >= 0) ::close(lock);
  return rewritten;
}

}  // namespace workbook

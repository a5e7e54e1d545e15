#include "build.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <system_error>
#include <utility>

#include "files.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;

// Held while configuring or building; the script at the root takes the same lock.
class BuildLock {
 public:
  explicit BuildLock(const std::filesystem::path& folder)
      : descriptor_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(),
                              fmt::format("{} could not be opened", (folder / ".lock").string()));
    }
  }
  ~BuildLock() { ::close(descriptor_); }
  BuildLock(const BuildLock&) = delete;
  BuildLock& operator=(const BuildLock&) = delete;

  asio::awaitable<void> take(Context& context) {
    for (bool first = true; ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0; first = false) {
      if (errno != EWOULDBLOCK && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "The build could not be locked");
      }
      if (first) {
        context.console.complain("Another ./workbook is building; waiting for it …");
      }
      co_await context.supervisor.sleep(50ms);
    }
  }

 private:
  int descriptor_;
};

// Sorts ninja's lines: "[3/9] …" is progress, the rest is what the compiler or ninja has to say.
class NinjaOutput {
 public:
  NinjaOutput(Console& console, std::string what)
      : console_(console), what_("Building " + std::move(what)) {}

  void add(std::string_view text) {
    line_ += text;
    // On a terminal ninja rewrites its line, and reports each step when it begins, not only when it
    // is done.
    for (auto end = line_.find_first_of("\r\n"); end != std::string::npos;
         end = line_.find_first_of("\r\n")) {
      take(line_.substr(0, end));
      line_.erase(0, end + 1);
    }
    // A step that begins must be shown now, not at the next step.
    if (line_.ends_with(clear_line)) rest();
  }

  std::string rest() {
    if (!line_.empty()) take(line_);
    line_.clear();
    return said_;
  }

  bool worked() const { return worked_; }

 private:
  void take(std::string line) {
    // It colours some words whatever the settings. And its lines about a command that failed (its
    // name, then all of it) come between the learner and the compiler's first word.
    if (!console_.colours()) line = std::regex_replace(line, colour_, "");
    if (std::exchange(command_follows_, false)) return;
    if (line.find("FAILED: ") != std::string::npos) {
      command_follows_ = true;
      return;
    }
    if (line.ends_with(clear_line)) line.resize(line.size() - clear_line.size());
    if (line.empty()) return;
    if (const auto end = line.find("] "); line.starts_with('[') && end != std::string::npos) {
      // "Re-checking globbed directories", for new lessons, also begins a build with nothing to do.
      if (line.substr(end).starts_with("] Re-")) return;
      console_.progress(what_, line.substr(0, end + 1));
      worked_ = true;
    } else if (!line.starts_with("ninja: ") && !line.starts_with("-- ")) {
      said_ += line + "\n";
    } else if (line.starts_with("ninja: error")) {
      said_ += line.substr(7) + "\n";
    }
  }

  static constexpr std::string_view clear_line = "\x1b[K";

  Console& console_;
  std::string what_;
  std::string line_;
  std::string said_;
  bool command_follows_ = false;
  const std::regex colour_{"\x1b\\[[0-9;]*m"};
  bool worked_ = false;
};

// Not `cmake --build`: ninja ends its compilers at a signal, but cmake leaves ninja running.
std::vector<std::string> ninja_command(const Context& context,
                                       const std::vector<std::string>& targets) {
  const std::string ninja = cache_entry(context, "CMAKE_MAKE_PROGRAM");
  std::vector<std::string> command{ninja.empty() ? "ninja" : ninja, "-C", context.build.string()};
  command.insert(command.end(), targets.begin(), targets.end());
  return command;
}

ProcessOptions ninja_options() {
  ProcessOptions options;
  // We read the compiler's messages, too: in English.
  options.environment = {{"NINJA_STATUS", "[%f/%t] "},
                         {"TERM", "xterm"},
                         {"LC_ALL", "C.UTF-8"},
                         {"LANGUAGE", std::nullopt}};
  return options;
}

// What the build has noted about the targets that it cannot build (missing.json, written by
// cmake/run_settings.cmake); nothing if it can build all.
std::optional<PackagesMissing> missing_packages(const Context& context,
                                                const std::vector<std::string>& targets) {
  const auto path = context.build / "missing.json";
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  std::set<std::string> packages;
  std::set<std::string> sentences;
  try {
    const auto missing = nlohmann::json::parse(*text);
    for (const std::string& target : targets) {
      const auto found = missing.find(target);
      if (found == missing.end()) continue;
      sentences.insert(found->at("sentence").get<std::string>());
      for (const auto& package : found->at("packages")) packages.insert(package.get<std::string>());
    }
  } catch (const nlohmann::json::exception& error) {
    throw Failure(fmt::format("{} does not say what is missing: {}.", path.string(), error.what()));
  }
  if (packages.empty()) return std::nullopt;
  return PackagesMissing(fmt::format("{}", fmt::join(sentences, "\n")),
                         fmt::format("{}", fmt::join(packages, " ")));
}

}  // namespace

std::string compiler_of_builds() {
  // It has compiled this file, too.
#if defined(__GNUC__) && !defined(__clang__)
  return fmt::format("GNU {}.{}", __GNUC__, __GNUC_MINOR__);
#else
  return "another";
#endif
}

std::string cache_entry(const Context& context, std::string_view name) {
  std::ifstream cache(context.build / "CMakeCache.txt");
  for (std::string line; std::getline(cache, line);) {
    // NAME:TYPE=value
    if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") continue;
    if (const auto equals = line.find('='); equals != std::string::npos) {
      return line.substr(equals + 1);
    }
  }
  return {};
}

asio::awaitable<BuildResult> try_build(Context& context, std::string what,
                                       std::vector<std::string> targets) {
  BuildLock lock(context.build);
  co_await lock.take(context);

  const ProcessOptions options = ninja_options();
  NinjaOutput output(context.console, what);
  const ChildProcess::OnOutput on_output = [&output](std::string_view text) { output.add(text); };
  // A ninja that is killed while it regenerates this file deletes it.
  if (!std::filesystem::exists(context.build / "build.ninja")) {
    const std::string cmake = cache_entry(context, "CMAKE_COMMAND");
    const std::vector<std::string> configure{cmake.empty() ? "cmake" : cmake, "-S",
                                             context.checkout.string(), "-B",
                                             context.build.string()};
    co_await context.supervisor.run(configure, options, on_output);
  }
  const std::vector<std::string> command = ninja_command(context, targets);
  const ProcessEnd end = co_await context.supervisor.run(command, options, on_output);
  context.console.done();
  const std::string said = output.rest();
  if (!end.succeeded() && said.find("No space left on device") != std::string::npos) {
    context.console.print_errors(said);
    throw Failure(fmt::format("The disk is full: {} could not be built in {}.", what,
                              context.build.string()));
  }
  co_return BuildResult{end.succeeded(), output.worked(), said};
}

asio::awaitable<void> build(Context& context, std::string what, std::vector<std::string> targets) {
  const BuildResult result = co_await try_build(context, what, targets);
  if (!result.succeeded) {
    if (const auto missing = missing_packages(context, targets)) throw *missing;
  }
  if (!result.said.empty()) context.console.print_errors(result.said);
  if (!result.succeeded) {
    throw Failure(fmt::format("{} could not be built: the compiler's messages are above.", what));
  }
}

}  // namespace workbook

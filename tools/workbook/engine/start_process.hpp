// Starts a child process: without a shell, with its streams, environment, folder and limits.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "resource_limits.hpp"

namespace workbook {

// Where a child's standard input comes from.
enum class Input {
  null,       // /dev/null
  inherited,  // ours; a child reads our terminal without being its foreground process
  terminal,   // the child's own pseudo-terminal
};

// Where a child's standard output or error goes.
struct Output {
  enum class Kind { inherited, descriptor, terminal };
  Kind kind = Kind::inherited;
  int descriptor = -1;

  static Output inherited() { return {}; }
  // `descriptor` stays the caller's; it may be closed as soon as the child is started.
  static Output to(int descriptor) { return {Kind::descriptor, descriptor}; }
  // A pseudo-terminal, so that the child prints each line at once: read ChildProcess::read_some.
  static Output terminal() { return {Kind::terminal, -1}; }
};

// A change to the environment; without a value the name is removed. If there are two for one name,
// the later one counts.
struct EnvironmentChange {
  std::string name;
  std::optional<std::string> value;
};

struct ProcessOptions {
  Input input = Input::null;
  Output output;
  Output errors;
  std::vector<EnvironmentChange> environment;  // what differs from ours
  std::filesystem::path folder;                // to run in; ours when empty
  ResourceLimits limits;
  // What the destructor allows between SIGTERM and SIGKILL. Without it: SIGKILL at once.
  std::chrono::milliseconds grace{0};
};

// Starts command[0] (looked up on PATH) as the leader of a new session, with `streams` as its 0, 1
// and 2, and with `terminal` as its controlling one; -1: none. Returns its process number. Throws
// std::system_error, with a sentence, when it cannot be started; then there is no child.
pid_t start_process(const std::vector<std::string>& command, const ProcessOptions& options,
                    const std::array<int, 3>& streams, int terminal);

}  // namespace workbook

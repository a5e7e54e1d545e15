// Stops a server under test. Look at what it waits for: a signal is on its way for a while, and
// until it has arrived at all threads, the server may still answer.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "child_process.hpp"

// What Linux says of a process or thread (its documentation: proc(5), /proc/PID/stat). `state` is a
// letter: 'T' is stopped, 't' by a debugger, 'Z' and 'X' have ended. 'X' as well if it is gone.
struct ProcessState {
  explicit ProcessState(const std::filesystem::path& folder) {
    std::ifstream file(folder / "stat");
    std::string text;
    std::getline(file, text, '\0');          // empty if the process has gone in the meantime
    const auto name_ends = text.rfind(')');  // the name may hold anything
    if (name_ends == text.npos) return;
    pid_t parent;
    std::istringstream(text.substr(name_ends + 1)) >> state >> parent >> group;
  }

  bool runs() const { return std::string_view("TtZX").find(state) == std::string_view::npos; }

  char state = 'X';
  pid_t group = -1;
};

inline bool runs(pid_t group) {
  const auto is_number = [](const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    if (!is_number(process.path().filename())) continue;
    if (ProcessState(process.path()).group != group) continue;
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(process.path() / "task", gone)) {
      if (ProcessState(thread.path()).runs()) return true;
    }
  }
  return false;
}

// Stops all processes of the child's group. Returns when none of their threads runs any more.
inline void stop(workbook::ChildProcess& process) {
  process.send(SIGSTOP);
  while (runs(process.id())) std::this_thread::yield();
}

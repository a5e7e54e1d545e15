#include "process_tree.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

namespace workbook {

namespace {

std::vector<Process> processes_in(const std::string& folder) {
  std::vector<Process> found;
  DIR* processes = ::opendir(folder.c_str());
  if (processes == nullptr) return found;
  while (const dirent* entry = ::readdir(processes)) {
    const pid_t id = std::atoi(entry->d_name);
    if (id <= 0) continue;
    std::ifstream file(fmt::format("{}/{}/stat", folder, id));
    std::string line;
    std::getline(file, line);
    // "id (name) state parent group session …"; the name may hold anything.
    const auto after_name = line.rfind(')');
    if (after_name == std::string::npos) continue;
    char state = 0;
    int parent = 0;
    int group = 0;
    int its_session = 0;
    if (std::sscanf(line.c_str() + after_name + 1, " %c %d %d %d", &state, &parent, &group,
                    &its_session) == 4) {
      found.push_back({id, parent, group, its_session, state == 'Z' || state == 'X', state == 'T'});
    }
  }
  ::closedir(processes);
  return found;
}

}  // namespace

std::vector<Process> all_processes() {
  return processes_in("/proc");
}

std::vector<Process> threads_of(pid_t process) {
  return processes_in(fmt::format("/proc/{}/task", process));
}

std::vector<pid_t> session_members(pid_t session) {
  std::vector<pid_t> members;
  for (const Process& process : all_processes()) {
    const bool counts = process.session == session && process.id != session && !process.has_ended;
    if (counts) members.push_back(process.id);
  }
  return members;
}

void send_to_session(pid_t session, int signal) {
  ::kill(-session, signal);
  for (pid_t member : session_members(session)) ::kill(member, signal);
  for (const Process& process : all_processes()) {
    if (process.session == session && process.is_stopped) ::kill(process.id, SIGCONT);
  }
}

void kill_session(pid_t session) {
  ::kill(-session, SIGKILL);
  for (int round = 0; round < 1000; ++round) {
    const std::vector<pid_t> members = session_members(session);
    if (members.empty()) break;
    for (pid_t member : members) ::kill(member, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace workbook

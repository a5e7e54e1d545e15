#include "orphans.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "process_tree.hpp"

namespace workbook {
namespace {

// Once orphans are adopted: the children that we have started ourselves.
std::optional<std::set<pid_t>> started;

}  // namespace

void adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0) started.emplace();
}

void note_child(pid_t child) {
  if (started) started->insert(child);
}

void forget_child(pid_t child) {
  if (started) started->erase(child);
}

int end_orphans() {
  if (!started) return 0;
  int count = 0;
  for (int round = 0; round < 1000; ++round) {
    bool found = false;
    for (const Process& process : all_processes()) {
      const bool is_orphan = process.parent == ::getpid() && !started->contains(process.id) &&
                             !started->contains(process.session);
      if (!is_orphan) continue;
      found = true;
      int status = 0;
      ::kill(process.id, SIGKILL);
      const bool reaped = ::waitpid(process.id, &status, WNOHANG) == process.id;
      // By us, or by the end of the terminal. Others had ended before, and had not been waited for.
      const int signal = reaped && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
      if (signal == SIGKILL || signal == SIGHUP) ++count;
    }
    if (!found) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return count;
}

}  // namespace workbook

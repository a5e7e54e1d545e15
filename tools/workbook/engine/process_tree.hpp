// The processes of this machine, and of a session: what a child has started, whatever group it is
// in.
#pragma once

#include <sys/types.h>

#include <vector>

namespace workbook {

struct Process {
  pid_t id;
  pid_t parent;
  pid_t session;
  bool has_ended;  // and nobody has waited for it
};

// All processes that there are.
std::vector<Process> all_processes();

// The processes of a session that have not ended, without its leader.
std::vector<pid_t> session_members(pid_t session);

// To all of it: ninja gives each compiler a group of its own. Who was stopped goes on, to see it.
void send_to_session(pid_t session, int signal);

// Kills a session whose leader is not reaped yet, and waits until nobody else is left of it. Again
// and again: a process may start another one between our look and our signal.
void kill_session(pid_t session);

}  // namespace workbook

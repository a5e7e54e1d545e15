// The processes of this machine, and of a session: all that a child has started, in whatever group.
#pragma once

#include <sys/types.h>

#include <vector>

namespace workbook {

struct Process {
  pid_t id;
  pid_t parent;
  pid_t group;
  pid_t session;
  bool has_ended;   // and has not been waited for
  bool is_stopped;  // by a signal, not by a debugger
};

// All processes of the machine.
std::vector<Process> all_processes();

// Each thread of a process, of which Linux says the same; none if it is gone.
std::vector<Process> threads_of(pid_t process);

// The processes of a session that have not ended, without its leader.
std::vector<pid_t> session_members(pid_t session);

// Sends the signal to the whole session, because ninja gives each compiler its own group. A stopped
// process is continued, so that it sees the signal. (No other: SIGCONT also takes back a stop that
// is on its way. A sanitizer's search for leaks, at the end of a program that was told to end,
// would wait for that stop forever.)
void send_to_session(pid_t session, int signal);

// Kills a session whose leader is not reaped yet, and waits until only the leader is left. It
// repeats this, because a process may start another one between our look and our signal.
void kill_session(pid_t session);

}  // namespace workbook

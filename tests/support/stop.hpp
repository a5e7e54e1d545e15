// Stops a server under test. Look at what it waits for: a signal is on its way for a while, and
// until it has arrived at all threads, the server may still answer.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <thread>

#include "child_process.hpp"
#include "process_tree.hpp"

inline bool runs(pid_t group) {
  for (const workbook::Process& process : workbook::all_processes()) {
    if (process.group != group) continue;
    for (const workbook::Process& thread : workbook::threads_of(process.id)) {
      if (!thread.has_ended && !thread.is_stopped) return true;
    }
  }
  return false;
}

// Stops all processes of the child's group. Returns when none of their threads runs any more.
inline void stop(workbook::ChildProcess& process) {
  process.send(SIGSTOP);
  while (runs(process.id())) std::this_thread::yield();
}

// The record of the run, whose format README.md tells, and how a run ends that the clock ends.
#pragma once

namespace virtual_time {

// Three descriptors: where to record (-1: nowhere), and the files that are stdout and stderr.
void open_record(int record, int output, int errors);

// Whatever was written since the last record is recorded with the time that it is now.
void record_output();
// That time has moved.
void record_step();
// That the main thread sleeps from now on.
void record_sleep(long long deadline);
// The program's own end.
void close_record();

// The ends that are not its own.
[[noreturn]] void end_stuck();
// The only thread is, whatever the tasks of its loop wait for.
[[noreturn]] void end_blocked();
void end_if_silent();
// It waits (or acts) in a way the simulated clock does not know. `what` names the way and fits
// after "It uses": "fork (another process)".
[[noreturn]] void refuse(const char* what);

}  // namespace virtual_time

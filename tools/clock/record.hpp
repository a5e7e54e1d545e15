// The record of the run (README.md describes its format), and the ways in which the clock ends a
// run.
#pragma once

namespace virtual_time {

// Three descriptors: where to record (-1: nowhere), and the files that are stdout and stderr.
void open_record(int record, int output, int errors);

// Output written since the last record is recorded with the present time.
void record_output();
// Records that time has moved.
void record_step();
// Counts a wait with the time-out 0, which only looks whether something has happened.
void count_glance();
// Records that this thread sleeps from now on.
void record_sleep(long long deadline);
// Records that the program has started a thread.
void record_thread();
// Records that the program throws an exception that says `what`. Only the first hundred: a program
// may throw without end.
void record_thrown(const char* what);
// Records the program's own end.
void close_record();

// How long a program may print nothing.
void set_patience(long long duration);
// How often the clock may move for a program with sockets, whose waits take a millisecond of real
// time each.
void set_most_moves(long count);

// For a forked child: the record is its parent's.
void stop_recording();

// The clock ends the program.
[[noreturn]] void end_stuck();
// Its only thread waits, so its event loop cannot run.
[[noreturn]] void end_blocked();
void end_if_silent();
void end_if_polling();
// It waits (or acts) in a way the simulated clock does not support. `what` names that way and fits
// after "It uses": "fork (another process)".
[[noreturn]] void refuse(const char* what);

}  // namespace virtual_time

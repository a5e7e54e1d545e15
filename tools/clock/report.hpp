// What only ./workbook simulate asks for, by VIRTUAL_TIME_REPORT=FILE: which thread waited in which
// call for how long, and which other processes were started. (Without it they are refused.)
#pragma once

namespace virtual_time {

void open_report(const char* path);
bool reports();

// A thread's wait, from here to the end of the block, in a function of this name.
class Waiting {
 public:
  explicit Waiting(const char* function);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

// Threads are numbered in the order in which they are started; the main thread is 0.
int number_next_thread();
void begin_thread(int number);
void end_thread();

// For a forked child: who waits is its parent's to report.
void report_only_children();
// A null name: a copy of this program.
void report_child(int process, const char* name);

}  // namespace virtual_time

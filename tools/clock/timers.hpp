// Timer descriptors. Asio keeps its earliest deadline in one. The deadline is kept here, and the
// real timer stays disarmed until the simulated clock gets there. The caller holds the lock.
#pragma once

#include "clock.hpp"

namespace virtual_time {

void add_timer(int fd, Clock clock);
// `never`: it is not armed.
void set_timer(int fd, long long deadline, long long interval);
void forget_timer(int fd);
bool is_timer(int fd);
Clock clock_of_timer(int fd);

long long earliest_timer();

// Makes every timer whose time has come readable.
void fire_due_timers();

}  // namespace virtual_time

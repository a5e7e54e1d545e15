// What simulated time needs from the host that a program runs in: a process (world.cpp), or a page
// (tools/browser).
#pragma once

#include <limits>

namespace virtual_time {

inline constexpr long long second = 1'000'000'000;  // every time here is in nanoseconds
inline constexpr long long never = std::numeric_limits<long long>::max();

// For a thread that waits for the clock's lock.
void give_way();
bool is_main_thread();
// What the host adds to the end of a record.
void report_end();
// Exits without running destructors or exit handlers.
[[noreturn]] void end_process(int status);

}  // namespace virtual_time

// What the simulated time needs of the host that a program runs in: a process (world.cpp), or a
// page (tools/browser).
#pragma once

#include <limits>

namespace virtual_time {

inline constexpr long long second = 1'000'000'000;  // every time here is in nanoseconds
inline constexpr long long never = std::numeric_limits<long long>::max();

// For whoever waits for the clock's lock.
void give_way();
bool is_main_thread();
// Without anything that a program does at its end.
[[noreturn]] void end_process(int status);

}  // namespace virtual_time

// How the only thread of a program waits: it moves the clock itself.
#pragma once

namespace virtual_time {

// Until that time; `never`: the program is stuck, and this is its end.
void wait_until(long long deadline);

// The same for a sleep, which holds up the loop that the thread runs.
void sleep_until(long long deadline);

}  // namespace virtual_time

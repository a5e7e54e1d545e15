// Other processes. They live in real time, and while one runs, so does the program that has started
// it: otherwise its time-outs would be over before the child has answered.
#pragma once

namespace virtual_time {

// Whether this process was forked by the program, or one of its children runs.
bool time_is_real();

// While time is real: lets as much of it pass as has passed since the last call.
void catch_up();

}  // namespace virtual_time

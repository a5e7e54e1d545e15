// What no page can provide.
#pragma once

namespace virtual_time {

// Ends a program that uses it. `what` fits after "It uses": "fork (another process)". The judge
// (describe_simulated_end) tells by the words "in a page" that a process could have it.
[[noreturn]] void refuse_in_page(const char* what);

}  // namespace virtual_time

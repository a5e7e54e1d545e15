// The messages about a run that had to be ended, whichever host ran it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace workbook {

// Limits are in bytes.
std::string printed_too_much(std::uintmax_t limit);
std::string computed_too_long(std::chrono::seconds limit);
// The same, while another thread slept.
std::string asked_again_and_again();
// Its record became too long, and it had printed little: each sleep is a line of the record.
std::string slept_in_a_loop();

}  // namespace workbook

// What a test reports about a run that is not as expected.
#pragma once

#include <chrono>
#include <string>

#include "expectation.hpp"
#include "program_run.hpp"

namespace workbook {

// The fault of a run: the cause first, then what was expected beside what was printed. Empty when
// there is none. Times may be off by `tolerance`.
std::string fault_of(const ProgramRun& run, const Expectation& expected,
                     std::chrono::milliseconds tolerance = std::chrono::milliseconds(1));

}  // namespace workbook

// What a test reports of a run that is not as expected.
#pragma once

#include <chrono>
#include <string>

#include "expectation.hpp"
#include "program_run.hpp"

namespace workbook {

// What is wrong with a run: the cause first, then what was expected beside what was
// printed. Empty when nothing is. Times may be off by `tolerance`.
std::string fault_of(const ProgramRun& run, const Expectation& expected,
                     std::chrono::milliseconds tolerance = std::chrono::milliseconds(1));

}  // namespace workbook

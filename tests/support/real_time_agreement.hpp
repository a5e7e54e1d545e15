// Compares a run in real time with the simulated one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "program_run.hpp"

namespace workbook {

// Nothing if `output`, printed in real time, agrees with the simulated run: the same text, except
// for seconds ("3.0s") within 0.3, clock times ("12:00:03") that are as far from the first one as
// in the simulated run (give or take the second that cutting off fractions can cost), and lines
// whose simulated times differ by less than 10 ms, which may change places. Otherwise both side by
// side.
std::optional<std::string> disagreement(const ProgramRun& simulated, std::string_view output,
                                        int width = 100);

}  // namespace workbook

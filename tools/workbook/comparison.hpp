// What a program printed, held against what it must print.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// Nothing if both texts are the same to the letter. Otherwise both side by side, in at most `width`
// columns, the first differing line marked, and white space made visible where lines differ.
std::optional<std::string> difference(std::string_view expected, std::string_view actual,
                                      int width = 100);

// The same, but lines that were to be printed less than 10 ms apart may change places. `times` has
// one for each line of `expected`.
std::optional<std::string> difference_but_for_ties(
    std::string_view expected, const std::vector<std::chrono::milliseconds>& times,
    std::string_view actual, int width = 100);

// True if both texts have the same lines, in whatever order and with whatever seconds ("3.0s") and
// clock times in them.
bool same_lines_at_any_time(std::string_view left, std::string_view right);

// True if `actual` has, in this sense, lines of `expected` only, but not all of them.
bool only_lacks_lines(std::string_view expected, std::string_view actual);

// Nothing if `output`, printed in real time, agrees with the simulated run: the same text, but for
// seconds ("3.0s") within 0.3, clock times ("12:00:03") that are as far from the first one as in
// the simulated run (give or take the second that cutting off fractions can cost), and lines whose
// simulated times differ by less than 10 ms, which may change places. Otherwise both side by side.
std::optional<std::string> disagreement(const ProgramRun& simulated, std::string_view output,
                                        int width = 100);

}  // namespace workbook

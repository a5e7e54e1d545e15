// Compares what a program printed with what it must print.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

// Nothing if both texts are the same to the letter. Otherwise both side by side, in at most `width`
// columns, the first differing line marked, and white space made visible where lines differ.
std::optional<std::string> difference(std::string_view expected, std::string_view actual,
                                      int width = 100);

// The same, but lines expected less than 10 ms apart may change places. `times` has one entry for
// each line of `expected`.
std::optional<std::string> difference_but_for_ties(
    std::string_view expected, const std::vector<std::chrono::milliseconds>& times,
    std::string_view actual, int width = 100);

// True if both texts have the same lines, in any order and with any seconds ("3.0s") and clock
// times in them.
bool same_lines_at_any_time(std::string_view left, std::string_view right);

// True if `actual`, compared in this way, has only lines of `expected`, but not all of them.
bool only_lacks_lines(std::string_view expected, std::string_view actual);

}  // namespace workbook

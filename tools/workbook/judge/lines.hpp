// A text as lines: side by side with another one, without its times, and when each line was due.
// Comparisons are built on this.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

// The lines of a text. A line without a line end is still a line; then `complete` is false.
struct Lines {
  std::vector<std::string> text;
  bool complete = true;
};

Lines split_lines(std::string_view text);

// Both texts in `width` columns, from some lines before the first difference on, which is marked.
std::string side_by_side(const Lines& expected, const Lines& actual, std::size_t first_difference,
                         int width, std::string_view left_title, std::string_view right_title);

// A line with its times taken out: the rest must be the same to the letter.
struct TimedLine {
  std::string text;
  std::vector<double> seconds;
  std::vector<int> clocks;  // seconds since midnight
};

TimedLine take_times_out(const std::string& line);

// A line, and when it was due.
template <typename Line>
struct Due {
  Line line;
  std::chrono::nanoseconds time;
};

// Takes each line of `actual` from those of `due` that may come now: less than 10 ms after the
// first that has not come. `take` says whether an expected line and the one that came are the same.
// Returns the first line that is wrong, superfluous or missing.
template <typename Line, typename Take>
std::optional<std::size_t> first_misfit(std::vector<Due<Line>> due, const Lines& actual,
                                        Take take) {
  for (std::size_t i = 0; i < actual.text.size(); ++i) {
    const auto match = std::find_if(due.begin(), due.end(), [&](const Due<Line>& candidate) {
      return candidate.time - due.front().time < std::chrono::milliseconds(10) &&
             take(candidate.line, actual.text[i]);
    });
    if (match == due.end()) return i;
    due.erase(match);
  }
  if (!due.empty()) return actual.text.size();
  return std::nullopt;
}

}  // namespace workbook

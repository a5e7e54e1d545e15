// A text as lines: side by side with another one, without its times, and when each line was due.
// Comparisons are built on this.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
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

// Whether it is UTF-8, with no control characters but those of white space.
bool is_text(std::string_view bytes);

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

// Which of the lines that were due came as which line of another text.
struct Pairing {
  std::vector<std::size_t> order;     // of the lines that were due: as they came, then the others
  std::optional<std::size_t> misfit;  // the first line that is wrong, superfluous or missing
};

// Takes each line of `actual` from those of `due` that may come now: less than 10 ms after the
// first that has not come. `take` says whether an expected line and the one that came are the same.
template <typename Line, typename Take>
Pairing paired(const std::vector<Due<Line>>& due, const Lines& actual, Take take) {
  Pairing result;
  std::vector<std::size_t> left(due.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t i = 0; i < actual.text.size() && !result.misfit; ++i) {
    const auto match = std::find_if(left.begin(), left.end(), [&](std::size_t candidate) {
      return due[candidate].time - due[left.front()].time < std::chrono::milliseconds(10) &&
             take(due[candidate].line, actual.text[i]);
    });
    if (match == left.end()) {
      result.misfit = i;
    } else {
      result.order.push_back(*match);
      left.erase(match);
    }
  }
  if (!result.misfit && !left.empty()) result.misfit = actual.text.size();
  result.order.insert(result.order.end(), left.begin(), left.end());
  return result;
}

// The lines in another order.
Lines ordered(const Lines& lines, const std::vector<std::size_t>& order);

}  // namespace workbook

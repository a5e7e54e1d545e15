#include "comparison.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "lines.hpp"

namespace workbook {
namespace {

std::vector<std::string> sorted_without_times(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : split_lines(text).text) lines.push_back(take_times_out(line).text);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

std::optional<std::string> difference_but_for_ties(
    std::string_view expected, const std::vector<std::chrono::milliseconds>& times,
    std::string_view actual, int width) {
  const Lines left = split_lines(expected);
  const Lines right = split_lines(actual);
  if (left.text.size() != times.size()) return difference(expected, actual, width);
  std::vector<Due<std::string>> due;
  for (std::size_t i = 0; i < times.size(); ++i) due.push_back({left.text[i], times[i]});
  auto [order, misfit] = paired(
      due, right, [](const std::string& one, const std::string& other) { return one == other; });
  if (!misfit && left.complete != right.complete) misfit = right.text.size() - 1;
  if (!misfit) return std::nullopt;
  return side_by_side(ordered(left, order), right, *misfit, width, "expected", "printed");
}

bool same_lines_at_any_time(std::string_view left, std::string_view right) {
  return sorted_without_times(left) == sorted_without_times(right);
}

bool only_lacks_lines(std::string_view expected, std::string_view actual) {
  const auto all = sorted_without_times(expected);
  const auto some = sorted_without_times(actual);
  return some.size() < all.size() &&
         std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::optional<std::string> difference(std::string_view expected, std::string_view actual,
                                      int width) {
  if (expected == actual) return std::nullopt;
  const Lines left = split_lines(expected);
  const Lines right = split_lines(actual);
  const auto mismatch =
      std::mismatch(left.text.begin(), left.text.end(), right.text.begin(), right.text.end());
  auto first = static_cast<std::size_t>(mismatch.first - left.text.begin());
  // All lines are equal, so it is the last one's end that differs.
  if (first == left.text.size() && first == right.text.size()) --first;
  return side_by_side(left, right, first, width, "expected", "printed");
}

}  // namespace workbook

#include "line_diff.hpp"

#include <algorithm>
#include <cstddef>

namespace workbook {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::vector<DiffLine> line_diff(std::string_view from, std::string_view to) {
  const auto left = split(from);
  const auto right = split(to);
  // common[i][j]: at most how many lines the rest from line i here and the rest from line j there
  // have in common.
  std::vector<std::vector<std::size_t>> common(left.size() + 1,
                                               std::vector<std::size_t>(right.size() + 1));
  for (std::size_t i = left.size(); i-- > 0;) {
    for (std::size_t j = right.size(); j-- > 0;) {
      common[i][j] = left[i] == right[j] ? common[i + 1][j + 1] + 1
                                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<DiffLine> diff;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    if (i < left.size() && j < right.size() && left[i] == right[j]) {
      diff.push_back({DiffLine::Kind::same, left[i++]});
      ++j;
    } else if (i < left.size() && (j == right.size() || common[i + 1][j] >= common[i][j + 1])) {
      diff.push_back({DiffLine::Kind::removed, left[i++]});
    } else {
      diff.push_back({DiffLine::Kind::added, right[j++]});
    }
  }
  return diff;
}

std::vector<std::string> shortened(const std::vector<DiffLine>& diff) {
  constexpr std::size_t around = 3;
  std::vector<bool> shown(diff.size());
  for (std::size_t i = 0; i < diff.size(); ++i) {
    if (diff[i].kind == DiffLine::Kind::same) continue;
    const std::size_t end = std::min(diff.size(), i + around + 1);
    for (std::size_t j = i > around ? i - around : 0; j < end; ++j) shown[j] = true;
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < diff.size(); ++i) {
    if (shown[i]) {
      lines.push_back(" -+"[static_cast<int>(diff[i].kind)] + diff[i].text);
    } else if (!lines.empty() && lines.back() != "…") {
      lines.emplace_back("…");
    }
  }
  if (!lines.empty() && lines.back() == "…") lines.pop_back();
  return lines;
}

}  // namespace workbook

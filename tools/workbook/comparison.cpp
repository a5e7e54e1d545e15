#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <regex>
#include <vector>

namespace workbook {
namespace {

using namespace std::chrono_literals;

// The lines of a text. One that the text's end cuts off is still a line: `complete` tells.
struct Lines {
  std::vector<std::string> text;
  bool complete = true;
};

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    lines.complete = newline != std::string_view::npos;
    lines.text.emplace_back(text.substr(0, newline));
    text.remove_prefix(lines.complete ? newline + 1 : text.size());
  }
  return lines;
}

// White space that the eye does not see, as signs.
std::string visible(const std::string& line) {
  std::string result;
  const auto last = line.find_last_not_of(' ');
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\t') {
      result += "→";
    } else if (c == '\r') {
      result += "␍";
    } else if (c == ' ' &&
               (last == std::string::npos || i > last || (i > 0 && line[i - 1] == ' '))) {
      result += "·";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t columns_of(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

// Pads or cuts `text` to `columns`.
std::string fitted(std::string text, std::size_t columns) {
  if (columns_of(text) <= columns) return text + std::string(columns - columns_of(text), ' ');
  std::size_t end = 0;
  for (std::size_t seen = 0; seen < columns; ++end) {
    if (end + 1 >= text.size() || !continues_character(text[end + 1])) ++seen;
    if (seen == columns - 1) {
      ++end;
      break;
    }
  }
  return text.substr(0, end) + "…";
}

constexpr std::size_t lines_before = 4;
constexpr std::size_t lines_after = 16;

std::string side_by_side(const Lines& expected, const Lines& actual, std::size_t first_difference,
                         std::size_t width, std::string_view left_title,
                         std::string_view right_title) {
  const std::size_t count = std::max(expected.text.size(), actual.text.size());
  const std::size_t from = first_difference > lines_before ? first_difference - lines_before : 0;
  const std::size_t to = std::min(count, first_difference + lines_after);
  const auto cell = [](const Lines& lines, std::size_t i, bool differs) -> std::string {
    if (i >= lines.text.size()) return "(no line)";
    std::string text = differs ? visible(lines.text[i]) : lines.text[i];
    if (i + 1 == lines.text.size() && !lines.complete) text += " (no end of line)";
    return text;
  };
  const auto differs = [&](std::size_t i) {
    const auto whole = [&](const Lines& lines) {
      return i < lines.text.size() && (lines.complete || i + 1 < lines.text.size());
    };
    return i >= expected.text.size() || i >= actual.text.size() ||
           expected.text[i] != actual.text[i] || whole(expected) != whole(actual);
  };

  std::size_t column = columns_of(left_title);
  for (std::size_t i = from; i < to; ++i) {
    column = std::max(column, columns_of(cell(expected, i, differs(i))));
  }
  const std::size_t frame = 12;  // the mark, the line's number and the gaps
  const std::size_t available = width > frame + 20 ? (width - frame) / 2 : 10;
  column = std::min(column, available);

  std::string result =
      fmt::format("      {}   {}\n", fitted(std::string(left_title), column), right_title);
  if (from > 0) result += fmt::format("      … {} lines, the same in both\n", from);
  for (std::size_t i = from; i < to; ++i) {
    const bool marked = i == first_difference;
    std::string right = cell(actual, i, differs(i));
    if (columns_of(right) > available) right = fitted(right, available);
    result +=
        fmt::format("{} {:>3} {} {} {}\n", marked ? '>' : ' ', i + 1,
                    fitted(cell(expected, i, differs(i)), column), differs(i) ? '|' : ' ', right);
  }
  if (to < count) result += fmt::format("      … {} more lines\n", count - to);
  return result;
}

// A line with its times taken out: what is left must be the same to the letter.
struct TimedLine {
  std::string text;
  std::vector<double> seconds;
  std::vector<int> clocks;  // seconds since midnight
};

TimedLine take_times_out(const std::string& line) {
  static const std::regex time(R"((\d\d):(\d\d):(\d\d)|(\d+\.\d+)s\b)");
  TimedLine result;
  auto end = line.cbegin();
  for (std::sregex_iterator found(line.begin(), line.end(), time), none; found != none; ++found) {
    const std::smatch& match = *found;
    result.text.append(end, match[0].first);
    if (match[4].matched) {
      result.seconds.push_back(std::stod(match.str(4)));
      result.text += "<seconds>";
    } else {
      result.clocks.push_back(std::stoi(match.str(1)) * 3600 + std::stoi(match.str(2)) * 60 +
                              std::stoi(match.str(3)));
      result.text += "<clock>";
    }
    end = match[0].second;
  }
  result.text.append(end, line.cend());
  return result;
}

// Clock times from the first one of a run on.
class ClockComparison {
 public:
  // Whether the two clocks are as far from their run's first one. The first pair always is.
  bool agree(int simulated, int real) const {
    if (!has_first_) return true;
    constexpr int day = 24 * 3600;
    const int difference = (real - first_real_) - (simulated - first_simulated_);
    const int round_the_clock = ((difference % day) + day) % day;
    return std::min(round_the_clock, day - round_the_clock) <= 1;
  }
  void note(int simulated, int real) {
    if (has_first_) return;
    has_first_ = true;
    first_simulated_ = simulated;
    first_real_ = real;
  }

 private:
  bool has_first_ = false;
  int first_simulated_ = 0;
  int first_real_ = 0;
};

bool same_but_for_times(const TimedLine& simulated, const TimedLine& real,
                        const ClockComparison& clock) {
  if (simulated.text != real.text || simulated.seconds.size() != real.seconds.size() ||
      simulated.clocks.size() != real.clocks.size()) {
    return false;
  }
  for (std::size_t i = 0; i < real.seconds.size(); ++i) {
    // A hair more than 0.3, which has no exact binary form.
    if (std::abs(simulated.seconds[i] - real.seconds[i]) > 0.3 + 1e-9) return false;
  }
  for (std::size_t i = 0; i < real.clocks.size(); ++i) {
    if (!clock.agree(simulated.clocks[i], real.clocks[i])) return false;
  }
  return true;
}

// A line, and when it was due.
template <typename Line>
struct Due {
  Line line;
  std::chrono::nanoseconds time;
};

// Takes each line of `actual` from those of `due` that may come now: less than 10 ms after the
// first that has not come. `take` says whether an expected line and the one that came are the same.
// Returns the first line that is wrong, too many or missing.
template <typename Line, typename Take>
std::optional<std::size_t> first_misfit(std::vector<Due<Line>> due, const Lines& actual,
                                        Take take) {
  for (std::size_t i = 0; i < actual.text.size(); ++i) {
    const auto match = std::find_if(due.begin(), due.end(), [&](const Due<Line>& candidate) {
      return candidate.time - due.front().time < 10ms && take(candidate.line, actual.text[i]);
    });
    if (match == due.end()) return i;
    due.erase(match);
  }
  if (!due.empty()) return actual.text.size();
  return std::nullopt;
}

std::vector<std::string> sorted_without_times(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : split(text).text) lines.push_back(take_times_out(line).text);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

std::optional<std::string> difference_but_for_ties(
    std::string_view expected, const std::vector<std::chrono::milliseconds>& times,
    std::string_view actual, int width) {
  const Lines left = split(expected);
  const Lines right = split(actual);
  if (left.text.size() != times.size()) return difference(expected, actual, width);
  std::vector<Due<std::string>> due;
  for (std::size_t i = 0; i < times.size(); ++i) due.push_back({left.text[i], times[i]});
  auto misfit = first_misfit(
      due, right, [](const std::string& one, const std::string& other) { return one == other; });
  if (!misfit && left.complete != right.complete) misfit = right.text.size() - 1;
  if (!misfit) return std::nullopt;
  return side_by_side(left, right, *misfit, static_cast<std::size_t>(width), "expected", "printed");
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
  const Lines left = split(expected);
  const Lines right = split(actual);
  const auto mismatch =
      std::mismatch(left.text.begin(), left.text.end(), right.text.begin(), right.text.end());
  auto first = static_cast<std::size_t>(mismatch.first - left.text.begin());
  // All lines are equal, so it is the last one's end that differs.
  if (first == left.text.size() && first == right.text.size()) --first;
  return side_by_side(left, right, first, static_cast<std::size_t>(width), "expected", "printed");
}

std::optional<std::string> disagreement(const ProgramRun& simulated, std::string_view output,
                                        int width) {
  std::vector<Due<TimedLine>> due;
  for (const PrintedLine& line : simulated.lines) {
    if (!line.to_stderr) due.push_back({take_times_out(line.text), line.time});
  }
  const Lines expected = split(simulated.output);
  const Lines actual = split(output);
  const auto disagree_at = [&](std::size_t line) {
    return side_by_side(expected, actual, line, static_cast<std::size_t>(width), "simulated",
                        "real");
  };

  ClockComparison clock;
  const auto misfit =
      first_misfit(due, actual, [&clock](const TimedLine& one, const std::string& other) {
        const TimedLine real = take_times_out(other);
        if (!same_but_for_times(one, real, clock)) return false;
        for (std::size_t c = 0; c < real.clocks.size(); ++c) {
          clock.note(one.clocks[c], real.clocks[c]);
        }
        return true;
      });
  if (misfit) return disagree_at(*misfit);
  if (expected.complete != actual.complete) return disagree_at(actual.text.size() - 1);
  return std::nullopt;
}

}  // namespace workbook

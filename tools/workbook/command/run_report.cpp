#include "run_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace workbook {
namespace {

// In tenths, as shown, so that the difference agrees with the two numbers above it.
double rounded(Seconds seconds) {
  return std::round(seconds.count() * 10) / 10;
}

}  // namespace

void offer_fast(Console& console, Seconds total, const std::string& call) {
  constexpr Seconds long_enough{15};
  if (total < long_enough) return;
  console.say(fmt::format("This takes {:.0f} s. Without waiting: {} --fast", total.count(), call),
              Style::dim);
}

void show_heading(Console& console, const std::string& lesson, const std::string& program) {
  constexpr int widest = 60;
  const std::string title = lesson + " " + program;
  const int room = std::min(console.width(), widest) - columns(title) - 4;
  std::string line;
  for (int column = 0; column < room; ++column) line += "─";
  console.print(fmt::format("{} {} {}\n", console.styled(Style::dim, "──"),
                            console.styled(Style::bold, title), console.styled(Style::dim, line)));
}

void show_total(Console& console, Seconds total, bool simulated) {
  console.say(fmt::format("took {:.1f} s{}", rounded(total), simulated ? " of simulated time" : ""),
              Style::dim);
}

void show_comparison(Console& console, Seconds sync, Seconds async) {
  constexpr double telling = 0.2;  // of the longer one; below it the lesson is not about the time
  const double difference = rounded(sync) - rounded(async);
  const double longer = std::max(rounded(sync), rounded(async));
  std::string said;
  if (std::abs(difference) < 0.05) {
    said = fmt::format("Both took {:.1f} s.", rounded(sync));
  } else if (std::abs(difference) < telling * longer) {
    said = fmt::format(
        "sync took {:.1f} s and async {:.1f} s. What counts is what each did in that time.",
        rounded(sync), rounded(async));
  } else {
    said = fmt::format("async was {:.1f} s {}.", std::abs(difference),
                       difference > 0 ? "shorter" : "longer");
  }
  console.print("\n");
  console.say(said, Style::bold);
}

void show_other_programs(Console& console, const Lesson& lesson) {
  std::vector<std::string> others;
  for (const std::string& program : lesson.programs) {
    if (program != "sync" && program != "async") others.push_back(program);
  }
  if (others.empty()) return;
  console.print("\n");
  console.say(fmt::format("There is more in this lesson: {}. For instance: ./workbook run {:02} {}",
                          fmt::join(others, ", "), lesson.number, others.front()));
}

}  // namespace workbook

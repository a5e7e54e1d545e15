#include "show_help.hpp"

#include <fmt/format.h>

#include "context.hpp"
#include "files.hpp"
#include "line_diff.hpp"

namespace workbook {

HintRange next_hint(const Exercise& exercise, const Lesson& lesson, Progress& progress) {
  const int seen = progress.of(lesson.name).hints;
  const HintRange next = hints_after(exercise, seen);
  if (next.end <= seen) return next;
  const auto note = [&next](LessonProgress& known) { known.hints = next.end; };
  // If nothing is remembered, the next one would never come.
  if (progress.change(lesson.name, note)) return next;
  return {next.first, static_cast<int>(exercise.hints.size())};
}

void show_hints(Console& console, const Exercise& exercise, const Lesson& lesson, HintRange range) {
  for (int i = range.first; i < range.end; ++i) {
    console.say(fmt::format("Hint {} of {} for {}", i + 1, exercise.hints.size(), lesson.name),
                Style::bold);
    console.say(exercise.hints[static_cast<std::size_t>(i)]);
    console.print("\n");
  }
}

void show_solution(Console& console, const ExerciseFiles& files) {
  const auto text = read_file(files.solution);
  if (!text) throw Failure(fmt::format("{} cannot be read.", files.solution.string()));
  const auto mine = read_file(files.mine);
  const std::string yours = mine ? *mine : read_file(files.starter).value_or("");
  const auto diff = shortened(line_diff(yours, *text));
  if (diff.empty()) {
    console.say("Yours is the solution, to the letter.");
  } else {
    console.say(fmt::format("- {}, + the solution's", mine ? "yours" : "the starter's"),
                Style::dim);
    for (const std::string& line : diff) {
      const Style style = line[0] == '-'   ? Style::red
                          : line[0] == '+' ? Style::green
                          : line[0] == ' ' ? Style::plain
                                           : Style::dim;
      console.print(console.styled(style, line) + "\n");
    }
    console.print("\n");
  }
  console.say(fmt::format("The solution: {}", files.solution.string()), Style::dim);
}

}  // namespace workbook

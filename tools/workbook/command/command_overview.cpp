#include <fmt/format.h>

#include <algorithm>

#include "check.hpp"
#include "commands.hpp"
#include "lessons.hpp"

namespace workbook {
namespace {

// "Exercises ████████░░░░ 4 of 6"
std::string bar(const Console& console, int done, int count) {
  constexpr int widest = 40;
  const std::string lead = "Exercises ";
  const std::string numbers = fmt::format(" {} of {} done", done, count);
  const int room = std::min(widest, console.width() - columns(lead) - columns(numbers));
  std::string cells;
  for (int cell = 0; cell < room; ++cell) cells += cell * count < done * room ? "█" : "░";
  return lead + console.styled(Style::green, cells) + numbers;
}

bool is_begun(const Context& context, const Lesson& lesson) {
  return std::filesystem::exists(ExerciseFiles(context.checkout, lesson).mine);
}

}  // namespace

void show_lessons(Context& context, const std::vector<Lesson>& lessons, Progress& progress) {
  Console& console = context.console;
  auto known = progress.load();

  std::size_t name_width = 0;
  for (const Lesson& lesson : lessons) name_width = std::max(name_width, lesson.name.size());

  int exercises = 0;
  int done = 0;
  console.print(console.styled(Style::bold, "Lessons") + "\n");
  for (const Lesson& lesson : lessons) {
    std::string mark = " ";
    if (has_exercise(lesson)) {
      ++exercises;
      const bool is_done = known[lesson.name].done;
      if (is_done) ++done;
      mark = is_done ? console.styled(Style::green, "✓") : is_begun(context, lesson) ? "…" : "·";
    }
    const std::string programs = fmt::format("{}", fmt::join(lesson.programs, ", "));
    const std::string about =
        lesson.title.empty() ? programs : fmt::format("{} ({})", lesson.title, programs);
    const int indent = static_cast<int>(name_width) + 5;
    console.print(fmt::format("{} {:<{}}   ", mark, lesson.name, name_width) +
                  indented(about, console.width(), indent) + "\n");
  }
  console.print("\n");
  if (exercises > 0) {
    console.print(bar(console, done, exercises) + "\n");
    console.say("✓ done, … begun, · not yet", Style::dim);
    console.print("\n");
  }
}

asio::awaitable<int> overview(Context& context) {
  const std::vector<Lesson> lessons = find_lessons(context.checkout);
  Console& console = context.console;
  Progress progress(context.checkout, console);
  show_lessons(context, lessons, progress);

  if (std::ranges::none_of(lessons, has_exercise)) {
    console.say("Next: " + how_to_begin(lessons.front()));
  } else if (const Lesson* next = choose_exercise(lessons, {}, progress); next == nullptr) {
    console.say("All exercises are done.");
  } else if (is_begun(context, *next)) {
    console.say(
        fmt::format("Next: ./workbook check {0:02}, or ./workbook watch {0:02}", next->number));
  } else {
    console.say("Next: " + how_to_begin(*next));
    console.say(fmt::format("Then: ./workbook start {:02}", next->number));
  }
  console.say("All commands: ./workbook --help");
  co_return 0;
}

}  // namespace workbook

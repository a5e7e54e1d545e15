// The commands around an exercise: start, check, hint, solution and reset.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/use_awaitable.hpp>
#include <system_error>

#include "check.hpp"
#include "commands.hpp"
#include "descriptor.hpp"
#include "show_help.hpp"

namespace workbook {
namespace {

// All of them begin with the exercise that is meant.
struct Chosen {
  std::vector<Lesson> lessons;
  const Lesson* lesson;  // null: none was named, and all are done

  Chosen(Context& context, const std::string& wanted, Progress& progress)
      : lessons(find_lessons(context.checkout)),
        lesson(choose_exercise(lessons, wanted, progress)) {}
};

int all_done(Console& console, const Chosen& chosen, const char* command) {
  console.say(fmt::format("All exercises are done. To do one again, name it: ./workbook {} {:02}",
                          command, chosen.lessons.front().number));
  return 0;
}

void say_where(Console& console, const ExerciseFiles& files, bool copied) {
  console.say(copied ? fmt::format("The starter is now in {}", files.mine.string())
                     : fmt::format("Your file: {}", files.mine.string()),
              Style::dim);
}

void say_what_is_next(Console& console, const Verdict& verdict, const Chosen& chosen,
                      Progress& progress) {
  const Lesson& lesson = *chosen.lesson;
  if (!verdict.passed) {
    const std::string hint = next_hint_name(progress.of(lesson.name).hints);
    console.say(
        hint.empty()
            ? fmt::format("Next: change it and check again. ./workbook hint {0:02} shows the hints "
                          "again, ./workbook solution {0:02} --spoil the solution.",
                          lesson.number)
            : fmt::format("Next: change it and check again. ./workbook hint {:02} gives {} hint.",
                          lesson.number, hint));
    return;
  }
  console.say(fmt::format("To compare: ./workbook solution {:02}", lesson.number), Style::dim);
  if (const Lesson* next = lesson_after(chosen.lessons, lesson)) {
    console.say("Next: " + how_to_begin(*next));
  } else {
    console.say("That was the last lesson. ./workbook shows them all.");
  }
}

bool answered_yes(std::string answer) {
  return answer.starts_with('y') || answer.starts_with('Y');
}

// The answer to a question on our terminal.
asio::awaitable<bool> ask(Context& context, std::string question) {
  context.console.print(wrapped(question + " [y/N] ", context.console.width()));
  std::array<char, 64> answer{};
  ssize_t size = 0;
  asio::posix::stream_descriptor terminal(co_await asio::this_coro::executor);
  Descriptor copy(::dup(STDIN_FILENO));
  give(copy, terminal);
  // This only waits, so that the terminal, which other programs also use, stays in blocking mode.
  const auto reading = [&]() -> asio::awaitable<void> {
    co_await terminal.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    size = ::read(STDIN_FILENO, answer.data(), answer.size());
  };
  co_await context.supervisor.interruptible(reading());
  co_return answered_yes(std::string(answer.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
}

// "my/01-print.1.cpp", or the next number that is free.
std::filesystem::path place_for_copy(const std::filesystem::path& file) {
  for (int number = 1;; ++number) {
    const auto place = file.parent_path() / fmt::format("{}.{}.cpp", file.stem().string(), number);
    if (!std::filesystem::exists(std::filesystem::symlink_status(place))) return place;
  }
}

}  // namespace

asio::awaitable<int> start(Context& context, ExerciseArguments options) {
  Progress progress(context.checkout, context.console);
  const Chosen chosen(context, options.lesson, progress);
  Console& console = context.console;
  if (chosen.lesson == nullptr) co_return all_done(console, chosen, "start");
  const Exercise exercise = load_exercise(chosen.lesson->folder);
  const ExerciseFiles files(context.checkout, *chosen.lesson);
  const bool copied = put_starter(files);
  console.say(copied ? fmt::format("The starter is now in {}", files.mine.string())
                     : fmt::format("Your file is there already, and stays as it is: {}",
                                   files.mine.string()));
  console.print("\n");
  console.say(exercise.task);
  console.print("\n");
  console.say(
      fmt::format("Next: edit it, then ./workbook check {0:02}; or ./workbook watch {0:02}, "
                  "which checks it at every save.",
                  chosen.lesson->number));
  co_return 0;
}

asio::awaitable<int> check(Context& context, ExerciseArguments options) {
  Progress progress(context.checkout, context.console);
  const Chosen chosen(context, options.lesson, progress);
  if (chosen.lesson == nullptr) co_return all_done(context.console, chosen, "check");
  const ExerciseFiles files(context.checkout, *chosen.lesson);
  say_where(context.console, files, put_starter(files));
  const CheckResult result = co_await check_exercise(context, *chosen.lesson);
  const Verdict verdict = result.verdict(context.console.width());
  remember(verdict, *chosen.lesson, progress);
  show_verdict(context.console, verdict);
  say_what_is_next(context.console, verdict, chosen, progress);
  co_return verdict.passed ? 0 : 1;
}

asio::awaitable<int> hint(Context& context, ExerciseArguments options) {
  Progress progress(context.checkout, context.console);
  const Chosen chosen(context, options.lesson, progress);
  Console& console = context.console;
  if (chosen.lesson == nullptr) co_return all_done(console, chosen, "hint");
  const Lesson& lesson = *chosen.lesson;
  const Exercise exercise = load_exercise(lesson.folder);
  const HintRange hints = next_hint(exercise, lesson, progress);
  show_hints(console, exercise, lesson, hints);
  console.say(
      hints.end < static_cast<int>(exercise.hints.size())
          ? fmt::format("Not enough? ./workbook hint {:02} gives the next one.", lesson.number)
          : fmt::format("There are no more. ./workbook solution {:02} --spoil shows the "
                        "solution.",
                        lesson.number),
      Style::dim);
  co_return 0;
}

asio::awaitable<int> solution(Context& context, SolutionArguments options) {
  Progress progress(context.checkout, context.console);
  const Chosen chosen(context, options.lesson, progress);
  Console& console = context.console;
  const Lesson& lesson = *chosen.lesson;
  const ExerciseFiles files(context.checkout, lesson);
  if (!options.spoil && !progress.of(lesson.name).done) {
    console.say(
        fmt::format("{} is not done yet. ./workbook hint {:02} gives a hint; --spoil shows the "
                    "solution all the same.",
                    lesson.name, lesson.number));
    co_return 1;
  }
  show_solution(console, files);
  co_return 0;
}

asio::awaitable<int> reset(Context& context, ResetArguments options) {
  Progress progress(context.checkout, context.console);
  const Chosen chosen(context, options.lesson, progress);
  const Lesson& lesson = *chosen.lesson;
  const ExerciseFiles files(context.checkout, lesson);
  Console& console = context.console;

  if (std::filesystem::exists(std::filesystem::symlink_status(files.mine))) {
    const auto copy = place_for_copy(files.mine);
    const std::string copy_shown = "my/" + copy.filename().string();
    if (!options.yes) {
      if (::isatty(STDIN_FILENO) != 1) {
        throw Failure(fmt::format(
            "There is no terminal to ask on: ./workbook reset {:02} --yes does not ask.",
            lesson.number));
      }
      const std::string question = fmt::format(
          "Put the untouched starter into {}? Yours will be {}.", files.mine_shown, copy_shown);
      const bool yes = co_await ask(context, question);
      if (!yes) {
        console.say("Nothing was changed.");
        co_return 1;
      }
    }
    std::error_code error;
    std::filesystem::rename(files.mine, copy, error);
    if (error) {
      throw Failure(fmt::format("{} could not be renamed to {}, so nothing was changed: {}.",
                                files.mine_shown, copy_shown, error.message()));
    }
    console.say(fmt::format("Yours is now {}", copy.string()));
  }
  put_starter(files);
  console.say(fmt::format("The untouched starter: {}", files.mine.string()));
  if (const LessonProgress known = progress.of(lesson.name); known.done || known.hints > 0) {
    const auto forget = [](LessonProgress& entry) { entry = LessonProgress{}; };
    progress.change(lesson.name, forget);
  }
  co_return 0;
}

}  // namespace workbook

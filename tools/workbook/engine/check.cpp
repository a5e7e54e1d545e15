#include "check.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <system_error>

#include "build.hpp"
#include "compiler_log.hpp"
#include "expectation_files.hpp"
#include "files.hpp"
#include "run_program.hpp"

namespace workbook {

namespace fs = std::filesystem;

bool put_starter(const ExerciseFiles& files) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(files.mine, error))) return false;
  fs::create_directories(files.mine.parent_path(), error);
  if (!error) fs::copy_file(files.starter, files.mine, error);
  if (error) {
    throw Failure(fmt::format("{} could not be copied to {}: {}.", files.starter.string(),
                              files.mine.string(), error.message()));
  }
  // The starter of a read-only checkout is read-only, too.
  fs::permissions(files.mine, fs::perms::owner_write, fs::perm_options::add, error);
  fs::create_directories(files.started.parent_path(), error);
  if (!error) write_file(files.started, task_fingerprint(files.starter));
  return true;
}

Verdict CheckResult::verdict(int width) const {
  if (compile_error) return *compile_error;
  Verdict verdict = judge(run, expected, exercise, source, width);
  if (!verdict.passed) {
    verdict.remarks.insert(verdict.remarks.begin(), remarks.begin(), remarks.end());
  }
  if (!changed_task.empty()) verdict.sentence = changed_task + " " + verdict.sentence;
  if (run.left_behind > 0) verdict.remarks.push_back(describe_left_behind(run));
  return verdict;
}

asio::awaitable<CheckResult> check_exercise(Context& context, const Lesson& lesson) {
  const ExerciseFiles files(context.checkout, lesson);
  CheckResult result;
  result.exercise = load_exercise(lesson.folder);
  result.expected = load_expectation(lesson.folder, "exercise");
  if (task_has_changed(files)) {
    result.changed_task = fmt::format(
        "The exercise has changed since you started it: ./workbook reset {:02} gives you the new "
        "starter, and keeps your file.",
        lesson.number);
  }

  const auto source = read_file(files.mine);
  if (!source) {
    throw Failure(
        fmt::format("{} is not a readable file. ./workbook reset {:02} puts it aside "
                    "and the starter in its place.",
                    files.mine_shown, lesson.number));
  }
  // ninja compares times, but a file that was put back has its old time. So the program also
  // depends on a second file (cmake/exercises.cmake), which is new whenever the content is.
  const auto built_from = context.build / "my" / (lesson.name + ".built");
  std::error_code error;
  if (read_file(built_from) != source) {
    fs::remove(built_from, error);
    fs::create_directories(built_from.parent_path(), error);
    write_file(context.build / "my" / (lesson.name + ".changed"), "");
  }

  std::vector<std::string> targets{"my." + lesson.name, "virtual_time"};
  BuildResult built = co_await try_build(context, files.mine_shown, targets);
  // The compiler's messages stay true until something is compiled again.
  const auto log = context.build / "my" / (lesson.name + ".log");
  if (built.worked || !built.succeeded) {
    write_file(log, built.said);
  } else {
    built.said = read_file(log).value_or("");
  }
  write_file(built_from, *source);  // not before: an interrupted build does not count
  result.compiler_said = built.said;
  if (!built.succeeded) {
    result.compile_error = compile_verdict(built.said, files.mine.string(), *source);
    if (result.compile_error) {
      result.compile_error->remarks.push_back(
          fmt::format("All that the compiler says: {}", log.string()));
      co_return result;
    }
    context.console.print_errors(built.said);
    throw Failure(fmt::format("{} could not be built: the reason is above.", files.mine_shown));
  }
  if (const auto remark = warning_remark(built.said, files.mine.string())) {
    result.remarks.push_back(*remark);
  }

  const fs::path program = context.build / "my" / lesson.name;
  const fs::path library = context.virtual_time();
  RunOptions options;  // an exercise needs a few milliseconds, and prints some lines
  options.cpu_limit = std::chrono::seconds(2);
  options.output_limit = 1 << 20;
  options.memory_limit = std::uintmax_t{1} << 30;
  options.most_moves = most_moves_of_exercise;
  const auto simulation = [&]() -> asio::awaitable<void> {
    result.run = co_await simulate(program, library, options);
    result.run.compiler = compiler_of_builds();
  };
  co_await context.supervisor.interruptible(simulation());
  result.source = *source;
  co_return result;
}

void remember(const Verdict& verdict, const Lesson& lesson, Progress& progress) {
  if (!verdict.passed) return;
  const auto note = [](LessonProgress& known) {
    if (!known.done) known.since = time_stamp();
    known.done = true;
  };
  progress.change(lesson.name, note);
}

void show_verdict(Console& console, const Verdict& verdict) {
  console.say(verdict.sentence, verdict.passed ? Style::green : Style::red);
  if (!verdict.details.empty()) console.print("\n" + verdict.details);
  console.print("\n");
  for (const std::string& remark : verdict.remarks) console.say(remark);
  if (!verdict.remarks.empty()) console.print("\n");
}

const Lesson* choose_exercise(const std::vector<Lesson>& lessons, const std::string& wanted,
                              Progress& progress) {
  std::vector<std::string> names;
  for (const Lesson& lesson : lessons) {
    if (has_exercise(lesson)) names.push_back(lesson.name);
  }
  if (names.empty()) throw WrongCall("There is no exercise yet.");
  if (!wanted.empty()) {
    const Lesson& lesson = choose_lesson(lessons, wanted);
    if (has_exercise(lesson)) return &lesson;
    throw WrongCall(fmt::format("Lesson {} has no exercise. These have one: {}.", lesson.name,
                                fmt::join(names, ", ")));
  }
  auto known = progress.load();
  for (const Lesson& lesson : lessons) {
    if (has_exercise(lesson) && !known[lesson.name].done) return &lesson;
  }
  return nullptr;
}

}  // namespace workbook

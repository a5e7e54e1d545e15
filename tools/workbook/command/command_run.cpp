#include <fmt/format.h>

#include <chrono>

#include "build.hpp"
#include "commands.hpp"
#include "expectation_files.hpp"
#include "lesson_run.hpp"
#include "lessons.hpp"
#include "run_program.hpp"
#include "run_report.hpp"

namespace workbook {
namespace {

using std::chrono::steady_clock;

std::string failure(const std::filesystem::path& program, const ProcessEnd& end,
                    const std::string& output) {
  if (end.succeeded()) return {};
  if (const auto words = last_words(output)) return *words;
  return fmt::format("{} {}.", program.filename().string(), end.describe());
}

asio::awaitable<ProgramRun> run_on_terminal(Context& context, std::filesystem::path program,
                                            std::vector<std::string> arguments,
                                            std::filesystem::path folder) {
  const std::vector<std::string> command = command_line(program, arguments);
  ProcessOptions options;
  options.input = Input::inherited;
  options.folder = folder;
  options.limits.core_files = false;
  options.environment = colours(context.console);

  std::string output;  // the last of it
  const ChildProcess::OnOutput on_output = [&](std::string_view text) {
    context.console.print(text);
    output += text;
    constexpr std::size_t enough = 8192;
    if (output.size() > 2 * enough) output.erase(0, output.size() - enough);
  };
  const auto start = steady_clock::now();
  const ProcessEnd end = co_await context.supervisor.run(command, options, on_output);
  ProgramRun run;
  run.total = steady_clock::now() - start;
  run.failure = failure(program, end, output);
  if (!output.empty() && !output.ends_with('\n')) context.console.print("\n");
  co_return run;
}

// In real time as the lesson's run.json says, with its server or its clients if it has any. The
// learner's own arguments replace all of that.
asio::awaitable<ProgramRun> run_as_set(Context& context, const Lesson& lesson,
                                       std::filesystem::path program,
                                       std::vector<std::string> arguments) {
  const RunSettings settings = load_run_settings(lesson.folder, program.filename().string());
  if (!arguments.empty() || !settings.real_time) {
    const std::filesystem::path here;
    co_return co_await run_on_terminal(context, program, arguments, here);
  }
  // A broker takes some seconds to start, and so does a program that starts one for its clients.
  if (settings.has_clients()) {
    context.console.say(
        fmt::format("Starting {}, and its clients when it is ready.", program.filename().string()),
        Style::dim);
  } else if (settings.has_server()) {
    const std::filesystem::path server = settings.server;
    context.console.say(
        fmt::format("Starting {}, and the program when it is ready.", server.filename().string()),
        Style::dim);
  }
  const RunProgram on_terminal = [&context](std::filesystem::path what, RunOptions how) {
    return run_on_terminal(context, what, how.arguments, how.folder);
  };
  const Beside nothing;
  const LessonRun result =
      co_await run_lesson(settings, program, lesson.folder, context.build, on_terminal, nothing);
  co_return result.run;
}

asio::awaitable<ProgramRun> run_in_simulated_time(Context& context, std::filesystem::path program,
                                                  std::vector<std::string> arguments) {
  RunOptions options;
  options.arguments = arguments;
  const auto library = context.virtual_time();
  ProgramRun run;
  const auto simulation = [&]() -> asio::awaitable<void> {
    run = co_await simulate(program, library, options);
  };
  co_await context.supervisor.interruptible(simulation());
  for (const PrintedLine& line : run.lines) {
    context.console.print(line.text + (line.text.ends_with('\n') ? "" : "\n"));
  }
  co_return run;
}

// How long the programs took when they were recorded in simulated time, which takes as long in real
// time; nothing for those that were not.
Seconds recorded_total(const Lesson& lesson, const std::vector<std::string>& programs) {
  Seconds total{};
  for (const std::string& program : programs) {
    if (load_run_settings(lesson.folder, program).real_time) return {};
    if (const auto times = load_times(lesson.folder, program)) total += times->total;
  }
  return total;
}

// Why a program has no simulated clock, and what to do.
std::string real_time_only(const Lesson& lesson, const std::string& program) {
  if (load_run_settings(lesson.folder, "").real_time) {
    return fmt::format(
        "Lesson {} runs in real time only: files and other programs have no simulated clock. Try "
        "./workbook run {:02}",
        lesson.name, lesson.number);
  }
  return fmt::format(
      "{}/{} runs in real time only. Name another program with --fast, or try ./workbook run {:02} "
      "{}",
      lesson.name, program, lesson.number, program);
}

}  // namespace

asio::awaitable<int> run(Context& context, RunArguments options) {
  const std::vector<Lesson> lessons = find_lessons(context.checkout);
  if (options.lesson.empty()) {
    throw WrongCall("Which lesson? For instance: ./workbook run 01 (./workbook lists them all)");
  }
  const Lesson& lesson = choose_lesson(lessons, options.lesson);
  std::vector<std::string> programs;
  if (!options.program.empty()) {
    programs.push_back(choose_program(lesson, options.program));
  } else {
    for (const std::string& program : lesson.programs) {
      if (program == "sync" || program == "async") programs.push_back(program);
    }
  }

  if (programs.empty()) {
    throw Failure(fmt::format("lessons/{} has neither sync.cpp nor async.cpp yet.", lesson.name));
  }
  std::vector<std::string> targets;
  for (const std::string& program : programs) {
    targets.push_back(lesson.name + "." + program);
    const RunSettings settings = load_run_settings(lesson.folder, program);
    if (settings.real_time && options.fast) throw WrongCall(real_time_only(lesson, program));
    if (const auto companion = settings.companion_target(); !companion.empty()) {
      targets.push_back(companion);
    }
  }
  if (options.fast) targets.push_back("virtual_time");
  co_await build(context, lesson.name, targets);

  Console& console = context.console;
  if (!options.fast && options.arguments.empty()) {
    const std::string named = options.program.empty() ? "" : " " + programs.front();
    offer_fast(console, recorded_total(lesson, programs),
               fmt::format("./workbook run {:02}{}", lesson.number, named));
  }
  std::vector<ProgramRun> runs;
  bool failed = false;
  for (const std::string& program : programs) {
    if (!runs.empty()) console.print("\n");
    show_heading(console, lesson.name, program);
    const auto path = context.lesson_program(lesson.name, program);
    // Not with `?:`, because g++ 12 would run both sides of it.
    if (options.fast) {
      runs.push_back(co_await run_in_simulated_time(context, path, options.arguments));
    } else {
      runs.push_back(co_await run_as_set(context, lesson, path, options.arguments));
    }
    const ProgramRun& latest = runs.back();
    show_total(console, latest.total, options.fast);
    if (!latest.failure.empty()) {
      failed = true;
      console.say(latest.failure, Style::red);
    }
  }
  if (runs.size() == 2 && !failed) show_comparison(console, runs[0].total, runs[1].total);
  if (options.program.empty()) show_other_programs(console, lesson);
  co_return failed ? 1 : 0;
}

}  // namespace workbook

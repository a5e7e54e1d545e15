#include "page_jobs.hpp"

#include <fmt/format.h>

#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string_view>

#include "build.hpp"
#include "check.hpp"
#include "expectation_files.hpp"
#include "lesson_run.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using Json = nlohmann::json;

double in_thousandths(std::chrono::nanoseconds time) {
  return std::round(in_seconds(time) * 1000) / 1000;
}

constexpr std::uintmax_t memory = std::uintmax_t{2} << 30;  // in bytes, of a program's own

constexpr std::size_t most_lines = 5000;

// How long a program may take: what it needs, and generous slack.
std::chrono::seconds time_limit(const Lesson& lesson, const std::string& program,
                                std::chrono::seconds slack) {
  try {
    if (const auto times = load_expectation(lesson.folder, program).times) {
      return slack + 2 * std::chrono::ceil<std::chrono::seconds>(times->total);
    }
  } catch (const std::runtime_error&) {
    // A lesson in the making may have no expectations yet.
  }
  return 2 * slack;
}

// Has its own console, whose progress becomes events. Its other output belongs to a failure.
class JobContext {
 public:
  JobContext(Context& context, Job& job)
      : console_([&job](std::string_view progress) {
          job.tell({{"type", "building"}, {"progress", progress}});
        }),
        context_{context.checkout, context.build, console_, context.supervisor} {}

  Context& context() { return context_; }
  TextConsole& console() { return console_; }

  asio::awaitable<void> tell_failures(asio::awaitable<void> work) {
    try {
      co_await std::move(work);
    } catch (const Failure& failure) {
      throw Failure(console_.text() + failure.what());
    }
  }

 private:
  TextConsole console_;
  Context context_;
};

asio::awaitable<void> run_program(const Context& context, const PageRun& page, Job& job,
                                  std::string program) {
  RunSettings settings = load_run_settings(page.lesson.folder, program);
  const auto given = page.arguments.find(program);
  if (given != page.arguments.end()) settings.arguments = given->second;
  const std::filesystem::path folder =
      settings.real_time ? page.lesson.folder : std::filesystem::path();
  const auto limit = time_limit(page.lesson, program, page.slack);
  const auto tell_line = [&job, &program](const char* type, const PrintedLine& line) {
    job.tell({{"type", type},
              {"program", program},
              {"time", in_thousandths(line.time)},
              {"text", line.text}});
  };

  std::string failure;
  const RunProgram in_page = [&](std::filesystem::path what,
                                 RunOptions options) -> asio::awaitable<ProgramRun> {
    job.tell({{"type", "started"}, {"program", program}});
    options.cpu_limit = page.cpu_limit;
    options.real_limit = limit;
    options.output_limit = 1 << 20;
    options.line_limit = most_lines;
    options.memory_limit = memory;
    options.on_line = [&](const PrintedLine& line) { tell_line("line", line); };
    auto running = run_in_real_time(what, options);
    ProgramRun run = co_await std::move(running);
    failure = run.failure;
    const std::string behind = describe_left_behind(run);
    const char* between = failure.empty() || behind.empty() ? "" : " ";
    job.tell({{"type", "ended"},
              {"program", program},
              {"took", in_thousandths(run.total)},
              {"failure", failure + between + behind}});
    co_return run;
  };
  Beside server;
  server.limits.cpu_hard = limit;
  server.limits.memory = memory;
  server.on_line = [&, said = std::size_t{0}](const PrintedLine& line) mutable {
    if (++said <= most_lines) tell_line("server_line", line);
  };
  auto running = run_lesson(settings, context.lesson_program(page.lesson.name, program), folder,
                            context.build, in_page, server);
  const LessonRun result = co_await std::move(running);
  // How the server ended is known only now.
  if (result.run.failure != failure) {
    job.tell({{"type", "failure"}, {"text", result.run.failure}});
  }
}

asio::awaitable<void> run_together(const Context& context, const PageRun& page, Job& job,
                                   std::span<const std::string> programs) {
  auto first = run_program(context, page, job, programs.front());
  if (programs.size() == 1) {
    co_await std::move(first);
  } else {
    auto others = run_together(context, page, job, programs.subspan(1));
    co_await (std::move(first) && std::move(others));
  }
}

}  // namespace

asio::awaitable<void> run_for_page(Context& context, PageRun page, Job& job) {
  JobContext own(context, job);
  std::vector<std::string> targets;
  for (const std::string& program : page.programs) {
    targets.push_back(page.lesson.name + "." + program);
    const RunSettings settings = load_run_settings(page.lesson.folder, program);
    if (const auto companion = settings.companion_target(); !companion.empty()) {
      targets.push_back(companion);
    }
  }
  auto building = build(own.context(), page.lesson.name, targets);
  co_await own.tell_failures(std::move(building));
  if (page.together) {
    co_await run_together(context, page, job, page.programs);
  } else {
    for (const std::string& program : page.programs) {
      co_await run_program(context, page, job, program);
    }
  }
}

asio::awaitable<void> check_for_page(Context& context, Lesson lesson, Job& job) {
  JobContext own(context, job);
  put_starter(ExerciseFiles(context.checkout, lesson));
  CheckResult result;
  const auto check = [&]() -> asio::awaitable<void> {
    result = co_await check_exercise(own.context(), lesson);
  };
  co_await own.tell_failures(check());
  TextConsole console;
  const Verdict verdict = result.verdict(console.width());
  Progress progress(context.checkout, console);
  remember(verdict, lesson, progress);
  show_verdict(console, verdict);
  job.tell({{"type", "verdict"}, {"right", verdict.passed}, {"text", console.text()}});
}

}  // namespace workbook

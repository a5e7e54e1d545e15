#include "lesson_check.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <sstream>
#include <vector>

#include "expectation_files.hpp"
#include "fault.hpp"
#include "lesson_run.hpp"
#include "places.hpp"
#include "real_time_agreement.hpp"
#include "repeat.hpp"
#include "run_now.hpp"
#include "saved_expectation.hpp"
#include "temporary_folder.hpp"
#include "undisturbed.hpp"

using namespace workbook;

namespace {

// The program "exercise" of a lesson is its solution: its run is the expectation.
std::filesystem::path binary(const std::string& lesson, const std::string& program) {
  if (program == "exercise") return build_folder / "solutions" / lesson / program;
  return build_folder / "lessons" / lesson / program;
}

// The exercise is always checked in simulated time.
RunSettings settings_of(const std::string& lesson, const std::string& program) {
  if (program == "exercise") return {};
  return load_run_settings(source_folder / "lessons" / lesson, program);
}

// A broker answers when a message is on its disk, and on a busy machine that may take long. The
// order of a lesson's lines must not depend on it: here its disk is memory, if there is enough.
void put_brokers_into_memory(const RunSettings& settings) {
  if (!settings.has_server() && !settings.has_clients()) return;
  constexpr std::uintmax_t enough = 1 << 30;
  std::error_code error;
  const auto space = std::filesystem::space("/dev/shm", error);
  if (!error && space.available >= enough) ::setenv("TMPDIR", "/dev/shm", 1);
}

LessonRun run_in(const std::filesystem::path& folder, const RunSettings& settings,
                 const std::filesystem::path& program) {
  if (!settings.real_time) return {simulate_now(program, clock_library), {}};
  put_brokers_into_memory(settings);
  return run_lesson_now(settings, program, folder, build_folder);
}

// The fault that `judge` finds in a run; empty if there is none, or if the system does not let the
// program run. CTest knows such a test by the line that is printed.
std::string fault_in(const std::filesystem::path& folder, const RunSettings& settings,
                     const std::filesystem::path& program,
                     const std::function<std::string(const LessonRun&)>& judge) {
  const auto run = [&] {
    const LessonRun run = run_in(folder, settings, program);
    if (!was_refused(settings, run.run)) return judge(run);
    fmt::print("Skipped: {}", run.run.errors);
    return std::string();
  };
  return settings.real_time ? fault_if_undisturbed(run) : run();
}

// The server's lines may come in another order: simultaneous events have none.
std::string fault_of_server(const std::vector<PrintedLine>& lines,
                            std::vector<std::string> expected) {
  std::vector<std::string> said;
  for (const PrintedLine& line : lines) said.push_back(line.text);
  std::sort(said.begin(), said.end());
  std::sort(expected.begin(), expected.end());
  if (said == expected) return {};
  return fmt::format(
      "replay.json is stale: its server said {}, and now says {}. UPDATE_EXPECTED=1 records it "
      "anew.",
      fmt::join(expected, ", "), fmt::join(said, ", "));
}

// The lines of a console block that begin with "$ g++", as words.
std::vector<std::vector<std::string>> compiler_lines(const std::filesystem::path& page) {
  std::vector<std::vector<std::string>> commands;
  std::ifstream file(page);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("$ g++ ")) continue;
    std::istringstream words(line.substr(2));
    commands.emplace_back(std::istream_iterator<std::string>(words),
                          std::istream_iterator<std::string>());
  }
  return commands;
}

void fail(const std::string& lesson, const std::string& program, const std::string& fault) {
  FAIL_CHECK(fmt::format("lessons/{}/{}.cpp: {}", lesson, program, fault));
}

}  // namespace

void check_program(const std::string& lesson, const std::string& program) {
  const auto folder = source_folder / "lessons" / lesson;
  const RunSettings settings = settings_of(lesson, program);
  if (updating_expectations()) {
    const LessonRun run = run_in(folder, settings, binary(lesson, program));
    if (!run.run.failure.empty()) return fail(lesson, program, run.run.failure);
    if (was_refused(settings, run.run)) return fail(lesson, program, run.run.errors);
    for (const auto& file : save_expectation(folder, program, run.run, run.server)) {
      fmt::print("{}{}\n", rewrote, std::filesystem::relative(file, source_folder).string());
    }
    return;
  }
  int times = repetitions();
  if (settings.real_time) times = std::min(times, 5);  // these take their time
  Expectation expected;
  try {
    expected = load_expectation(folder, program);
  } catch (const std::exception& error) {
    return fail(lesson, program, error.what());
  }
  const std::string untimed =
      expected.times ? "" : "replay.json does not hold its times. UPDATE_EXPECTED=1 adds them.";
  if (settings.real_time) expected.times.reset();
  for (int i = 0; i < times; ++i) {
    std::string fault = fault_in(folder, settings, binary(lesson, program),
                                 [&](const LessonRun& run) { return fault_of(run.run, expected); });
    if (fault.empty()) fault = untimed;
    if (!fault.empty()) return fail(lesson, program, fault);
  }
  CHECK(times > 0);
}

void check_in_real_time(const std::string& lesson, const std::string& program) {
  if (const RunSettings settings = settings_of(lesson, program); settings.real_time) {
    const auto folder = source_folder / "lessons" / lesson;
    Expectation expected = load_expectation(folder, program);
    if (!settings.timed) expected.times.reset();
    const auto judge = [&](const LessonRun& run) {
      std::string found = fault_of(run.run, expected, std::chrono::milliseconds(300));
      if (found.empty() && expected.times) {
        found = fault_of_server(run.server, expected.times->server);
      }
      return found;
    };
    const std::string fault = fault_in(folder, settings, binary(lesson, program), judge);
    if (!fault.empty()) fail(lesson, program, fault);
    return;
  }
  const ProgramRun simulated = simulate_now(binary(lesson, program), clock_library);
  RunOptions options;  // more than the program takes, however long that is
  options.real_limit += std::chrono::ceil<std::chrono::seconds>(simulated.total);
  const std::string fault = fault_if_undisturbed([&] {
    const ProgramRun real = run_in_real_time_now(binary(lesson, program), options);
    if (!real.failure.empty()) return real.failure;
    const auto difference = disagreement(simulated, real.output);
    if (!difference) return std::string();
    return "In real time it does not do what it does in simulated time.\n" + *difference;
  });
  if (!fault.empty()) fail(lesson, program, fault);
}

void check_headers(const std::string& lesson) {
  const auto tests = build_folder / "tests" / "lessons" / lesson / "headers";
  const RunSettings settings = load_run_settings(source_folder / "lessons" / lesson, "headers");
  RunOptions options;
  options.arguments = {"--no-colors"};
  options.cpu_limit = std::chrono::minutes(5);
  if (settings.real_time) {
    options.output_limit = 1 << 30;  // also for the writes of a broker beside it
    put_brokers_into_memory(settings);
  }
  const ProgramRun run = settings.real_time ? run_in_real_time_now(tests, options)
                                            : simulate_now(tests, clock_library, options);
  static const std::regex some("test cases: +[1-9]");
  CHECK_MESSAGE(
      (run.failure.empty() && std::regex_search(run.output, some)),
      fmt::format("tests/lessons/{}: {}\n{}{}", lesson, run.failure, run.output, run.errors));
}

void check_by_hand(const std::string& lesson) {
  const auto folder = source_folder / "lessons" / lesson;
  const auto commands = compiler_lines(folder / "README.md");
  CHECK_MESSAGE(
      !commands.empty(),
      fmt::format("lessons/{}/README.md has no line that begins with \"$ g++\".", lesson));
  for (const auto& command : commands) {
    // All of them: a lesson may include a header that an earlier one built.
    const TemporaryFolder copies;
    std::filesystem::copy(source_folder / "lessons", copies.path(),
                          std::filesystem::copy_options::recursive);
    const auto copy = copies.path() / lesson;
    RunOptions options;
    options.arguments.assign(command.begin() + 1, command.end());
    options.folder = copy;
    options.cpu_limit = std::chrono::minutes(2);
    options.output_limit = compiler_output_limit;
    const ProgramRun compiler = run_in_real_time_now(command.front(), options);
    const std::string typed = fmt::format("{}", fmt::join(command, " "));
    if (!compiler.failure.empty() || !compiler.errors.empty()) {
      FAIL_CHECK(fmt::format("lessons/{}/README.md: \"{}\" does not build without a word. {}\n{}",
                             lesson, typed, compiler.failure, compiler.errors));
      continue;
    }
    const auto output = std::find(command.begin(), command.end(), "-o");
    REQUIRE_MESSAGE(output + 1 < command.end(), typed);
    const std::string program = *(output + 1);
    if (program == "server" || program == "clients") continue;
    const RunSettings settings = settings_of(lesson, program);
    Expectation expected = load_expectation(folder, program);
    if (settings.real_time) expected.times.reset();
    const std::string fault = fault_in(copy, settings, copy / program, [&](const LessonRun& run) {
      return fault_of(run.run, expected);
    });
    if (!fault.empty()) fail(lesson, program, fault);
  }
}

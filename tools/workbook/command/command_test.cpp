#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "build.hpp"
#include "commands.hpp"
#include "expectation_files.hpp"
#include "lessons.hpp"

namespace workbook {
namespace {

// `label` empty: the tests of all lessons.
std::vector<std::string> ctest_command(const Context& context, const std::string& label,
                                       bool real_time) {
  // Most of the tests wait most of the time.
  const unsigned at_once = 2 * std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::string> command{"ctest",
                                   "--test-dir",
                                   context.build.string(),
                                   "--output-on-failure",
                                   "--no-tests=error",
                                   "-j",
                                   std::to_string(at_once)};
  if (!label.empty()) command.insert(command.end(), {"-L", "^" + label + "$"});
  // Two -L must both match, so a lesson's tests in real time are those with both labels.
  if (real_time) {
    command.insert(command.end(), {"-L", "^real-time$"});
  } else {
    command.insert(command.end(), {"-LE", "^slow$"});
  }
  return command;
}

// Whether this CTest command finds any test.
asio::awaitable<bool> finds_tests(Context& context, std::vector<std::string> command) {
  command.push_back("--show-only=json-v1");
  std::string output;
  const ChildProcess::OnOutput on_output = [&output](std::string_view text) { output += text; };
  const ProcessOptions options;
  co_await context.supervisor.run(command, options, on_output);
  const auto begin = std::min(output.find('{'), output.size());
  const auto list = nlohmann::json::parse(output.substr(begin), nullptr, false);
  // Output that is not a list says nothing about the tests.
  co_return !list.is_object() || !list.contains("tests") || !list["tests"].empty();
}

// Prints which files the tests have saved, once each. CTest does not show the output of a test that
// passed, but keeps it in its log.
void say_rewritten(const Context& context) {
  std::set<std::string> lines;
  std::ifstream log(context.build / "Testing" / "Temporary" / "LastTest.log");
  for (std::string line; std::getline(log, line);) {
    if (line.starts_with(rewrote)) lines.insert(line);
  }
  context.console.print("\n");
  for (const std::string& line : lines) context.console.say(line);
  if (lines.empty()) context.console.say("Nothing was rewritten: no program does anything new.");
}

asio::awaitable<int> run_ci(Context& context) {
  const std::vector<std::string> command{"bash", (context.checkout / ".ci" / "run").string()};
  const ChildProcess::OnOutput on_output = [&](std::string_view text) {
    context.console.print(text);
  };
  ProcessOptions options;
  options.environment = colours(context.console);
  const ProcessEnd end = co_await context.supervisor.run(command, options, on_output);
  co_return end.succeeded() ? 0 : 1;
}

}  // namespace

asio::awaitable<int> test(Context& context, TestArguments options) {
  if (options.everything) {
    if (!options.lesson.empty() || options.real_time) {
      throw WrongCall(
          "--all runs everything; it takes no lesson and cannot be combined with --real-time.");
    }
    co_return co_await run_ci(context);
  }
  std::string label;
  std::vector<std::string> targets;
  if (options.lesson.empty()) {
    targets.push_back("all");
  } else {
    const std::vector<Lesson> lessons = find_lessons(context.checkout);
    label = choose_lesson(lessons, options.lesson).name;
    targets.push_back(label + ".tests");  // other lessons may be broken
  }
  const std::string what = label.empty() ? "everything" : label;  // g++ 12 needs a named variable
  co_await build(context, what, targets);

  const std::vector<std::string> command = ctest_command(context, label, options.real_time);
  const ChildProcess::OnOutput on_output = [&](std::string_view text) {
    context.console.print(text);
  };
  ProcessOptions process_options;
  process_options.environment = colours(context.console);
  const ProcessEnd end = co_await context.supervisor.run(command, process_options, on_output);
  if (updating_expectations() && !options.real_time) say_rewritten(context);
  if (end.succeeded()) co_return 0;
  const bool found = co_await finds_tests(context, command);
  if (!found) {
    throw Failure(fmt::format("No {}test of {} was found, so nothing was checked.",
                              options.real_time ? "real-time " : "",
                              label.empty() ? "the workbook" : label));
  }
  co_return 1;
}

}  // namespace workbook

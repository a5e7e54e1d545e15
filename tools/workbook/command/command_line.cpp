#include "command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <sstream>

#include "commands.hpp"
#include "lessons.hpp"

namespace workbook {
namespace {

// How many letters must be inserted, removed or changed to get from one word to the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

bool is_command(const CLI::App& app, const std::string& word) {
  const auto commands = app.get_subcommands({});
  return std::ranges::any_of(
      commands, [&word](const CLI::App* command) { return command->get_name() == word; });
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const auto nearest = std::ranges::min_element(
      names, {}, [&word](const std::string& name) { return distance(word, name); });
  if (nearest != names.end() && distance(word, *nearest) <= 2) {
    return fmt::format("There is no command \"{}\". Did you mean \"{}\"?", word, *nearest);
  }
  return fmt::format("There is no command \"{}\". There are: {}.", word, fmt::join(names, ", "));
}

// CLI11 writes for wide terminals: "  name      what it does".
std::string narrowed(const std::string& help, int width) {
  std::string result;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const auto gap = line.rfind("  ");
    if (columns(line) <= width) {
      result += line;
    } else if (gap == std::string::npos) {
      result += wrapped(line, width);
    } else {
      const std::string name = line.substr(0, line.find("  ", 2));
      result += name + "\n    " + indented(line.substr(gap + 2), width, 4);
    }
    result += "\n";
  }
  return result;
}

asio::awaitable<int> show(Context& context, std::string text) {
  context.console.print(narrowed(text, context.console.width()));
  co_return 0;
}

// "run 01 -- a b" has the arguments a and b.
std::vector<std::string> split_arguments(std::vector<std::string>& words) {
  const auto dashes = std::ranges::find(words, "--");
  std::vector<std::string> arguments;
  if (dashes != words.end()) arguments.assign(dashes + 1, words.end());
  words.erase(dashes, words.end());
  return arguments;
}

// "simulate --force program --its-own a" has the program's call "program --its-own a": all that
// follows the program is the program's, as with env(1) and timeout(1).
std::vector<std::string> split_call(std::vector<std::string>& words,
                                    std::vector<std::string>::iterator word) {
  const std::vector<std::string> with_value{"--replay", "--lane", "--limit", "--patience"};
  while (word != words.end() && word->starts_with("-") && *word != "--") {
    const bool takes_next = std::ranges::count(with_value, *word) > 0;
    word += takes_next && word + 1 != words.end() ? 2 : 1;
  }
  if (word != words.end() && *word == "--") word = words.erase(word);
  std::vector<std::string> call(word, words.end());
  words.erase(word, words.end());
  return call;
}

// A command that shows or puts away a learner's work does not choose the lesson itself.
void require_lesson(const std::string& lesson, const char* command) {
  if (!lesson.empty()) return;
  throw WrongCall(fmt::format("Which lesson? For instance: ./workbook {} 01", command));
}

}  // namespace

Action read_command_line(const std::vector<std::string>& all_words) {
  std::vector<std::string> words = all_words;
  const auto name = std::ranges::find_if_not(
      words, [](const std::string& word) { return word.starts_with("-"); });
  const bool simulates = name != words.end() && *name == "simulate";
  const std::vector<std::string> arguments =
      simulates ? split_call(words, name + 1) : split_arguments(words);

  CLI::App app("Asynchronous C++, one program at a time: blocking and awaiting, side by side.",
               "./workbook");
  app.set_version_flag("--version", "workbook " WORKBOOK_VERSION, "Show the version and stop");
  app.set_help_flag("-h,--help", "Show this help and stop");
  app.require_subcommand(0, 1);
  bool assume_yes = false;
  app.add_flag("--yes,-y", assume_yes, "Answer yes to every question");
  app.fallthrough();

  Action action = [](Context& context) { return overview(context); };

  RunArguments run_options;
  CLI::App* run_command =
      app.add_subcommand("run", "Build a lesson and run it: sync, then async, and what each took");
  run_command->add_option("lesson", run_options.lesson, "1, 01 or 01-print");
  run_command->add_option("program", run_options.program, "One program only, such as async");
  run_command->add_flag("--fast", run_options.fast, "In simulated time, without waiting");
  run_command->footer("What follows \"--\" goes to the program.");
  run_command->callback([&] {
    run_options.arguments = arguments;
    action = [run_options](Context& context) { return run(context, run_options); };
  });

  ExerciseArguments exercise_options;
  const auto add_exercise_command = [&](const char* name, const char* about, auto command) {
    CLI::App* added = app.add_subcommand(name, about);
    added->add_option("lesson", exercise_options.lesson,
                      "1, 01 or 01-print; by default the first that is not done");
    added->callback([&action, &exercise_options, command] {
      action = [options = exercise_options, command](Context& context) {
        return command(context, options);
      };
    });
    return added;
  };
  CLI::App* start_command = add_exercise_command(
      "start", "Copy the starter of an exercise to my/, for you to edit", start);
  CLI::App* check_command = add_exercise_command(
      "check", "Build your file in my/, run it in simulated time, and judge it", check);

  WatchArguments watch_options;
  CLI::App* watch_command = app.add_subcommand(
      "watch", "Check your file in my/ again at every save, with keys for hints");
  watch_command->add_option("lesson", watch_options.lesson,
                            "1, 01 or 01-print; by default the first that is not done");
  watch_command->add_flag("--poll", watch_options.poll,
                          "Read the file ten times a second: for network file systems, and "
                          "Windows folders in WSL");
  watch_command->callback([&] {
    action = [watch_options](Context& context) { return watch(context, watch_options); };
  });

  CLI::App* hint_command =
      add_exercise_command("hint", "Show the next of the three hints of an exercise", hint);

  SolutionArguments solution_options;
  CLI::App* solution_command = app.add_subcommand(
      "solution", "Show how the solution differs from yours, once yours is right");
  solution_command->add_option("lesson", solution_options.lesson, "1, 01 or 01-print");
  solution_command->add_flag("--spoil", solution_options.spoil, "Even before yours is right");
  solution_command->callback([&] {
    require_lesson(solution_options.lesson, "solution");
    action = [solution_options](Context& context) { return solution(context, solution_options); };
  });

  ResetArguments reset_options;
  CLI::App* reset_command =
      app.add_subcommand("reset", "Put the untouched starter back, and keep a copy of yours");
  reset_command->add_option("lesson", reset_options.lesson, "1, 01 or 01-print");
  reset_command->callback([&] {
    require_lesson(reset_options.lesson, "reset");
    reset_options.yes = assume_yes;
    action = [reset_options](Context& context) { return reset(context, reset_options); };
  });

  TestArguments test_options;
  CLI::App* test_command =
      app.add_subcommand("test", "Build and run the tests, all of them or those of one lesson");
  test_command->add_option("lesson", test_options.lesson, "1, 01 or 01-print");
  test_command->add_flag(
      "--real-time", test_options.real_time,
      "Run every program in real time: each run must agree with the simulated one");
  test_command->add_flag(
      "--all", test_options.everything,
      "Run what CI runs for each change; installs what that needs, and takes a while");
  test_command->callback(
      [&] { action = [test_options](Context& context) { return test(context, test_options); }; });

  ServerArguments server_options;
  CLI::App* server_command = app.add_subcommand(
      "server", "Start a real broker privately, print its address, and run it until Ctrl-C");
  server_command->add_option("name", server_options.name, "Without a name: list the brokers");
  server_command->callback([&] {
    action = [server_options](Context& context) { return server(context, server_options); };
  });

  SimulateArguments simulate_options;
  CLI::App* simulate_command = app.add_subcommand(
      "simulate", "Run any program in simulated time: what it prints when, and who waits");
  // (For the help: split_call has taken it.)
  std::string program;
  simulate_command->add_option("program", program,
                               "A path, or a name on PATH; all that follows is the program's");
  simulate_command
      ->add_option("--replay", simulate_options.replay,
                   "Also write a page with the run's timeline, such as run.html")
      ->type_name("FILE");
  simulate_command->add_flag("--force", simulate_options.force, "Write over that page");
  simulate_command
      ->add_option("--lane", simulate_options.lanes,
                   "A lane of the timeline, from each line that begins with BEGIN to the next "
                   "that begins with END; by default one for each first word")
      ->type_name("NAME=BEGIN,END")
      ->take_all()
      ->expected(1);
  simulate_command
      ->add_option("--limit", simulate_options.limit,
                   "The processor time it may use, in seconds; 60 by default")
      ->check(CLI::Range(1, 86400))
      ->type_name("SECONDS");
  simulate_command
      ->add_option("--patience", simulate_options.patience,
                   "How long it may print nothing, in seconds of simulated time; 3600 by default")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
      ->type_name("SECONDS");
  simulate_command->footer(
      "For instance: ./workbook simulate --replay run.html ./server --threads 4");
  simulate_command->callback([&] {
    simulate_options.call = arguments;
    action = [simulate_options](Context& context) { return simulate(context, simulate_options); };
  });

  SiteArguments site_options;
  CLI::App* site_command = app.add_subcommand("site", "Build the pages");
  site_command->add_flag("--book", site_options.book,
                         "And print all lessons as one PDF, with the browser that is installed");
  site_command->callback(
      [&] { action = [site_options](Context& context) { return site(context, site_options); }; });

  ServeArguments serve_options;
  CLI::App* serve_command = app.add_subcommand(
      "serve",
      "Build the pages and serve them to a browser on this machine, to read, run and check there");
  serve_command->add_option("--port", serve_options.port, "By default any free port")
      ->check(CLI::Range(0, 65535));
  bool as_built = false;
  serve_command->add_flag("--as-built", as_built, "The pages as they were built last");
  serve_command->callback([&] {
    serve_options.build = !as_built;
    action = [serve_options](Context& context) { return serve(context, serve_options); };
  });

  CLI::App* doctor_command =
      app.add_subcommand("doctor", "Show what this machine has and lacks, and how to fix it");
  doctor_command->callback([&] { action = doctor; });

  for (CLI::App* command : {run_command, start_command, check_command, watch_command, hint_command,
                            solution_command, reset_command, test_command, server_command,
                            simulate_command, site_command, serve_command, doctor_command}) {
    command->set_help_flag("-h,--help", "Show this help and stop");
  }

  // Checked before CLI11 does, because its message names all words but no command.
  if (!words.empty() && !words[0].starts_with("-") && !is_command(app, words[0])) {
    throw WrongCall(unknown_command(app, words[0]));
  }
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const std::string help = app.help();
    return [help](Context& context) { return show(context, help); };
  } catch (const CLI::CallForVersion& version) {
    const std::string text = std::string(version.what()) + "\n";
    return [text](Context& context) { return show(context, text); };
  } catch (const CLI::ParseError& error) {
    std::string message = error.what();
    while (message.ends_with('\n')) message.pop_back();
    throw WrongCall(fmt::format("{}{} See: ./workbook {}--help", message,
                                message.ends_with('.') ? "" : ".",
                                words.empty() || words[0].starts_with("-") ? "" : words[0] + " "));
  }
  if (!arguments.empty() && !run_command->parsed() && !simulates) {
    throw WrongCall("Only \"run\" and \"simulate\" take arguments for a program after \"--\".");
  }
  return action;
}

}  // namespace workbook

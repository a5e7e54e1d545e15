// The commands of ./workbook, one file each: command_NAME.cpp (those around
// an exercise are in command_check.cpp). Their options are in command_line.cpp. Each returns the
// exit status: 0, or 1 when a program, a check or a test failed. They throw WrongCall, Failure,
// Interrupted, OutputClosed and std::system_error, which main() turns into the others.
#pragma once

#include <asio/awaitable.hpp>
#include <string>
#include <vector>

#include "context.hpp"
#include "lessons.hpp"
#include "progress.hpp"

namespace workbook {

// Where the learner is: the lessons, and what to do next.
asio::awaitable<int> overview(Context& context);
// Its first part: the lessons, and how many of their exercises are done.
void show_lessons(Context& context, const std::vector<Lesson>& lessons, Progress& progress);

struct RunArguments {
  std::string lesson;
  std::string program;  // empty: sync, then async
  std::vector<std::string> arguments;
  bool fast = false;  // in simulated time
};
// Builds and runs a lesson's programs, and compares how long they took.
asio::awaitable<int> run(Context& context, RunArguments options);

struct ExerciseArguments {
  std::string lesson;  // empty: the first whose exercise is not done
};
// Copies the starter to the learner's file, but never overwrites their work.
asio::awaitable<int> start(Context& context, ExerciseArguments options);
// Builds, runs and judges the learner's file.
asio::awaitable<int> check(Context& context, ExerciseArguments options);

struct WatchArguments {
  std::string lesson;  // empty: the first whose exercise is not done
  bool poll = false;   // read the file repeatedly, without asking the system
};
// Checks the learner's file again at every save, and obeys single keys.
asio::awaitable<int> watch(Context& context, WatchArguments options);

// Shows the next of the three hints.
asio::awaitable<int> hint(Context& context, ExerciseArguments options);

struct SolutionArguments {
  std::string lesson;
  bool spoil = false;  // even before the exercise is done
};
// Shows how the solution differs from the learner's file.
asio::awaitable<int> solution(Context& context, SolutionArguments options);

struct ResetArguments {
  std::string lesson;
  bool yes = false;  // without asking
};
// Puts the untouched starter back, and keeps a copy of what was there.
asio::awaitable<int> reset(Context& context, ResetArguments options);

struct TestArguments {
  std::string lesson;  // empty: all
  bool real_time = false;
  bool everything = false;  // what CI runs, the browser included
};
// Builds everything and runs the tests.
asio::awaitable<int> test(Context& context, TestArguments options);

struct ServerArguments {
  std::string name;
};
// Starts one of the servers in tools/servers, and runs it until Ctrl-C.
asio::awaitable<int> server(Context& context, ServerArguments options);

struct SimulateArguments {
  std::vector<std::string> call;  // the program, as a path or a name on PATH, and its arguments
  std::string replay;             // the page to write; empty without one
  bool force = false;             // over what is there
  std::vector<std::string> lanes;
  int limit = 60;       // of processor time, in seconds
  int patience = 3600;  // how long it may print nothing, in simulated seconds
};
// Runs any program in simulated time, and says when it printed what and who waited. Returns the
// program's own exit status; 128 and its number when a signal has ended it; 124 when it is stuck,
// silent or endless; 2, like a wrong call, when it cannot be simulated.
asio::awaitable<int> simulate(Context& context, SimulateArguments options);

struct SiteArguments {
  bool book = false;  // all lessons as one PDF, too
};
// Builds the pages into the build folder, and the book beside them.
asio::awaitable<int> site(Context& context, SiteArguments options);

struct ServeArguments {
  int port = 0;       // 0: a free one
  bool build = true;  // the pages; otherwise serve them as last built
};
// Builds the pages, serves them on loopback, and does what they ask for, until Ctrl-C.
asio::awaitable<int> serve(Context& context, ServeArguments options);

// Shows what is installed and what works, and how to fix what does not.
asio::awaitable<int> doctor(Context& context);

}  // namespace workbook

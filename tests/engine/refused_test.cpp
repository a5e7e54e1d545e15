// The checks are checked: each program in tests/engine/refused must be refused, with its own
// message. All of them should print First at once, and Second and Third after one second.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "expectation_files.hpp"
#include "fault.hpp"
#include "places.hpp"
#include "run_now.hpp"

using namespace workbook;

namespace {

std::set<std::string> judged;

// The first line of the fault found in the program.
std::string cause(const std::string& program) {
  judged.insert(program);
  const auto folder = source_folder / "tests" / "engine" / "refused";
  RunOptions options;
  options.cpu_limit = std::chrono::seconds(1);
  options.output_limit = 1 << 20;
  const ProgramRun run =
      simulate_now(build_folder / "tests" / "engine" / "refused" / program, clock_library, options);
  const std::string fault = fault_of(run, load_expectation(folder, "times"));
  return fault.substr(0, fault.find('\n'));
}

}  // namespace

TEST_SUITE_BEGIN("refused");

TEST_CASE("each is refused with its own message") {
  CHECK(cause("wrong_line") == "It did not print what was expected.");
  CHECK(cause("line_missing") == "It printed 1 line too few.");
  CHECK(cause("late") ==
        "The lines are right, but their times are not: line 2, \"Second\", came after 2.000s of "
        "simulated time, expected after 1.000s.");
  CHECK(cause("ends_late") ==
        "The lines are right, but the program took 2.000s of simulated time, expected 1.000s.");
  const std::string crash = cause("crash");
  const std::string_view sanitizers = WORKBOOK_SANITIZE;
  CAPTURE(crash);
  if (sanitizers.empty()) {
    CHECK(crash == "It was killed by SIGSEGV (Segmentation fault).");
  } else if (sanitizers == "thread") {
    CHECK(crash.starts_with("ThreadSanitizer: SEGV on unknown address"));
  } else {
    // The two compilers name different sanitizers here.
    CHECK((crash.starts_with("UndefinedBehaviorSanitizer: store to null pointer") ||
           crash.starts_with("AddressSanitizer: SEGV on unknown address")));
  }
  CHECK(cause("aborts") == "It was killed by SIGTERM (Terminated).");
  CHECK(cause("is_killed") == "It was killed by SIGKILL (Killed).");
  CHECK(cause("exit_status") == "It ended with exit status 3.");
  CHECK(cause("throws") ==
        "An uncaught exception ended it: std::runtime_error: the kettle is empty.");
  CHECK(cause("hang") ==
        "It used 1 s of processor time and had not come to an end: an endless loop?");
  CHECK(cause("chatters") == "It printed more than 1 MB: an endless loop?");
  CHECK(cause("writes") == "It wrote more than 1 MB into a file: an endless loop?");
  CHECK(cause("circles") ==
        "It waited or printed so often that the record of its run is full: an endless loop?");
  CHECK(cause("deadlock").find("It printed nothing for an hour of simulated time") == 0);
  CHECK(cause("locks_twice") ==
        "It is stuck: it waits for a lock or an event, and nothing is left that could release it.");

  for (const auto& entry :
       std::filesystem::directory_iterator(source_folder / "tests" / "engine" / "refused")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string program = entry.path().stem();
    CHECK_MESSAGE(judged.contains(program),
                  fmt::format("tests/engine/refused/{}.cpp is not judged.", program));
  }
}

TEST_SUITE_END();

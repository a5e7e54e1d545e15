// The very first `./workbook run NN`. The script has compiled the lesson's two programs and this
// one, in seconds; the whole command, which takes minutes, is built while the learner reads the
// output. From then on command_run.cpp does this.
//   first_run CHECKOUT LESSON FOLDER     FOLDER: where the programs are
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <system_error>
#include <vector>

#include "console.hpp"
#include "lessons.hpp"
#include "process_end.hpp"
#include "run_report.hpp"

namespace {

using namespace workbook;
using std::chrono::steady_clock;

struct TimedRun {
  ProcessEnd end;
  Seconds total{};
};

// The program runs on our own terminal: a Ctrl-C ends it, and we see that.
TimedRun run(const std::filesystem::path& program) {
  const auto start = steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    ::execl(program.c_str(), program.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  TimedRun result;
  result.total = steady_clock::now() - start;
  if (WIFEXITED(status)) result.end.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.end.signal = WTERMSIG(status);
  return result;
}

int run_both(Console& console, const Lesson& lesson, const std::filesystem::path& folder) {
  std::vector<TimedRun> runs;
  for (const char* program : {"sync", "async"}) {
    if (!runs.empty()) console.print("\n");
    show_heading(console, lesson.name, program);
    runs.push_back(run(folder / program));
    const TimedRun& latest = runs.back();
    if (latest.end.signal == SIGINT) return 128 + SIGINT;
    show_total(console, latest.total, false);
    if (!latest.end.succeeded()) {
      console.say(fmt::format("{} {}.", program, latest.end.describe()), Style::red);
      return 1;
    }
  }
  show_comparison(console, runs[0].total, runs[1].total);
  show_other_programs(console, lesson);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  Console console;
  try {
    if (count != 4) throw WrongCall("first_run CHECKOUT LESSON FOLDER");
    ::signal(SIGINT, [](int) {});  // meant for the program, which would inherit SIG_IGN
    return run_both(console, choose_lesson(find_lessons(words[1]), words[2]), words[3]);
  } catch (const OutputClosed&) {
    return 128 + SIGPIPE;
  } catch (const std::exception& error) {
    console.complain(error.what());
    return 2;
  }
}

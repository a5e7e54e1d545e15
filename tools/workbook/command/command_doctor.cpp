#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <asio/version.hpp>

#include "build.hpp"
#include "commands.hpp"
#include "lessons.hpp"
#include "run_program.hpp"

namespace workbook {
namespace {

// The first line a command prints; empty when it cannot be run.
asio::awaitable<std::string> first_line(Context& context, std::vector<std::string> command) {
  std::string output;
  const ChildProcess::OnOutput on_output = [&output](std::string_view text) { output += text; };
  try {
    const ProcessOptions options;
    co_await context.supervisor.run(command, options, on_output);
  } catch (const std::system_error&) {
    co_return "";
  }
  co_return output.substr(0, output.find('\n'));
}

std::vector<std::string> version_of(const std::string& program) {
  return {program, "--version"};
}

class Table {
 public:
  explicit Table(Console& console) : console_(console) {}
  void add(std::string_view name, std::string_view text, bool good = true) {
    constexpr int indent = 16;
    console_.print(fmt::format("{:<{}}", name, indent));
    console_.print(console_.styled(good ? Style::plain : Style::red,
                                   indented(text, console_.width(), indent)) +
                   "\n");
    good_ = good_ && good;
  }
  bool good() const { return good_; }

 private:
  Console& console_;
  bool good_ = true;
};

std::string asio_version() {
  return fmt::format("{}.{}.{}", ASIO_VERSION / 100000, ASIO_VERSION / 100 % 1000,
                     ASIO_VERSION % 100);
}

std::string fmt_version() {
  return fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

bool has_terminals() {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  const bool works = ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0;
  ::close(terminal);
  return works;
}

bool has_pidfd() {
#ifdef SYS_pidfd_open
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
  if (process >= 0) ::close(process);
  return process >= 0;
#else
  return false;
#endif
}

// Empty when simulated time works, otherwise the reason why not.
asio::awaitable<std::string> try_simulated_time(Context& context) {
  const std::vector<Lesson> lessons = find_lessons(context.checkout);
  const Lesson& lesson = lessons.front();
  try {
    std::vector<std::string> targets;
    targets.push_back(lesson.name + ".sync");
    targets.push_back("virtual_time");
    co_await build(context, lesson.name + " and the simulated clock", targets);
    std::string failure;
    const auto program = context.lesson_program(lesson.name, "sync");
    const auto library = context.virtual_time();
    const RunOptions options;
    const auto simulation = [&]() -> asio::awaitable<void> {
      const ProgramRun run = co_await simulate(program, library, options);
      failure = run.failure;
    };
    co_await context.supervisor.interruptible(simulation());
    co_return failure;
  } catch (const Failure& failure) {
    co_return failure.what();
  } catch (const std::system_error& error) {
    co_return error.what();
  }
}

}  // namespace

asio::awaitable<int> doctor(Context& context) {
  Table table(context.console);
  const std::string compiler = cache_entry(context, "CMAKE_CXX_COMPILER");
  const std::string compiler_version = co_await first_line(context, version_of(compiler));
  table.add("compiler", compiler_version.empty() ? compiler + " does not run" : compiler_version,
            !compiler_version.empty());
  const std::string cmake = co_await first_line(context, version_of("cmake"));
  table.add("CMake", cmake.empty() ? "cmake does not run" : cmake, !cmake.empty());
  const std::string ninja = co_await first_line(context, version_of("ninja"));
  table.add("Ninja", ninja.empty() ? "ninja does not run" : ninja, !ninja.empty());
  table.add("Asio", asio_version());
  table.add("fmt", fmt_version());
  table.add("doctest", WORKBOOK_DOCTEST_VERSION);

  std::error_code error;
  const auto space = std::filesystem::space(context.build, error);
  const auto free_megabytes = error ? 0 : space.available / 1'000'000;
  constexpr std::uintmax_t needed_megabytes = 500;
  table.add("build folder", context.build.string());
  table.add("free there",
            fmt::format("{:.1f} GB{}", static_cast<double>(free_megabytes) / 1000,
                        free_megabytes < needed_megabytes
                            ? fmt::format("; a full build takes {} MB", needed_megabytes)
                            : ""),
            free_megabytes >= needed_megabytes);
  table.add("terminals",
            has_terminals() ? "pseudo-terminals can be opened"
                            : "no pseudo-terminal can be opened: is /dev/pts mounted?",
            has_terminals());
  table.add("pidfd", has_pidfd() ? "there" : "not there; SIGCHLD is used instead");
  const std::string simulation = co_await try_simulated_time(context);
  table.add("simulated time", simulation.empty() ? "works" : simulation, simulation.empty());
  context.console.print("\n");
  context.console.say(table.good() ? "All is well."
                                   : "See the lines in red, or those with a reason.");
  co_return table.good() ? 0 : 1;
}

}  // namespace workbook

// Lesson 35's programs where the system forbids what they use: one line on stderr, and no failure.
#include <doctest/doctest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>

#include "forbid.hpp"
#include "lesson_run.hpp"
#include "places.hpp"
#include "run_now.hpp"

using namespace workbook;

namespace {

const auto folder = build_folder / "lessons" / "35-backends";

RunSettings settings_of(const std::string& program) {
  return load_run_settings(source_folder / "lessons" / "35-backends", program);
}

}  // namespace

TEST_CASE("io_uring is refused") {
  if (!std::filesystem::exists(folder / "async_uring")) return;  // liburing is missing
  for (const auto& [error, words] :
       {std::pair{EPERM, "Operation not permitted"}, {ENOSYS, "Function not implemented"}}) {
    ProgramRun run;
    std::thread([&, error = error] {
      forbid(SYS_io_uring_setup, error);
      run = run_in_real_time_now(folder / "async_uring");
    }).join();
    CHECK(run.failure == "");
    CHECK(run.errors == std::string("No io_uring: io_uring_queue_init: ") + words + ".\n");
    CHECK(was_refused(settings_of("async_uring"), run));
  }
}

TEST_CASE("any other failure is one") {
  RunOptions options;
  options.arguments = {"-c", "ulimit -n 4; exec \"$0\"", folder / "async"};
  const ProgramRun run = run_in_real_time_now("/bin/sh", options);
  CHECK(run.failure.find("exit status 1") != std::string::npos);
  CHECK(run.errors.ends_with(": Too many open files.\n"));
}

TEST_CASE("1300 descriptors are refused") {
  RunOptions options;
  options.arguments = {"-c", "ulimit -n 1000; exec \"$0\"", folder / "async_select_full"};
  const ProgramRun run = run_in_real_time_now("/bin/sh", options);
  CHECK(run.failure == "");
  CHECK(was_refused(settings_of("async_select_full"), run));
}

#include "run_now.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <exception>
#include <utility>

#include "caught.hpp"

namespace workbook {
namespace {

template <class Run>
Run on_own_loop(asio::awaitable<Run> work) {
  asio::io_context loop;
  Run result;
  std::exception_ptr failure;
  asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error, Run run) {
    failure = error;
    result = std::move(run);
    // A server's unfinished work ends with the loop.
    loop.stop();
  });
  loop.run();
  rethrow(failure);
  return result;
}

}  // namespace

ProgramRun simulate_now(const std::filesystem::path& program, const std::filesystem::path& library,
                        const RunOptions& options) {
  return on_own_loop(simulate(program, library, options));
}

ProgramRun run_in_real_time_now(const std::filesystem::path& program, const RunOptions& options) {
  return on_own_loop(run_in_real_time(program, options));
}

LessonRun run_lesson_now(const RunSettings& settings, const std::filesystem::path& program,
                         const std::filesystem::path& folder, const std::filesystem::path& build) {
  return on_own_loop(run_lesson(settings, program, folder, build, run_in_real_time, {}));
}

}  // namespace workbook

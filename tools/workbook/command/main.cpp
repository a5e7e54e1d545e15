// ./workbook, once the script of that name has found or built what it needs.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "build.hpp"
#include "command_line.hpp"
#include "lessons.hpp"

namespace {

using namespace workbook;

// Goes to the script and comes back from it, so that it tries only once.
constexpr const char* packages_to_install = "WORKBOOK_PACKAGES";

// Set by the script; our children have no use for it.
std::filesystem::path take_folder(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    throw Failure(fmt::format("{} is not set: start the command as ./workbook.", name));
  }
  const std::filesystem::path folder = value;
  ::unsetenv(name);
  return folder;
}

asio::awaitable<int> command(Context& context, std::vector<std::string> words) {
  const Action action = read_command_line(words);
  co_return co_await action(context);
}

// Starts again with the script, which installs the named packages and calls us with the same words.
// Returns only if the script is gone.
void install_and_begin_again(const std::filesystem::path& checkout, const std::string& packages,
                             const std::vector<std::string>& words) {
  const std::string script = checkout / "workbook";
  std::vector<char*> command{const_cast<char*>(script.c_str())};
  for (const std::string& word : words) command.push_back(const_cast<char*>(word.c_str()));
  command.push_back(nullptr);
  ::setenv(packages_to_install, packages.c_str(), 1);
  ::signal(SIGPIPE, SIG_DFL);  // apt and its children would inherit SIG_IGN
  ::execv(script.c_str(), command.data());
  ::signal(SIGPIPE, SIG_IGN);
}

int run_command(Console& console, const std::vector<std::string>& words) {
  const std::filesystem::path checkout = take_folder("WORKBOOK_CHECKOUT");
  const std::filesystem::path build = take_folder("WORKBOOK_BUILD");
  const bool tried_to_install = std::getenv(packages_to_install) != nullptr;
  ::unsetenv(packages_to_install);

  asio::io_context loop;
  Supervisor supervisor(loop.get_executor());
  Context context{checkout, build, console, supervisor};
  int status = 0;
  std::exception_ptr failure;
  asio::cancellation_signal end;
  const auto ended = [&](std::exception_ptr error, int result) {
    if (!failure) failure = error;
    status = result;
    loop.stop();
  };
  asio::co_spawn(loop, command(context, words), asio::bind_cancellation_slot(end.slot(), ended));
  try {
    loop.run();
  } catch (...) {
    // A task beside the command has failed. The command must end before the objects that it uses.
    failure = std::current_exception();
    end.emit(asio::cancellation_type::terminal);
    loop.run();
  }
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const PackagesMissing& missing) {
    if (!tried_to_install) install_and_begin_again(checkout, missing.packages(), words);
    throw;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  // If a standard stream is closed, the next file that we open would take its place.
  while (true) {
    const int descriptor = ::open("/dev/null", O_RDWR);
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      break;
    }
    if (descriptor < 0) break;
  }
  // write() reports a reader that has gone instead, so that children are ended first.
  ::signal(SIGPIPE, SIG_IGN);

  Console console;
  try {
    return run_command(console, {argv + 1, argv + argc});
  } catch (const Interrupted& interrupted) {
    console.done();
    return 128 + interrupted.signal();
  } catch (const OutputClosed&) {
    return 128 + SIGPIPE;
  } catch (const WrongCall& wrong) {
    console.complain(wrong.what());
    return 2;
  } catch (const std::exception& error) {
    console.complain(sentence_of(error));
    return 1;
  }
}

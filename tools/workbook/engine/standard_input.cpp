#include "standard_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <string>
#include <system_error>

#include "descriptor.hpp"
#include "memory_file.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category(), "The input could not be handed on");
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0) fail();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void become_standard_input(int file) {
  if (::dup2(file, STDIN_FILENO) < 0) fail();
}

// A pipe that holds all of `text` and has no writer; false if it is too large.
bool become_pipe(const std::string& text) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail();
  const Descriptor out(ends[0]);
  const Descriptor in(ends[1]);
  constexpr std::size_t usual = 65536;
  if (text.size() > usual && ::fcntl(in.get(), F_SETPIPE_SZ, static_cast<int>(text.size())) < 0) {
    return false;
  }
  write_all(in.get(), text);
  become_standard_input(out.get());
  return true;
}

void become_file(const std::string& text) {
  const MemoryFile file("stdin");
  write_all(file.descriptor(), text);
  // (A position of its own, at the beginning.)
  const Descriptor reader(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (reader.get() < 0) fail();
  become_standard_input(reader.get());
}

}  // namespace

asio::awaitable<void> gather_standard_input(Console& console) {
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) != 0) co_return;
  if (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode)) co_return;

  const auto executor = co_await asio::this_coro::executor;
  asio::posix::stream_descriptor input(executor);
  Descriptor copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (copy.get() < 0) fail();
  give(copy, input);
  asio::steady_timer patience(executor, 1s);
  patience.async_wait([&console](std::error_code error) {
    if (error) return;
    console.complain(
        "Reading the input to its end: in simulated time all of it is there from the start. "
        "(Without input: </dev/null)");
  });
  std::string text;
  std::array<char, 65536> buffer;
  asio::error_code error;
  while (!error) {
    const std::size_t size = co_await input.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    text.append(buffer.data(), size);
  }
  patience.cancel();
  if (error == asio::error::operation_aborted) throw std::system_error(error);
  constexpr std::size_t largest_pipe = 1 << 20;
  if (text.size() > largest_pipe || !become_pipe(text)) become_file(text);
}

}  // namespace workbook

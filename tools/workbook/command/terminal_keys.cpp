#include "terminal_keys.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <string_view>

#include "descriptor.hpp"

namespace workbook {
namespace {

// A process that sets a terminal from the background is stopped, and may get a signal to end just
// then.
bool in_background() {
  const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);
  return foreground > 0 && foreground != ::getpgrp();
}

// The typed characters, without the keys that send several bytes: Escape and one more, "Escape O"
// and one more, or "Escape [", some non-letters, and a letter. A terminal sends them all at once.
std::string without_sequences(std::string_view typed) {
  constexpr char escape = '\x1b';
  std::string keys;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i] != escape) {
      keys += typed[i];
      continue;
    }
    const std::string_view rest = typed.substr(i + 1);
    const bool long_one = rest.starts_with('[');
    i += long_one || rest.starts_with('O') ? 2 : 1;
    while (long_one && i < typed.size() && (typed[i] < '@' || typed[i] > '~')) ++i;
  }
  return keys;
}

}  // namespace

bool TerminalKeys::can_be_read() {
  return ::isatty(STDIN_FILENO) == 1;
}

TerminalKeys::TerminalKeys(asio::any_io_executor executor, Supervisor& supervisor)
    : supervisor_(supervisor), terminal_(executor) {
  Descriptor copy(::dup(STDIN_FILENO));
  give(copy, terminal_);
  resume();
  supervisor_.before_stop([this] { restore(); });
}

TerminalKeys::~TerminalKeys() {
  supervisor_.before_stop({});
  restore();
}

void TerminalKeys::resume() {
  termios settings;
  if (in_background() || ::tcgetattr(STDIN_FILENO, &settings) != 0) return;
  if (!before_) before_ = settings;
  settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

void TerminalKeys::restore() {
  if (before_ && !in_background()) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
  before_.reset();
}

asio::awaitable<char> TerminalKeys::next() {
  while (typed_.empty()) {
    // This only waits, so that the terminal, which other programs also use, stays in blocking mode.
    co_await terminal_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    if (::poll(&ready, 1, 0) != 1) continue;
    std::array<char, 64> bytes;
    const ssize_t size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) throw Interrupted(SIGHUP);
    typed_ = without_sequences({bytes.data(), static_cast<std::size_t>(size)});
  }
  const char key = typed_.front();
  typed_.erase(0, 1);
  co_return key;
}

}  // namespace workbook

#include "console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace workbook {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

winsize terminal_size(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

// `text` broken into lines, the first of which begins at `column` and the others at `indent`.
std::string broken(std::string_view text, int width, int column, int indent) {
  std::string result;
  bool first_word = true;
  while (!text.empty()) {
    const auto length = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, length);
    if (!first_word && column + 1 + columns(word) > width && !word.empty()) {
      result += "\n" + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (!first_word) {
      result += ' ';
      ++column;
    }
    result += word;
    column += columns(word);
    first_word = false;
    text.remove_prefix(length);
    if (text.empty()) break;
    if (text.front() == '\n') {
      result += '\n';
      column = 0;
      first_word = true;
    }
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace

Console::Console()
    : errors_on_terminal_(::isatty(STDERR_FILENO) == 1),
      has_screen_(::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb"),
      colours_(has_screen_ && variable("NO_COLOR").empty()) {}

int Console::width() const {
  int width = terminal_size(STDOUT_FILENO).ws_col;
  if (width <= 0) width = terminal_size(STDERR_FILENO).ws_col;
  if (width <= 0) width = std::atoi(variable("COLUMNS").c_str());
  return width > 0 ? std::max(width, 20) : 80;
}

std::string Console::styled(Style style, std::string_view text) const {
  if (!colours_ || style == Style::plain) return std::string(text);
  static constexpr std::string_view codes[] = {"", "1", "2", "32", "31"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<int>(style)], text);
}

void Console::new_screen() {
  if (!has_screen_) return;
  print(std::string(terminal_size(STDOUT_FILENO).ws_row, '\n'));
  clear_screen();
}

void Console::clear_screen() {
  // (Some terminals implement 2J, "erase all of the screen", by scrolling it out of sight.)
  print("\x1b[H\x1b[J");
}

void Console::print(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return;
  if (errno == EPIPE || errno == EIO) throw OutputClosed();
  throw std::system_error(errno, std::generic_category(), "Standard output could not be written");
}

void Console::say(std::string_view text, Style style) {
  print(styled(style, wrapped(text, width())) + "\n");
}

void Console::complain(std::string_view text) {
  done();
  write_all(STDERR_FILENO, wrapped(text, width()) + "\n");
}

void Console::print_errors(std::string_view text) {
  done();
  write_all(STDERR_FILENO, text);
}

void Console::progress(std::string_view what, std::string_view detail) {
  if (errors_on_terminal_) {
    std::string line = fmt::format("{} {}", what, detail);
    // A line that reaches the edge would wrap, and its first part could not be rewritten.
    const auto room = static_cast<std::size_t>(width() - 1);
    if (line.size() > room) line.resize(room);
    write_all(STDERR_FILENO, "\r" + line + "\x1b[K");
  } else if (progress_ != what) {
    write_all(STDERR_FILENO, wrapped(fmt::format("{} …", what), width()) + "\n");
  }
  progress_ = what;
}

void Console::done() {
  if (errors_on_terminal_ && !progress_.empty()) write_all(STDERR_FILENO, "\r\x1b[K");
  progress_.clear();
}

int columns(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string wrapped(std::string_view text, int width) {
  return broken(text, width, 0, 0);
}

std::string indented(std::string_view text, int width, int indent) {
  return broken(text, width, indent, indent);
}

}  // namespace workbook

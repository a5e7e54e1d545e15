// Keys typed on our terminal, one by one and without Enter.
#pragma once

#include <termios.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>

#include "supervisor.hpp"

namespace workbook {

// As long as it lives the terminal hands on each key at once and does not show it. Before Ctrl-Z
// stops us it becomes what it was.
class TerminalKeys {
 public:
  // Whether standard input is a terminal.
  static bool can_be_read();

  TerminalKeys(asio::any_io_executor executor, Supervisor& supervisor);
  ~TerminalKeys();
  TerminalKeys(const TerminalKeys&) = delete;
  TerminalKeys& operator=(const TerminalKeys&) = delete;

  // To be called when we go on after we were stopped.
  void resume();

  // The next key; of those that send several bytes, such as arrows, none. Throws Interrupted when
  // the terminal has gone.
  asio::awaitable<char> next();

 private:
  void restore();

  Supervisor& supervisor_;
  asio::posix::stream_descriptor terminal_;
  std::optional<termios> before_;  // while the terminal is as we want it
  std::string typed_;              // and not handed on yet
};

}  // namespace workbook

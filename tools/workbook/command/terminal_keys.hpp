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

// While this object lives, the terminal delivers each key at once and does not echo it. Before
// Ctrl-Z stops us, its settings are restored.
class TerminalKeys {
 public:
  // Whether standard input is a terminal.
  static bool can_be_read();

  TerminalKeys(asio::any_io_executor executor, Supervisor& supervisor);
  ~TerminalKeys();
  TerminalKeys(const TerminalKeys&) = delete;
  TerminalKeys& operator=(const TerminalKeys&) = delete;

  // To be called when we continue after a stop.
  void resume();

  // The next key; keys that send several bytes, such as arrows, are skipped. Throws Interrupted
  // when the terminal has gone.
  asio::awaitable<char> next();

 private:
  void restore();

  Supervisor& supervisor_;
  asio::posix::stream_descriptor terminal_;
  std::optional<termios> before_;  // while our settings are in force
  std::string typed_;              // and not yet delivered
};

}  // namespace workbook

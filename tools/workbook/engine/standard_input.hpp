// Our standard input, for a program whose time is simulated.
#pragma once

#include <asio/awaitable.hpp>

#include "console.hpp"

namespace workbook {

// In simulated time a program does not wait for what another one is about to write: all of it is
// there from the start. So what comes through a pipe or a socket is read to its end, and takes the
// pipe's place; a terminal and a file stay as they are. What is too large for a pipe (a megabyte)
// becomes a file. Says so on `console` if the end does not come at once. Throws std::system_error.
asio::awaitable<void> gather_standard_input(Console& console);

}  // namespace workbook

// Notices a program that really waits although its time is simulated.
#pragma once

#include <sys/types.h>

#include <asio/awaitable.hpp>
#include <string>

namespace workbook {

// Returns, with the cause, when the process has slept for half a second of real time without being
// woken: in simulated time no thread really sleeps.
asio::awaitable<std::string> watch_for_real_wait(pid_t process);

}  // namespace workbook

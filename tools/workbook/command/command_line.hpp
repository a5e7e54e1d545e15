// The command line: which command is meant, with which options.
#pragma once

#include <asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "context.hpp"

namespace workbook {

using Action = std::function<asio::awaitable<int>(Context&)>;

// What the words after ./workbook mean. --help and --version are actions as well. Throws WrongCall.
Action read_command_line(const std::vector<std::string>& words);

}  // namespace workbook

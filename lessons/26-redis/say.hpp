// Several processes write to one output: line by line.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <utility>

template <typename... Values>
void say(fmt::format_string<Values...> text, Values&&... values) {
  fmt::print(text, std::forward<Values>(values)...);
  std::fflush(stdout);
}

// The names that the programs of this lesson use in Redis, and
// how a day ends.
#pragma once

#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

#include "reply.hpp"
#include "say.hpp"

inline constexpr const char* orders = "workbook:orders";
inline constexpr const char* served = "workbook:served";

// `numbers` is a list.
inline void print_served(const redis::Reply& numbers) {
  std::vector<std::string_view> texts;
  for (const redis::Reply& number : numbers.items) {
    texts.push_back(number.text);
  }
  say("Served: {}\n", fmt::join(texts, ", "));
}

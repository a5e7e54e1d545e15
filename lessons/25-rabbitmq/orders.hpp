// What is ordered, how long it takes to cook, and the queue that
// holds the orders.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "../22-echo-server/print_line.hpp"

inline constexpr const char* queue = "orders";
inline constexpr std::array<std::string_view, 4> dishes{
    "soup", "roast", "salad", "cake"};

inline std::chrono::milliseconds cooking_time(
    std::string_view dish) {
  using std::chrono::milliseconds;
  if (dish == "soup") return milliseconds(1000);
  if (dish == "roast") return milliseconds(1800);
  if (dish == "salad") return milliseconds(500);
  return milliseconds(900);
}

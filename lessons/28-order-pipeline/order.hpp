// An order, as the customer sends it and as it travels through
// the queue: "7 kettle". The customer chooses the number.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

struct Order {
  int number = 0;
  std::string item;
};

inline std::string text_of(const Order& order) {
  return fmt::format("{} {}", order.number, order.item);
}

// Nothing, if it is not an order. Input from others is checked.
inline std::optional<Order> parse_order(std::string_view text) {
  Order order;
  const char* end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data(), end, order.number);
  if (error != std::errc{} || order.number < 1) return {};
  if (stop == end || *stop != ' ') return {};
  order.item.assign(stop + 1, end);
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '-';
  };
  const auto& item = order.item;
  if (item.empty() || item.size() > 40 ||
      !std::all_of(item.begin(), item.end(), is_letter)) {
    return {};
  }
  return order;
}

// What is ordered, and how long it takes to pack it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

struct ShopOrder {
  std::string customer;
  std::string goods;
};

inline const ShopOrder shop_orders[] = {
    {"Ben", "Tea"},  {"Cleo", "Nuts"}, {"Ida", "Rice"},
    {"Ben", "Milk"}, {"Cleo", "Figs"}, {"Ida", "Peas"}};

inline std::chrono::milliseconds time_to_pack(
    std::string_view customer) {
  using namespace std::chrono_literals;
  if (customer == "Ben") return 500ms;
  if (customer == "Cleo") return 1500ms;
  return 2s;
}

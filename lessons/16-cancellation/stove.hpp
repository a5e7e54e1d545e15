// A stove that cannot be left on. Look at what turns it off.
#pragma once

#include <fmt/core.h>

#include <string_view>

class Stove {
 public:
  explicit Stove(std::string_view dish) : dish_(dish) {
    fmt::print("Stove on: {}\n", dish_);
  }
  ~Stove() { fmt::print("Stove off: {}\n", dish_); }
  Stove(const Stove&) = delete;
  Stove& operator=(const Stove&) = delete;

 private:
  std::string_view dish_;
};

// Four names, their addresses, and how slow the name server
// is to answer.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace dns {

struct Record {
  std::string_view name;
  std::string_view address;
  std::chrono::milliseconds latency{};  // before the answer
  int lost = 0;         // this many answers get lost
  bool forged = false;  // a stranger answers first
};

// (Reserved for examples: no machine has these names or
// addresses.)
inline constexpr std::array<Record, 4> suppliers{{
    {"bakery.example", "192.0.2.1",
     std::chrono::milliseconds(400)},
    {"dairy.example", "192.0.2.2",
     std::chrono::milliseconds(300)},
    {"fishery.example", "192.0.2.3",
     std::chrono::milliseconds(200)},
    {"orchard.example", "192.0.2.4",
     std::chrono::milliseconds(100)},
}};

}  // namespace dns

// Ten pictures to download, and how long each of them takes.
// Altogether that is 8 seconds.
#pragma once

#include <chrono>
#include <string_view>

struct Picture {
  std::string_view name;
  std::chrono::milliseconds time;
};

inline constexpr Picture pictures[] = {
    {"harbour", std::chrono::milliseconds(1200)},
    {"bridge", std::chrono::milliseconds(200)},
    {"market", std::chrono::milliseconds(600)},
    {"gate", std::chrono::milliseconds(300)},
    {"panorama", std::chrono::milliseconds(2000)},
    {"church", std::chrono::milliseconds(700)},
    {"station", std::chrono::milliseconds(1100)},
    {"fountain", std::chrono::milliseconds(400)},
    {"theatre", std::chrono::milliseconds(1000)},
    {"lamp", std::chrono::milliseconds(500)},
};

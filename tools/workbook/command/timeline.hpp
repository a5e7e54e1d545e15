// The timeline of a simulated run as a page: lanes with bars, from the lines that were printed, and
// the lines themselves.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// From a line that starts with `begin` to the next one that starts with `end`; again and again.
struct LaneRule {
  std::string name;
  std::string begin;
  std::string end;
};

// "tea=Boil,Tea" is the lane "tea". Throws WrongCall, with a sentence, for anything else.
LaneRule parse_lane(const std::string& text);

struct Bar {
  std::chrono::nanoseconds begin;
  std::chrono::nanoseconds end;
};

struct TimelineLane {
  std::string name;
  std::vector<Bar> bars;
  std::vector<std::chrono::nanoseconds> ticks;  // at which its lines were printed
};

struct Timeline {
  std::string title;  // the program and its arguments
  std::string how;    // it ended, as sentences
  std::vector<PrintedLine> lines;
  std::chrono::nanoseconds total{};
  std::vector<TimelineLane> lanes;
};

// The lanes of these rules; without rules one for each word with which lines begin. A bar without
// an end lasts until `total`. Throws WrongCall when a rule fits no line.
std::vector<TimelineLane> make_lanes(const std::vector<LaneRule>& rules,
                                     const std::vector<PrintedLine>& lines,
                                     std::chrono::nanoseconds total);

// One file in HTML that needs no other. Bytes that are no UTF-8 are shown as U+FFFD.
std::string timeline_page(const Timeline& timeline);

}  // namespace workbook

// What `./workbook run` prints around the programs' output: the headings, how long each took, which
// was shorter. It does without Asio, so that the very first run need not wait until Asio is
// compiled.
#pragma once

#include <chrono>
#include <string>

#include "console.hpp"
#include "lessons.hpp"

namespace workbook {

using Seconds = std::chrono::duration<double>;

// Before a run that keeps the learner waiting for long: `call` does not.
void offer_fast(Console& console, Seconds total, const std::string& call);

void show_heading(Console& console, const std::string& lesson, const std::string& program);
void show_total(Console& console, Seconds total, bool simulated);

// Which of the two was shorter, and by how much.
void show_comparison(Console& console, Seconds sync, Seconds async);

// What the lesson has besides sync and async, if anything.
void show_other_programs(Console& console, const Lesson& lesson);

}  // namespace workbook

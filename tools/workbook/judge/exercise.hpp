// A lesson's exercise: what its exercise.json says.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace workbook {

// Something that takes time: from a line that begins with `begin` to one that begins with `end`.
struct Span {
  std::string begin;
  std::string end;

  // A name for it, from the words that both have in common: "kettle" of "Start kettle" and "End
  // kettle".
  std::string name() const;
};

struct Exercise {
  std::string task;
  std::string starter_fails;  // the first sentences about the untouched starter
  bool may_sleep = false;     // whether the main thread may
  bool may_start_threads = false;
  std::chrono::nanoseconds
      must_hold{};            // how long a thread is held at least, by what stands for work
  std::vector<Span> overlap;  // at some point in time, each overlaps with each
  std::vector<std::string> hints;
  std::map<std::string, std::string> wrong;  // wrong answers, and the first sentences about them
};

// Reads the text of an exercise.json. Throws std::runtime_error, with a sentence that calls it
// `path`, when it is malformed.
Exercise parse_exercise(const std::string& text, const std::string& path);

}  // namespace workbook

// A lesson's exercise: what its exercise.json says.
#pragma once

#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// What a program does once for each thing: lines with these words, followed by the thing's name.
struct Once {
  std::string words;  // "Booked"
  std::string thing;  // "Deposit"
  std::string has;    // "booking"
};

// What shows in an answer's text that the answer misses the point, although its run does not.
struct InText {
  std::vector<std::string> words;  // all of them are counted
  int least = 0;
  int most = std::numeric_limits<int>::max();
  std::string otherwise;  // what to say, as the end of a sentence
};

struct Exercise {
  std::string task;
  std::string starter_fails;  // the first sentences about the untouched starter
  bool may_sleep = false;     // whether the main thread may
  bool may_start_threads = false;
  std::chrono::nanoseconds
      must_hold{};            // how long a thread is held at least, by what stands for work
  std::vector<Span> overlap;  // at some point in time, each overlaps with each
  std::vector<Once> once;
  // Beginnings of lines that keep their order, even if they come at the same time.
  std::vector<std::vector<std::string>> in_order;
  // Beginnings of two lines: once the first has come, nothing is left to wait for before the
  // second.
  std::vector<std::pair<std::string, std::string>> at_once;
  // How many durations the starter names. With one of its own, an answer guesses when something
  // ends.
  std::optional<int> durations;
  // How often the starter asks for some of main()'s data by name: see names_asked_for().
  int by_name = 0;
  std::vector<InText> in_text;
  std::vector<std::string> hints;
  std::map<std::string, std::string> wrong;  // wrong answers, and the first sentences about them
};

// Reads the text of an exercise.json. Throws std::runtime_error, with a sentence that calls it
// `path`, when it is malformed.
Exercise parse_exercise(const std::string& text, const std::string& path);

// What a learner is asked for: the starter's code, without its comments, and the output that it
// must print. Two tasks are the same if these are equal.
std::string task_text(std::string_view starter, std::string_view expected);

}  // namespace workbook

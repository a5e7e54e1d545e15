// The lessons of a checkout, and how a learner names one.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

// A call that cannot be understood: what() is the sentence to show, the exit status is 2.
class WrongCall : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Lesson {
  int number = 0;
  std::string name;  // "01-print"
  std::filesystem::path folder;
  std::vector<std::string> programs;  // "sync", "async", then the others in alphabetical order
  std::string title;                  // the first heading of its README.md; empty without one
};

// The lessons in `checkout`/lessons, in the order of their numbers. Throws std::runtime_error when
// there are none.
std::vector<Lesson> find_lessons(const std::filesystem::path& checkout);

// The lesson meant by `wanted`: "1", "01", "01-print", or a beginning that fits one only.
// Throws WrongCall with the list of what there is.
const Lesson& choose_lesson(const std::vector<Lesson>& lessons, std::string_view wanted);

// The lesson after this one, nullptr after the last. (Numbers may be missing.)
const Lesson* lesson_after(const std::vector<Lesson>& lessons, const Lesson& lesson);

// The program of `lesson` meant by `wanted`: its name, with or without ".cpp", or a beginning that
// fits one only. Throws WrongCall with the list of what there is.
const std::string& choose_program(const Lesson& lesson, std::string_view wanted);

// What to do first in `lesson`: the page comes before the run, because it asks for a prediction.
std::string how_to_begin(const Lesson& lesson);

}  // namespace workbook

// The order of the lessons.
#include "lessons.hpp"

#include <doctest/doctest.h>

#include <vector>

using workbook::Lesson;
using workbook::lesson_after;

TEST_SUITE_BEGIN("tree");

TEST_CASE("a lesson is followed by the next that there is, whatever its number") {
  std::vector<Lesson> lessons(3);
  lessons[0].number = 28;
  lessons[1].number = 29;
  lessons[2].number = 33;
  CHECK(lesson_after(lessons, lessons[0]) == &lessons[1]);
  CHECK(lesson_after(lessons, lessons[1]) == &lessons[2]);
  CHECK(lesson_after(lessons, lessons[2]) == nullptr);
}

TEST_SUITE_END();

// When two versions of an exercise are the same task.
#include "exercise.hpp"

#include <doctest/doctest.h>

#include <string>

using workbook::task_text;

namespace {

const std::string starter = R"(// Lesson 01.
int main() {
  prepare("The tea", 3s);  // TODO
}
)";

}  // namespace

TEST_SUITE_BEGIN("exercise");

TEST_CASE("comments and blanks are no part of a task, code and output are") {
  const std::string task = task_text(starter, "The tea is ready\n");
  const std::string reworded = R"(// Another sentence about lesson 01.
int main() {
    prepare("The tea", 3s);
}
)";
  CHECK(task_text(reworded, "The tea is ready\n") == task);
  std::string longer = starter;
  longer.replace(longer.find("3s"), 2, "4s");
  CHECK(task_text(longer, "The tea is ready\n") != task);
  CHECK(task_text(starter, "The tea is cold\n") != task);
}

TEST_SUITE_END();

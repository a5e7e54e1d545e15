// Which lines must go and which must come.
#include "line_diff.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace workbook;

TEST_SUITE_BEGIN("comparison");

TEST_CASE("a difference is shown with the lines around it") {
  const auto diff = shortened(line_diff("1\n2\n3\n4\n5\nsix\n7\n", "1\n2\n3\n4\n5\n6\n7\nnew\n"));
  CHECK(diff == std::vector<std::string>{" 3", " 4", " 5", "-six", "+6", " 7", "+new"});
  CHECK(shortened(line_diff("a\n", "a\n")).empty());
  CHECK(shortened(line_diff("", "a\n")) == std::vector<std::string>{"+a"});
}

TEST_SUITE_END();

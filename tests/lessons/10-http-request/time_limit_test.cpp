// The time limit on the command line, lesson 10.
#include "../../../lessons/10-http-request/time_limit.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

TEST_SUITE("time limit") {
  TEST_CASE("Seconds become milliseconds") {
    CHECK(parse_seconds("10").count() == 10'000);
    CHECK(parse_seconds("0.29").count() == 290);
    CHECK(parse_seconds("3600").count() == 3'600'000);
  }

  TEST_CASE("A limit above zero never becomes no time at all") {
    CHECK(parse_seconds("0.0004").count() == 1);
    CHECK(parse_seconds("1e-300").count() == 1);
  }

  TEST_CASE("A text that is not a number of seconds is refused") {
    for (const char* text : {"", "0", "-1", "3601", "nan", "1s"}) {
      CAPTURE(text);
      CHECK_THROWS_AS(parse_seconds(text), std::runtime_error);
    }
  }
}

// The pauses of lesson 25 between attempts.
#include "../../../lessons/25-rabbitmq/back_off.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>

using namespace std::chrono_literals;

TEST_CASE("the pauses grow up to five seconds, and begin anew after a success") {
  BackOff back_off;
  CHECK_FALSE(back_off.begun());
  for (const auto whole : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
    const auto pause = back_off.next();
    CHECK(pause >= whole / 2);
    CHECK(pause <= whole);
    CHECK(back_off.begun());
  }
  back_off.reset();
  CHECK_FALSE(back_off.begun());
  CHECK(back_off.next() <= 100ms);
}

TEST_CASE("a thousand clients that fail together do not try again together") {
  std::set<std::chrono::milliseconds> pauses;
  for (int client = 0; client < 1000; ++client) pauses.insert(BackOff().next());
  CHECK(pauses.size() > 30);  // of 51
}

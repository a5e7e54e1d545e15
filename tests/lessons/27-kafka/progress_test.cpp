// How far a consumer is, lesson 27: what its page promises.
#include "../../../lessons/27-kafka/progress.hpp"

#include <doctest/doctest.h>

using kafka::Progress;

TEST_SUITE("progress") {
  TEST_CASE("In order, each message may be committed") {
    Progress progress;
    for (int offset : {4, 5, 6}) {
      progress.started({0, offset});
      CHECK(progress.done({0, offset}).offset == offset);
    }
  }

  TEST_CASE("Nothing may be committed before the oldest is done") {
    Progress progress;
    for (int offset : {4, 5, 6}) progress.started({0, offset});
    CHECK(progress.done({0, 6}).offset == 3);
    CHECK(progress.done({0, 5}).offset == 3);
    CHECK(progress.done({0, 4}).offset == 6);
  }

  TEST_CASE("Up to the oldest that is open") {
    Progress progress;
    for (int offset : {0, 1, 2, 3}) progress.started({0, offset});
    CHECK(progress.done({0, 0}).offset == 0);
    CHECK(progress.done({0, 2}).offset == 0);
    CHECK(progress.done({0, 1}).offset == 2);
    progress.started({0, 4});
    CHECK(progress.done({0, 3}).offset == 3);
  }

  TEST_CASE("Each partition separately") {
    Progress progress;
    progress.started({0, 8});
    progress.started({1, 2});
    const auto place = progress.done({1, 2});
    CHECK(place.partition == 1);
    CHECK(place.offset == 2);
    CHECK(progress.done({0, 8}).offset == 8);
  }

  TEST_CASE("Offsets may have gaps") {
    Progress progress;
    progress.started({0, 3});
    progress.started({0, 9});
    CHECK(progress.done({0, 9}).offset == 2);
    CHECK(progress.done({0, 3}).offset == 9);
  }
}

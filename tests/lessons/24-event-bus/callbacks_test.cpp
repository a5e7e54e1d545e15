// Publish and subscribe by callbacks, as lesson 24 begins.
#include "../../../lessons/24-event-bus/callbacks.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Opened {
  int day;
};
struct Closed {
  int day;
};
using Bus = CallbackBus<Opened, Closed>;

}  // namespace

TEST_SUITE_BEGIN("24-event-bus");

TEST_CASE("callbacks are called in the order of subscription, each for its event") {
  Bus bus;
  std::vector<std::string> heard;
  bus.subscribe<Opened>(
      [&](const Opened& e) { heard.push_back("first " + std::to_string(e.day)); });
  bus.subscribe<Opened>([&](const Opened& e) { heard.push_back("next " + std::to_string(e.day)); });
  bus.subscribe<Closed>(
      [&](const Closed& e) { heard.push_back("closed " + std::to_string(e.day)); });
  bus.publish(Opened{1});
  bus.publish(Closed{2});
  CHECK(heard == std::vector<std::string>{"first 1", "next 1", "closed 2"});
}

TEST_CASE("without callbacks nothing happens") {
  Bus bus;
  bus.publish(Opened{1});
  int heard = 0;
  bus.subscribe<Opened>([&](const Opened&) { ++heard; });
  CHECK(heard == 0);
}

TEST_CASE("a callback that is added in a callback is called from the next event on") {
  Bus bus;
  int heard = 0;
  bus.subscribe<Opened>([&](const Opened& opened) {
    if (opened.day > 1) return;
    // So many that the vector has to move.
    for (int i = 0; i < 100; ++i) bus.subscribe<Opened>([&](const Opened&) { ++heard; });
  });
  bus.publish(Opened{1});
  CHECK(heard == 0);
  bus.publish(Opened{2});
  CHECK(heard == 100);
}

TEST_CASE("a callback's exception reaches the publisher, and no later callback is called") {
  Bus bus;
  int before = 0;
  int after = 0;
  bus.subscribe<Opened>([&](const Opened&) { ++before; });
  bus.subscribe<Opened>([](const Opened&) { throw std::runtime_error("no key"); });
  bus.subscribe<Opened>([&](const Opened&) { ++after; });
  CHECK_THROWS_WITH(bus.publish(Opened{1}), "no key");
  CHECK(before == 1);
  CHECK(after == 0);
}

TEST_SUITE_END();

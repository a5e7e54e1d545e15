// The library that the lesson plays, and what makes it an object of Asio.
#include "../../../lessons/34-awaitables/thermometers.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <string>
#include <system_error>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/34-awaitables/async_thermometers.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

// How long a call has taken, and what it has brought.
struct Reading {
  std::error_code error;
  double degrees = 0;
  steady_clock::duration after{};
};

Reading reading_of(Thermometers& library, asio::io_context& loop, const std::string& place) {
  Reading reading;
  const auto start = steady_clock::now();
  library.measure(place, [&](std::error_code error, double degrees) {
    reading = {error, degrees, steady_clock::now() - start};
  });
  loop.restart();
  loop.run();
  return reading;
}

asio::awaitable<void> measure_boiler(AsyncThermometers& house, steady_clock::duration limit) {
  co_await wait_for(house.async_measure("boiler", asio::use_awaitable), limit);
}

}  // namespace

TEST_CASE("the library blocks, or calls back, and says the same") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  const auto start = steady_clock::now();
  CHECK(measure("oven") == 180);
  CHECK(steady_clock::now() - start >= 1500ms);

  const Reading reading = reading_of(library, loop, "oven");
  CHECK_FALSE(reading.error);
  CHECK(reading.degrees == 180);
  CHECK(reading.after >= 1500ms);
}

TEST_CASE("a place without a thermometer is an error, each time after a second") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  CHECK_THROWS_AS(measure("attic"), std::system_error);
  for (int i = 0; i < 2; ++i) {
    const Reading reading = reading_of(library, loop, "attic");
    CHECK(reading.error == std::errc::no_such_device);
    CHECK(reading.after >= 1s);
  }
}

TEST_CASE("what was measured within the last second is called back at once") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  reading_of(library, loop, "cellar");
  bool called = false;
  library.measure("cellar", [&](std::error_code, double degrees) { called = degrees == 12; });
  CHECK(called);

  asio::steady_timer timer(loop, 1s);
  timer.wait();
  CHECK(reading_of(library, loop, "cellar").after >= 500ms);
}

TEST_CASE("a measurement that was stopped is not called back") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  int calls = 0;
  const int number = library.measure("boiler", [&](std::error_code, double) { ++calls; });
  const auto start = steady_clock::now();
  CHECK(library.stop(number));
  CHECK_FALSE(library.stop(number));
  loop.run();
  CHECK(calls == 0);
  CHECK(steady_clock::now() - start < 10s);

  const int other = library.measure("cellar", [&](std::error_code, double) { ++calls; });
  loop.restart();
  loop.run();
  CHECK(calls == 1);
  CHECK_FALSE(library.stop(other));
}

TEST_CASE("a handler is not called before the call that asks has returned") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  AsyncThermometers house(loop.get_executor(), library);
  reading_of(library, loop, "cellar");
  bool called = false;
  const auto handler = [&](asio::error_code, double) { called = true; };
  house.async_measure("cellar", handler);
  CHECK_FALSE(called);
  loop.restart();
  loop.run();
  CHECK(called);
}

TEST_CASE("a measurement can be given a time limit") {
  const auto start = steady_clock::now();
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  AsyncThermometers house(loop.get_executor(), library);
  const WatchedTask watched(loop, measure_boiler(house, 1s));
  loop.run();
  CHECK(watched.threw<TimedOut>());
  CHECK(steady_clock::now() - start < 10s);
}

TEST_CASE("measurements on a thread of the library come back to the loop") {
  asio::io_context loop;
  asio::thread_pool library_thread(1);
  Thermometers library(library_thread.get_executor());
  AsyncThermometers house(loop.get_executor(), library);
  int here = 0;
  const auto report = [&](std::string place) -> asio::awaitable<void> {
    co_await house.async_measure(place, asio::use_awaitable);
    here += loop.get_executor().running_in_this_thread() ? 1 : 0;
  };
  const WatchedTask oven(loop, report("oven"));
  const WatchedTask cellar(loop, report("cellar"));
  loop.run();
  library_thread.join();
  CHECK(oven.succeeded());
  CHECK(cellar.succeeded());
  CHECK(here == 2);
}

TEST_CASE("a program may end while the library measures") {
  asio::io_context loop;
  Thermometers library(loop.get_executor());
  AsyncThermometers house(loop.get_executor(), library);
  const WatchedTask watched(loop, measure_boiler(house, 9s));
  loop.run_for(1s);
  CHECK(watched.waits());
}

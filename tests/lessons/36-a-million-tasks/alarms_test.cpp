// Many waits with one timer: who is woken, and when.
#include "../../../lessons/36-a-million-tasks/alarms.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "../../../lessons/36-a-million-tasks/task.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

using Witness = std::shared_ptr<int>;

// What has been noted, with the time in milliseconds since the start.
class Notes {
 public:
  explicit Notes(asio::io_context& of) : loop(of) {}

  steady_clock::time_point after(std::chrono::milliseconds time) const { return start_ + time; }
  void add(int number) {
    numbers.push_back(number);
    const auto time = steady_clock::now() - start_;
    times.push_back(std::chrono::round<std::chrono::milliseconds>(time).count());
  }

  asio::io_context& loop;
  std::vector<int> numbers;
  std::vector<long> times;

 private:
  steady_clock::time_point start_ = steady_clock::now();
};

Task<> note_at(Alarms& alarms, Notes& notes, int time, Witness = {}) {
  co_await alarms.at(notes.after(std::chrono::milliseconds(time)));
  notes.add(time);
}

Task<> note_often(Alarms& alarms, Notes& notes, int period, int times) {
  for (int i = 1; i <= times; ++i) {
    co_await alarms.at(notes.after(std::chrono::milliseconds(i * period)));
    notes.add(i * period);
  }
}

// Sets two alarms when it is woken itself.
Task<> note_and_start(Alarms& alarms, Notes& notes, int time, int first, int second) {
  co_await alarms.at(notes.after(std::chrono::milliseconds(time)));
  notes.add(time);
  note_at(alarms, notes, first);
  note_at(alarms, notes, second);
}

using Numbers = std::vector<int>;
using Times = std::vector<long>;

}  // namespace

TEST_CASE("each task is woken at its time, whichever was first to wait") {
  asio::io_context loop;
  Alarms alarms(loop);
  Notes notes(loop);
  for (const int time : {300, 100, 500, 200, 400}) note_at(alarms, notes, time);
  CHECK(notes.numbers.empty());
  loop.run();
  CHECK(notes.numbers == Numbers{100, 200, 300, 400, 500});
  CHECK(notes.times == Times{100, 200, 300, 400, 500});
}

TEST_CASE("tasks with the same time are woken together") {
  asio::io_context loop;
  Alarms alarms(loop);
  Notes notes(loop);
  for (int i = 0; i < 1000; ++i) note_at(alarms, notes, i % 2 == 0 ? 200 : 100);
  loop.run();
  CHECK(notes.times.size() == 1000);
  CHECK(notes.times[499] == 100);
  CHECK(notes.times[500] == 200);
  CHECK(notes.times[999] == 200);
}

TEST_CASE("a task that is woken may wait again, and start others") {
  asio::io_context loop;
  Alarms alarms(loop);
  Notes notes(loop);
  SUBCASE("again and again") {
    note_often(alarms, notes, 100, 5);
    note_often(alarms, notes, 240, 2);
    loop.run();
    CHECK(notes.numbers == Numbers{100, 200, 240, 300, 400, 480, 500});
  }
  SUBCASE("with a time that is earlier than all others") {
    note_at(alarms, notes, 1000);
    note_and_start(alarms, notes, 100, 300, 200);
    loop.run();
    CHECK(notes.numbers == Numbers{100, 200, 300, 1000});
    CHECK(notes.times == Times{100, 200, 300, 1000});
  }
  SUBCASE("with a time that has passed") {
    note_and_start(alarms, notes, 100, 50, 70);
    loop.run();
    CHECK(notes.times == Times{100, 100, 100});
  }
}

TEST_CASE("an alarm that is set while the loop runs shortens the wait") {
  asio::io_context loop;
  Alarms alarms(loop);
  Notes notes(loop);
  note_at(alarms, notes, 1000);
  asio::steady_timer timer(loop, 100ms);
  timer.async_wait([&](asio::error_code) { note_at(alarms, notes, 200); });
  loop.run();
  CHECK(notes.times == Times{200, 1000});
}

TEST_CASE("after the last alarm the loop ends, and alarms can be set for its next run") {
  asio::io_context loop;
  Alarms alarms(loop);
  Notes notes(loop);
  note_at(alarms, notes, 100);
  loop.run();
  CHECK(notes.times == Times{100});
  note_at(alarms, notes, 300);
  loop.restart();
  loop.run();
  CHECK(notes.times == Times{100, 300});
}

TEST_CASE("the tasks that still wait are destroyed with the alarms") {
  asio::io_context loop;
  const Witness witness = std::make_shared<int>();
  Notes notes(loop);
  {
    Alarms alarms(loop);
    note_at(alarms, notes, 100, witness);
    note_at(alarms, notes, 400'000, witness);
    note_at(alarms, notes, 500'000, witness);
    loop.run_for(1s);
    CHECK(witness.use_count() == 3);
  }
  CHECK(witness.use_count() == 1);
  loop.run();  // only the cancelled wait of the timer is left
  CHECK(notes.numbers == Numbers{100});
}

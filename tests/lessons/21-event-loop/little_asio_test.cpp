// What the page of 21-event-loop promises of its three headers. Only the loop waits, so in
// simulated time the waits cost nothing.
#include "../../../lessons/21-event-loop/little_asio.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

// Counts its live copies: when none is left, the frames that held them have been freed.
class Guest {
 public:
  Guest() { ++alive; }
  Guest(const Guest&) { ++alive; }
  Guest& operator=(const Guest&) = default;
  ~Guest() { --alive; }

  static inline int alive = 0;
};

asio::awaitable<void> pass(std::chrono::nanoseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

std::string words_of(const std::exception_ptr& error) {
  try {
    rethrow(error);
  } catch (const std::exception& exception) {
    return exception.what();
  }
  return "";
}

// Goes round as run() does, and counts the rounds.
int rounds_of(Loop& loop) {
  int rounds = 0;
  for (; !loop.stopped(); ++rounds) {
    REQUIRE_MESSAGE(rounds < 1'000'000, "the loop does not sleep");
    loop.wait();
    loop.poll();
  }
  return rounds;
}

std::string content_of(const std::string& path) {
  std::ifstream file(std::filesystem::path(WORKBOOK_SOURCE) / "lessons" / path);
  REQUIRE_MESSAGE(file, path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE_BEGIN("the programs");

TEST_CASE("they are those of lesson 02, unchanged but for the include") {
  CHECK(content_of("21-event-loop/sync.cpp") == content_of("02-sleep/sync.cpp"));

  std::string program = content_of("02-sleep/async.cpp");
  const std::string asio = "#include <asio.hpp>\n";
  REQUIRE(program.find(asio) != std::string::npos);
  program.erase(program.find(asio), asio.size());
  program.insert(program.find("\n\nusing namespace"), "\n\n#include \"little_asio.hpp\"");
  CHECK(content_of("21-event-loop/async.cpp") == program);
}

TEST_CASE("they print what those of lesson 02 print, when those print it") {
  for (const char* file : {"sync.expected", "async.expected"}) {
    CHECK(content_of(std::string("21-event-loop/") + file) ==
          content_of(std::string("02-sleep/") + file));
  }
  const std::string times = content_of("02-sleep/replay.json");
  const std::string both = times.substr(0, times.find("  \"exercise\""));
  REQUIRE(both.find("\"async\"") != std::string::npos);
  CHECK(content_of("21-event-loop/replay.json").find(both) == 0);
}

TEST_CASE("the page counts the lines right") {
  const auto lines = [](const std::string& file) {
    std::istringstream text(content_of("21-event-loop/" + file));
    int count = 0;
    for (std::string line; std::getline(text, line);) {
      const auto first = line.find_first_not_of(' ');
      if (first == std::string::npos || line[first] == '#') continue;
      if (line.compare(first, 2, "//") != 0) ++count;
    }
    return std::to_string(count);
  };
  std::string page = content_of("21-event-loop/README.md");
  std::replace(page.begin(), page.end(), '\n', ' ');
  CHECK(page.find("the loop has " + lines("loop.hpp") + " lines, and the coroutine type " +
                  lines("coroutine.hpp")) != std::string::npos);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("the loop");

TEST_CASE("without anything to do run returns at once") {
  Loop loop;
  CHECK(loop.stopped());
  loop.run();
  loop.wait();
  loop.poll();
  CHECK(loop.stopped());
}

TEST_CASE("first come, first served, and each is called once") {
  Loop loop;
  std::vector<int> order;
  for (int n = 0; n < 10'000; ++n) loop.call_soon([&order, n] { order.push_back(n); });
  CHECK(!loop.stopped());
  CHECK(order.empty());
  CHECK(rounds_of(loop) == 1);
  REQUIRE(order.size() == 10'000);
  for (int n = 0; n < 10'000; ++n) REQUIRE(order[n] == n);
}

TEST_CASE("timers are sorted by their deadlines, and equal ones by when they were set") {
  Loop loop;
  const auto now = Loop::Clock::now();
  std::string order;
  const auto note = [&order](char name) { return [&order, name] { order += name; }; };
  loop.call_at(now + 2s, note('e'));
  loop.call_at(now + 1s, note('b'));
  loop.call_at(now + 1s, note('c'));
  loop.call_at(now - 1s, note('a'));
  loop.call_at(now + 1s, note('d'));
  CHECK(rounds_of(loop) == 3);
  CHECK(order == "abcde");
}

TEST_CASE("it sleeps until the earliest deadline, and is not too early") {
  Loop loop;
  const auto start = Loop::Clock::now();
  std::vector<Loop::Clock::duration> late;
  for (const std::chrono::milliseconds after : {300ms, 400000ms, 20ms, 30ms}) {
    loop.call_at(start + after,
                 [&late, start, after] { late.push_back(Loop::Clock::now() - start - after); });
  }
  CHECK(rounds_of(loop) == 4);
  REQUIRE(late.size() == 4);
  for (const auto lateness : late) CHECK(lateness >= 0s);
}

TEST_CASE("a callback that is ready does not have to wait for a timer") {
  Loop loop;
  bool called = false;
  loop.call_at(Loop::Clock::now() + 400s, [] {});
  loop.call_soon([&called] { called = true; });
  const auto start = Loop::Clock::now();
  loop.wait();
  loop.poll();
  CHECK(called);
  CHECK(Loop::Clock::now() - start < 400s);
  CHECK(!loop.stopped());
}

TEST_CASE("a callback that a callback adds waits for the next round") {
  Loop loop;
  std::string order;
  loop.call_soon([&] {
    order += 'a';
    loop.call_soon([&] { order += 'c'; });
  });
  loop.call_soon([&] { order += 'b'; });
  loop.poll();
  CHECK(order == "ab");
  loop.poll();
  CHECK(order == "abc");
}

TEST_CASE("a callback that comes back forever does not keep a timer away") {
  Loop loop;
  bool expired = false;
  int calls = 0;
  std::function<void()> again = [&] {
    if (!expired && ++calls < 1'000'000) loop.call_soon(again);
  };
  loop.call_soon(again);
  loop.call_at(Loop::Clock::now() + 1ms, [&] { expired = true; });
  loop.run();
  CHECK(calls < 1'000'000);
}

TEST_CASE("an exception comes out of run, and nothing of the rest is lost") {
  Loop loop;
  std::string order;
  loop.call_soon([&] { order += 'a'; });
  loop.call_soon([] { throw std::runtime_error("the milk boils over"); });
  loop.call_soon([&] { order += 'b'; });
  loop.call_at(Loop::Clock::now() + 1s, [&] { order += 'c'; });
  CHECK_THROWS_WITH(loop.run(), "the milk boils over");
  CHECK(order == "a");
  loop.run();
  CHECK(order == "abc");
}

TEST_CASE("a callback that was never called is freed with the loop") {
  {
    Loop loop;
    loop.call_soon([guest = Guest()] {});
    loop.call_at(Loop::Clock::now() + 1s, [guest = Guest()] {});
    CHECK(Guest::alive == 2);
  }
  CHECK(Guest::alive == 0);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("coroutines");

namespace {

asio::awaitable<int> doubled(int number) {
  co_return 2 * number;
}

asio::awaitable<int> doubled_after(int number, std::chrono::nanoseconds time) {
  co_await pass(time);
  co_return 2 * number;
}

asio::awaitable<std::unique_ptr<std::string>> letter(bool at_once) {
  if (!at_once) co_await pass(1s);
  co_return std::make_unique<std::string>("Dear reader");
}

asio::awaitable<int> fail(bool at_once) {
  if (!at_once) co_await pass(1s);
  throw std::runtime_error("the bread is burnt");
}

asio::awaitable<void> fail_late(Guest) {
  co_await fail(false);
}

asio::awaitable<void> take(Guest, bool& begun) {
  begun = true;
  co_return;
}

asio::awaitable<long> sum_down_from(int number) {
  if (number == 0) co_return 0;
  const long rest = co_await sum_down_from(number - 1);
  co_return number + rest;
}

asio::awaitable<long> waited_sum_down_from(int number) {
  if (number == 0) {
    co_await pass(1s);
    co_return 0;
  }
  const long rest = co_await waited_sum_down_from(number - 1);
  co_return number + rest;
}

// Runs `work` to its end and returns its result.
template <class T>
T result_of(asio::awaitable<T> work) {
  asio::io_context loop;
  std::optional<T> result;
  // Not a lambda with captures: it would have to outlive the coroutine.
  struct Keep {
    static asio::awaitable<void> in(std::optional<T>& result, asio::awaitable<T> work) {
      result = co_await std::move(work);
    }
  };
  asio::co_spawn(loop, Keep::in(result, std::move(work)), rethrow);
  loop.run();
  REQUIRE(result);
  return std::move(*result);
}

}  // namespace

TEST_CASE("a coroutine that is never awaited does not run, and is freed") {
  bool begun = false;
  {
    auto made = take(Guest(), begun);
    CHECK(Guest::alive == 1);
    auto moved = std::move(made);
    CHECK(Guest::alive == 1);
  }
  CHECK(Guest::alive == 0);
  CHECK(!begun);
}

TEST_CASE("a result comes out of co_await, at once or after a wait") {
  CHECK(result_of(doubled(21)) == 42);
  CHECK(result_of(doubled_after(21, 400s)) == 42);
}

TEST_CASE("a result may be movable only") {
  for (const bool at_once : {true, false}) {
    CHECK(*result_of(letter(at_once)) == "Dear reader");
  }
}

TEST_CASE("an exception comes out of co_await, at once or after a wait") {
  for (const bool at_once : {true, false}) {
    CHECK_THROWS_WITH(result_of(fail(at_once)), "the bread is burnt");
  }
}

TEST_CASE("the awaiting coroutine may catch it, and go on") {
  struct Kitchen {
    static asio::awaitable<void> bake(std::string& log) {
      for (const bool at_once : {true, false}) {
        try {
          co_await fail(at_once);
        } catch (const std::runtime_error& error) {
          log += error.what();
        }
        co_await pass(1s);
        log += ", again; ";
      }
    }
  };
  asio::io_context loop;
  std::string log;
  asio::co_spawn(loop, Kitchen::bake(log), rethrow);
  loop.run();
  CHECK(log == "the bread is burnt, again; the bread is burnt, again; ");
}

TEST_CASE("coroutines may await each other a thousand deep") {
  CHECK(result_of(sum_down_from(1000)) == 500'500);
  CHECK(result_of(waited_sum_down_from(1000)) == 500'500);
}

TEST_CASE("to await often takes no room on the stack") {
  struct Counter {
    static asio::awaitable<long> count() {
      long sum = 0;
      for (int n = 0; n < 300'000; ++n) {
        const int twice = co_await doubled(n);
        sum += twice / 2 - n + 1;
      }
      co_return sum;
    }
    static asio::awaitable<long> count_slowly() {
      long sum = 0;
      for (int n = 0; n < 30'000; ++n) {
        const int twice = co_await doubled_after(n, 0s);
        sum += twice / 2 - n + 1;
      }
      co_return sum;
    }
  };
  CHECK(result_of(Counter::count()) == 300'000);
  CHECK(result_of(Counter::count_slowly()) == 30'000);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("tasks");

namespace {

asio::awaitable<void> note(std::string& order, char name) {
  order += name;
  co_return;
}

asio::awaitable<void> note_after(std::string& order, char name, std::chrono::nanoseconds time) {
  co_await pass(time);
  order += name;
}

// Holds a guest at each of its four suspensions, and another one in the coroutine that it awaits.
asio::awaitable<void> visit(Guest, int& steps) {
  for (int n = 0; n < 2; ++n) {
    co_await pass(1s);
    ++steps;
    const int twice = co_await doubled_after(n, 1s);
    steps += twice - 2 * n + 1;
  }
}

}  // namespace

TEST_CASE("without tasks run returns at once") {
  asio::io_context loop;
  loop.run();
  CHECK(loop.stopped());
}

TEST_CASE("spawning queues the start, in main and in a coroutine") {
  struct Host {
    static asio::awaitable<void> invite(asio::io_context& loop, std::string& order) {
      order += 'c';
      asio::co_spawn(loop, note(order, 'f'), rethrow);
      order += 'd';
      co_return;
    }
  };
  asio::io_context loop;
  std::string order = "a";
  asio::co_spawn(loop, Host::invite(loop, order), rethrow);
  asio::co_spawn(loop, note(order, 'e'), rethrow);
  order += 'b';
  loop.run();
  CHECK(order == "abcdef");
}

TEST_CASE("a task that waits lets the others go on") {
  asio::io_context loop;
  std::string order;
  asio::co_spawn(loop, note_after(order, 'd', 3s), rethrow);
  asio::co_spawn(loop, note_after(order, 'b', 1s), rethrow);
  asio::co_spawn(loop, note_after(order, 'c', 2s), rethrow);
  asio::co_spawn(loop, note(order, 'a'), rethrow);
  loop.run();
  CHECK(order == "abcd");
}

TEST_CASE("a timer that was not set, or whose time is over, waits for the next round") {
  struct Waiting {
    static asio::awaitable<void> wait(std::string& order, char name, bool set) {
      asio::steady_timer timer(co_await asio::this_coro::executor);
      if (set) timer.expires_after(-1s);
      order += name;
      co_await timer.async_wait(asio::use_awaitable);
      order += name;
    }
  };
  asio::io_context loop;
  std::string order;
  asio::co_spawn(loop, Waiting::wait(order, 'a', true), rethrow);
  asio::co_spawn(loop, Waiting::wait(order, 'b', false), rethrow);
  loop.run();
  CHECK(order == "abba");  // one expired a second ago, the other at the beginning of all time
}

TEST_CASE("the handler is called once, by run, when the frame is freed") {
  asio::io_context loop;
  std::vector<std::string> ends;
  bool begun = false;
  const auto handler = [&ends](const std::exception_ptr& error) {
    ends.push_back(words_of(error) + (Guest::alive == 0 ? "" : " (not freed)"));
  };
  SUBCASE("without an error") {
    asio::co_spawn(loop, take(Guest(), begun), handler);
    CHECK(ends.empty());
    loop.run();
    CHECK(ends == std::vector<std::string>{""});
    CHECK(begun);
  }
  SUBCASE("with what the task has thrown") {
    asio::co_spawn(loop, fail_late(Guest()), handler);
    loop.run();
    CHECK(ends == std::vector<std::string>{"the bread is burnt"});
  }
  loop.run();
  CHECK(ends.size() == 1);
}

TEST_CASE("an exception of the handler comes out of run, and the others go on with the next run") {
  asio::io_context loop;
  std::string order;
  asio::co_spawn(loop, fail_late(Guest()), rethrow);
  asio::co_spawn(loop, note_after(order, 'b', 2s), rethrow);
  CHECK_THROWS_WITH(loop.run(), "the bread is burnt");
  CHECK(order == "");
  CHECK(Guest::alive == 0);
  loop.run();
  CHECK(order == "b");
}

TEST_CASE("ten thousand tasks") {
  asio::io_context loop;
  int steps = 0;
  int ends = 0;
  for (int n = 0; n < 10'000; ++n) {
    asio::co_spawn(loop, visit(Guest(), steps), [&ends](std::exception_ptr) { ++ends; });
  }
  CHECK(Guest::alive == 10'000);
  loop.run();
  CHECK(steps == 40'000);
  CHECK(ends == 10'000);
  CHECK(Guest::alive == 0);
  CHECK(loop.tasks.empty());
}

TEST_CASE("destroying the loop frees all frames, wherever they wait") {
  int last = -1;
  for (int rounds = 0;; ++rounds) {
    int steps = 0;
    int ends = 0;
    bool stopped = false;
    {
      asio::io_context loop;
      for (int n = 0; n < 3; ++n) {
        asio::co_spawn(loop, visit(Guest(), steps),
                       [&ends, guest = Guest()](std::exception_ptr) { ++ends; });
      }
      for (int n = 0; n < rounds; ++n) {
        loop.wait();
        loop.poll();
      }
      stopped = loop.stopped();
    }
    CHECK(Guest::alive == 0);
    CHECK(steps >= last);
    last = steps;
    if (stopped) break;
    CHECK(ends < 3);
    REQUIRE(rounds < 100);
  }
  CHECK(last == 3 * 4);
}

TEST_CASE("a coroutine gets its own loop, even where one loop runs within another") {
  struct Asking {
    static asio::awaitable<void> ask(Loop& own, int& right) {
      Loop& executor = co_await asio::this_coro::executor;
      if (&executor == &own) ++right;
      co_return;
    }
    static asio::awaitable<void> run_another(asio::io_context& own, int& right) {
      asio::io_context inner;
      asio::co_spawn(inner, ask(inner, right), rethrow);
      inner.run();
      co_await ask(own, right);
      co_await pass(1s);
      co_await ask(own, right);
    }
  };
  asio::io_context loop;
  int right = 0;
  asio::co_spawn(loop, Asking::run_another(loop, right), rethrow);
  loop.run();
  CHECK(right == 3);
}

TEST_SUITE_END();

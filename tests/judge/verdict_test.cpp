// The entries of an exercise, and the verdicts on runs that are made by hand.
#include "verdict.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace.hpp"

using namespace workbook;
using namespace std::chrono_literals;

namespace {

using Printed = std::vector<std::pair<std::chrono::milliseconds, std::string>>;

ProgramRun run_of(const Printed& lines, std::chrono::milliseconds total) {
  ProgramRun run;
  run.simulated = true;
  for (const auto& [time, text] : lines) {
    run.output += text + "\n";
    run.lines.push_back({time, false, text});
  }
  run.total = total;
  return run;
}

// A kettle of three seconds and a toaster of two.
const Printed breakfast{{0s, "Start kettle"},
                        {0s, "Start toaster"},
                        {2s, "End toaster"},
                        {3s, "End kettle"},
                        {3s, "Elapsed: 3.0s"}};

const Exercise kettle_and_toaster = [] {
  Exercise exercise;
  exercise.overlap = {{"Start kettle", "End kettle"}, {"Start toaster", "End toaster"}};
  return exercise;
}();

Expectation expected_breakfast() {
  const ProgramRun run = run_of(breakfast, 3s);
  Expectation expected{run.output, ExpectedTimes{{}, 3s}};
  for (const auto& [time, text] : breakfast) expected.times->lines.push_back(time);
  return expected;
}

Verdict breakfast_verdict(const ProgramRun& run, const Exercise& exercise = kettle_and_toaster,
                          std::string_view source = {}) {
  return judge(run, expected_breakfast(), exercise, source);
}

std::string sentence_on(const Printed& lines, std::chrono::milliseconds total,
                        const Exercise& exercise = kettle_and_toaster) {
  const Verdict verdict = breakfast_verdict(run_of(lines, total), exercise);
  CHECK_FALSE(verdict.sentence.empty());
  return verdict.sentence;
}

std::string refusal(const std::string& json) {
  try {
    parse_exercise(json, "exercise.json");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE_BEGIN("exercise");

TEST_CASE("the expected run is right") {
  const Verdict verdict = breakfast_verdict(run_of(breakfast, 3s));
  CHECK(verdict.passed);
  CHECK(verdict.sentence ==
        "Right. It took 3.0s of simulated time, kettle and toaster overlapped and no sleep "
        "blocked the main thread.");
  CHECK(verdict.details.empty());
}

TEST_CASE("a right answer that forgets its cancellation gets a word about it") {
  const auto remarks_on = [](std::string_view source) {
    return judge(run_of(breakfast, 3s), expected_breakfast(), kettle_and_toaster, source).remarks;
  };
  CHECK(remarks_on("co_await asio::this_coro::reset_cancellation_state();").size() == 1);
  CHECK(remarks_on("// reset_cancellation_state() would forget it").empty());
  CHECK(remarks_on("reset_cancellation_state(asio::enable_total_cancellation())").empty());
}

TEST_CASE("simultaneous lines may change places, and times may be off a little") {
  Printed lines = breakfast;
  std::swap(lines[0], lines[1]);
  CHECK(breakfast_verdict(run_of(lines, 3s)).passed);
  lines[2].first += 14ms;
  CHECK(breakfast_verdict(run_of(lines, 3014ms)).passed);
  std::swap(lines[2].second, lines[3].second);
  CHECK(sentence_on(lines, 3s) ==
        "\"End kettle\" came after 2.0s, expected after 3.0s: toaster was still under way.");
}

TEST_CASE("the first cause comes first") {
  ProgramRun run = run_of({{0s, "Start kettle"}}, 9s);
  run.failure = "It is stuck.";
  run.slept = 9s;
  CHECK(breakfast_verdict(run).sentence == "It is stuck. kettle began and did not end.");
  run.failure.clear();
  CHECK(breakfast_verdict(run).sentence ==
        "The thread slept for 9.0s: a blocking wait stops the whole loop. Wait with a timer and "
        "co_await.");
  run.slept = 1ms;
  CHECK(breakfast_verdict(run).sentence.starts_with("The thread slept for 0.001s:"));
  run.slept = 0s;
  CHECK(breakfast_verdict(run).sentence ==
        "It took 9.0s of simulated time, 3.0s expected: a task waits longer than necessary.");
  run.total = 3s;
  CHECK(breakfast_verdict(run).sentence == "\"Start kettle\" was printed, \"End kettle\" was not.");
}

TEST_CASE("a verdict names the rule that was broken") {
  // A run that breaks all rules; it is mended rule by rule, in their order.
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  ProgramRun run = run_of({{0s, "Start kettle"},
                           {1s, "End kettle"},
                           {1s, "Start toaster"},
                           {5s, "End toaster"},
                           {5s, "Elapsed: 5.0s"}},
                          5s);
  run.failure = "It is stuck.";
  run.slept = 1s;
  CHECK(breakfast_verdict(run).rule == "it failed");
  run.failure.clear();
  run.threads = 1;
  CHECK(breakfast_verdict(run).rule == "it started threads");
  run.threads = 0;
  CHECK(breakfast_verdict(run).rule == "the thread slept");
  run.slept = 0s;
  CHECK(breakfast_verdict(run).rule == "it took too long: spans did not overlap");
  CHECK(breakfast_verdict(run, without).rule == "it took too long: waits did not overlap");
  CHECK(breakfast_verdict(run_of(breakfast, 3200ms), without).rule == "it took too long");
  run.total = 0s;
  CHECK(breakfast_verdict(run).rule == "it does not wait");
  run.total = 2s;
  CHECK(breakfast_verdict(run).rule == "it took too short a time");
  run.total = 3s;
  CHECK(breakfast_verdict(run).rule == "spans did not overlap");
  CHECK(breakfast_verdict(run, without).rule == "a line came too early");
  run.lines.pop_back();
  run.lines.pop_back();
  CHECK(breakfast_verdict(run).rule == "a span did not end");
  Printed other = breakfast;
  other.back().second = "Elapsed: 3.1s";
  CHECK(breakfast_verdict(run_of(other, 3s)).rule == "other lines");
  Printed late = breakfast;
  late.front().first = late[1].first = 1s;
  CHECK(breakfast_verdict(run_of(late, 3s)).rule == "other times");
  // The right lines at the right times, and yet not what was asked for.
  ProgramRun right = run_of(breakfast, 3s);
  Exercise with_work = kettle_and_toaster;
  with_work.must_hold = 1s;
  right.moves = 300;
  CHECK(breakfast_verdict(right, with_work).rule == "the work is missing");
  right.held = 1s;
  CHECK(breakfast_verdict(right, with_work).rule == "it polls");
  right.moves = 20;
  right.glances = 10'000;
  CHECK(breakfast_verdict(right, with_work).rule == "it asks again and again");
  right.glances = 10'000'000;  // no time passes meanwhile: it steps a clock of its own
  CHECK(breakfast_verdict(right, with_work).rule.empty());
  right.glances = 900;
  CHECK(breakfast_verdict(right, with_work).rule.empty());
  CHECK(breakfast_verdict(run_of(breakfast, 3s)).rule.empty());
}

TEST_CASE("a sleep is right where it may be") {
  Exercise exercise = kettle_and_toaster;
  exercise.may_sleep = true;
  ProgramRun run = run_of(breakfast, 3s);
  run.slept = 3s;
  const Verdict verdict = breakfast_verdict(run, exercise);
  CHECK(verdict.passed);
  CHECK(verdict.sentence ==
        "Right. It took 3.0s of simulated time and kettle and toaster overlapped.");
}

TEST_CASE("waits that do not overlap") {
  const Printed sequential{{0s, "Start kettle"},
                           {3s, "End kettle"},
                           {3s, "Start toaster"},
                           {5s, "End toaster"},
                           {5s, "Elapsed: 5.0s"}};
  CHECK(sentence_on(sequential, 5s) ==
        "It took 5.0s of simulated time, 3.0s expected: kettle and toaster did not overlap.");
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  CHECK(sentence_on(sequential, 5s, without) ==
        "It took 5.0s of simulated time, 3.0s expected: your waits did not overlap. \"Start "
        "toaster\" came after 3.0s, expected after 0.0s.");
  const Printed shorter{{0s, "Start kettle"},
                        {2s, "End kettle"},
                        {2s, "Start toaster"},
                        {3s, "End toaster"},
                        {3s, "Elapsed: 3.0s"}};
  CHECK(sentence_on(shorter, 3s) ==
        "It took 3.0s of simulated time, but kettle and toaster did not overlap.");
}

TEST_CASE("a wait where none is expected") {
  const Expectation expected{"Passed\n", ExpectedTimes{{0ms}, 0ms}};
  CHECK(judge(run_of({{2s, "Passed"}}, 2s), expected, Exercise(), "").sentence ==
        "It took 2.0s of simulated time, 0.0s expected: nothing in it should wait.");
}

TEST_CASE("the right lines, and no wait") {
  Printed lines = breakfast;
  for (auto& [time, text] : lines) time = 0s;
  const std::string sentence =
      "It took 0.0s of simulated time, 3.0s expected: it prints the right lines, but does not "
      "wait.";
  CHECK(sentence_on(lines, 0s) == sentence);
  lines.back().second = "Elapsed: 0.0s";
  std::swap(lines[1], lines[3]);
  CHECK(sentence_on(lines, 0s) == sentence);
  // A wait after all the lines is not a wait.
  lines = breakfast;
  for (auto& [time, text] : lines) time = 0s;
  CHECK_FALSE(breakfast_verdict(run_of(lines, 3s)).passed);
}

TEST_CASE("a wait that is missing among others, or too short") {
  Printed lines = breakfast;
  lines[2].first = 0s;
  lines[3].first = lines[4].first = 2s;
  CHECK(sentence_on(lines, 2s) ==
        "It took 2.0s of simulated time, 3.0s expected: a wait is missing, or too short. \"End "
        "toaster\" came after 0.0s, expected after 2.0s.");
  // At the end, after the last line.
  CHECK(sentence_on(breakfast, 2s) ==
        "It took 2.0s of simulated time, 3.0s expected: a wait is missing, or too short.");
}

TEST_CASE("a wait that is a little too long is no lack of overlap") {
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  CHECK(sentence_on(breakfast, 3200ms, without) ==
        "It took 3.2s of simulated time, 3.0s expected: a task waits longer than necessary. All "
        "lines "
        "came in time, and then it ran for another 0.2s.");
}

TEST_CASE("the questions that a failed program's text suggests") {
  const auto remarks = [](ProgramRun run, std::string_view source) {
    return judge(run, expected_breakfast(), kettle_and_toaster, source).remarks;
  };
  const ProgramRun nothing = run_of({}, 0s);
  REQUIRE(remarks(nothing, "asio::co_spawn(loop, all(), rethrow); // loop.run()").size() == 1);
  CHECK(remarks(nothing, "asio::co_spawn(loop, all(), rethrow);")[0] ==
        "Nothing calls run() on the loop, and without it no task runs.");
  CHECK(remarks(nothing, "asio::co_spawn(loop, all(), rethrow); loop.run();").empty());

  ProgramRun crash = nothing;
  crash.failure = "It was killed.";
  crash.signal = "SIGSEGV";
  REQUIRE(remarks(crash, "").size() == 1);
  CHECK(remarks(crash, "")[0].starts_with("Does a coroutine use an object that no longer exists?"));
  crash.signal = "SIGILL";
  CHECK(remarks(crash, "")[0].starts_with("Does a function reach its end"));

  Printed late = breakfast;
  std::swap(late[2].second, late[3].second);
  REQUIRE(remarks(run_of(late, 3s), "co_await asio::post(asio::use_awaitable);").size() == 1);
  CHECK(remarks(run_of(late, 3s), "timer.expires_after(1ms);").empty());
  CHECK(remarks(run_of(late, 3s), "asio::post(executor, std::move(handler));").empty());

  const std::string looks = "#include <asio.hpp>\nco_spawn(loop, f(), g); loop.poll(); ";
  CHECK(remarks(nothing, looks)[0].starts_with("poll() does not wait"));
  CHECK(remarks(nothing, looks + "TestClock::passed += 1s;")[0].starts_with(
      "poll() runs what is ready"));
}

TEST_CASE("other lines") {
  CHECK(sentence_on({}, 0s) == "It did not print what was expected. It printed nothing.");
  Printed lines = breakfast;
  lines.back().second = "Elapsed: 3.1s";
  const Verdict verdict = breakfast_verdict(run_of(lines, 3s));
  CHECK(
      verdict.sentence ==
      "It did not print what was expected. \"Elapsed: 3.1s\" was printed, and \"Elapsed: 3.0s\" is "
      "missing.");
  CHECK(verdict.details.find("Elapsed: 3.0s | Elapsed: 3.1s") != std::string::npos);
  lines = breakfast;
  lines.push_back({3s, "Bye"});
  CHECK(sentence_on(lines, 3s) == "It did not print what was expected. \"Bye\" was not expected.");
  lines.back().second = "Start kettle";
  CHECK(sentence_on(lines, 3s) ==
        "It did not print what was expected. \"Start kettle\" was printed 2 times, 1 expected.");
}

TEST_CASE("lines that come at the same time and must keep their order") {
  Exercise exercise = kettle_and_toaster;
  Printed lines = breakfast;
  std::swap(lines[0], lines[1]);
  CHECK(breakfast_verdict(run_of(lines, 3s), exercise).passed);
  exercise.in_order = {{"Start kettle", "Start toaster"}};
  CHECK(breakfast_verdict(run_of(breakfast, 3s), exercise).passed);
  CHECK(sentence_on(lines, 3s, exercise) ==
        "\"Start toaster\" was printed before \"Start kettle\", expected after it.");
}

TEST_CASE("a line that comes at a guessed moment") {
  Exercise exercise = kettle_and_toaster;
  exercise.at_once = {{"End kettle", "Elapsed"}};
  ProgramRun run = run_of(breakfast, 3s);
  run.lines[3].waits = run.lines[4].waits = 2;
  CHECK(breakfast_verdict(run, exercise).passed);
  run.lines[4].waits = 3;
  const Verdict verdict = breakfast_verdict(run, exercise);
  CHECK(verdict.rule == "it guesses");
  CHECK(verdict.sentence.starts_with(
      "\"Elapsed: 3.0s\" came at the right time, but not because of \"End kettle\": "));
}

TEST_CASE("an answer that names more durations than the starter") {
  Exercise exercise = kettle_and_toaster;
  const auto rule = [&](std::string_view source) {
    return breakfast_verdict(run_of(breakfast, 3s), exercise, source).rule;
  };
  const std::string_view guess = "co_await pass(2s);  co_await pass(3s);";
  CHECK(rule(guess).empty());
  exercise.durations = 1;
  CHECK(rule("co_await pass(2s);").empty());
  CHECK(rule(guess) == "it names a time of its own");
}

TEST_CASE("an answer that knows the data, and one that waits in steps") {
  const Exercise& exercise = kettle_and_toaster;
  const auto rule = [&](const std::string& source) {
    return breakfast_verdict(run_of(breakfast, 3s), exercise, "co_await work; " + source).rule;
  };
  CHECK(rule("if (name == \"kettle\") f();\nint main() { boil(\"kettle\"); }") ==
        "it asks by name");
  CHECK(rule("while (!done) co_await pass(100ms);") == "it waits in steps");
}

TEST_CASE("words that an answer must have, or have only so often") {
  Exercise exercise = kettle_and_toaster;
  exercise.in_text = {{{"now()"}, 2, 9, "nothing is measured."},
                      {{"8", "eight"}, 0, 1, "it knows the eight."}};
  const auto sentence = [&](const std::string& source) {
    return breakfast_verdict(run_of(breakfast, 3s), exercise, "co_await work; " + source).sentence;
  };
  const std::string right = "The lines and their times are right, but ";
  CHECK(sentence("now(); now(); co_return 8;").starts_with("Right."));
  CHECK(sentence("now(); // now()") == right + "nothing is measured.");
  CHECK(sentence("now(); now(); co_return 8; print(\"8\", eight)") ==
        right + "it knows the eight.");
}

TEST_CASE("a record says how often the clock had moved before a line") {
  const Trace trace = parse_trace(
      "0 at 2 0\n"
      "10 at 2 0\n"
      "10 at 4 0\n"
      "15 at 4 2\n"
      "20 at 4 2\n"
      "20 moved 2 0\n"
      "20 end\n");
  std::vector<int> waits;
  for (const PrintedLine& line : simulated_run("a\nb\nd\n", "c\n", trace).lines) {
    waits.push_back(line.waits);
  }
  CHECK(waits == std::vector<int>{0, 1, 1, 2});
}

TEST_CASE("a program that only prints") {
  const auto rule = [](std::string_view source) {
    return breakfast_verdict(run_of(breakfast, 3s), kettle_and_toaster, source).rule;
  };
  CHECK(rule("int main() { fmt::print(lines); }") == "it starts no task");
  CHECK(rule("int main() { asio::post(loop, all); }").empty());
}

TEST_CASE("an exception that may be lost") {
  const std::string hint = "An exception may be lost: asio::detached ignores";
  const std::string source = "co_spawn(loop, cook(), asio::detached);  // detached\n";
  const auto verdict = [&](const Printed& lines, const std::string& text) {
    return breakfast_verdict(run_of(lines, 3s), kettle_and_toaster, text).sentence;
  };
  Printed lines = breakfast;
  lines.erase(lines.begin() + 3);
  lines.back().second = "Elapsed: 2.0s";
  CHECK(verdict(lines, source)
            .starts_with("\"Start kettle\" was printed, \"End kettle\" was not. " + hint));
  CHECK(verdict(lines, "cook();  // not detached\n") ==
        "\"Start kettle\" was printed, \"End kettle\" was not.");
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  CHECK(breakfast_verdict(run_of(lines, 3s), without, source)
            .sentence.starts_with("It did not print what was expected. " + hint));
  // An unexpected line has another cause, and so has an exception that was printed.
  lines.push_back({3s, "Bye"});
  CHECK(verdict(lines, source) == "\"Start kettle\" was printed, \"End kettle\" was not.");
  ProgramRun thrown = run_of({}, 0s);
  thrown.failure = "An exception ended it.";
  CHECK(breakfast_verdict(thrown, without, source).sentence == "An exception ended it.");
}

TEST_CASE("right lines at a wrong time") {
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  Printed lines = breakfast;
  lines[2].first = 1s;
  CHECK(sentence_on(lines, 3s, without) ==
        "The lines are right, but their times are not: line 3, \"End toaster\", came after 1.000s "
        "of simulated time, expected after 2.000s.");
}

TEST_CASE("the name of a span") {
  CHECK(Span{"Start kettle", "End kettle"}.name() == "kettle");
  CHECK(Span{"Start washing machine", "End washing machine"}.name() == "washing machine");
  CHECK(Span{"kettle: starts", "kettle: ends"}.name() == "kettle");
  CHECK(Span{"Hello", "Bye"}.name() == "\"Hello\"");
}

TEST_CASE("a line that came too late, at a time with two digits") {
  Exercise without = kettle_and_toaster;
  without.overlap.clear();
  Printed lines = breakfast;
  lines[2].first = 2750ms;
  lines[3].first = 2740ms;
  std::swap(lines[2], lines[3]);
  lines[0].first = 0s;
  // (The early line is the cause of the late one.)
  CHECK(sentence_on(lines, 3s, without) == "\"End kettle\" came after 2.74s, expected after 3.0s.");
  lines[2].first = 3s;
  lines[3].first = 3010ms;
  CHECK(sentence_on(lines, 3s, without) == "\"End toaster\" came after 3.0s, expected after 2.0s.");
}

TEST_CASE("what must be done once") {
  Exercise bank;
  bank.once = {{"Booked", "Deposit", "booking"}, {"Receipt for", "Deposit", "receipt"}};
  const auto sentence = [&](const std::string& output) {
    ProgramRun run;
    run.output = output;
    return judge(run, {"Booked 1, balance 10\nReceipt for 1\n", {}}, bank, "").sentence;
  };
  CHECK(sentence("Booked 1, balance 10\n") ==
        "It did not print what was expected. Deposit 1 has no receipt.");
  CHECK(sentence("Booked 1, balance 10\nBooked 1, balance 20\nReceipt for 1\n") ==
        "It did not print what was expected. Deposit 1 has 2 bookings, not 1.");
  CHECK(sentence("Booked 1, balance 20\nReceipt for 1\n") ==
        "It did not print what was expected. \"Booked 1, balance 20\" was printed, and \"Booked 1, "
        "balance 10\" is missing.");
}

TEST_CASE("bytes that are no text") {
  for (const char* bytes : {"\xA5\xA5", "a\xC3", "\xEF\xBF\xBD", "\x01"}) {
    Printed lines = breakfast;
    lines[1].second = bytes;
    CHECK(sentence_on(lines, 3s).starts_with("It printed bytes that are not text"));
  }
  Printed lines = breakfast;
  lines[1].second = "Start toäster";
  CHECK(sentence_on(lines, 3s).starts_with("It did not print what was expected."));
}

TEST_CASE("the exceptions of a program that lacks lines") {
  ProgramRun run = run_of({{0s, "Start kettle"}, {1s, "Start toaster"}}, 3s);
  run.thrown = {{1s, "no water"}, {2s, "multiple exceptions"}};
  CHECK(breakfast_verdict(run).sentence ==
        "\"Start kettle\" was printed, \"End kettle\" was not. The last exception was thrown after "
        "1.0s: no water.");
  run.thrown = {{1s, "no water"}, {1s, "Operation aborted."}, {1s, "no water"}};
  CHECK(breakfast_verdict(run).sentence.ends_with("after 1.0s: Operation aborted."));
  run.failure = "An exception ended it.";
  run.errors =
      "terminate called after throwing an instance of 'asio::multiple_exceptions'\n"
      "  what():  multiple exceptions\n";
  CHECK(breakfast_verdict(run).sentence.starts_with(
      run.failure + " These exceptions were thrown: no water; Operation aborted."));
}

TEST_CASE("a coroutine that outlives what it uses is refused, whatever it prints") {
  const std::string source =
      "asio::awaitable<void> ask(const Station& s) { co_return; }\n"
      "int main() { co_spawn(loop, ask({1}), rethrow); }\n";
  ProgramRun run = run_of(breakfast, 3s);
  CHECK(breakfast_verdict(run, kettle_and_toaster, source)
            .sentence.starts_with("Line 2: ask refers to a temporary, which is gone before the "
                                  "coroutine runs. Let ask take this argument by value."));
  CHECK(breakfast_verdict(run, kettle_and_toaster,
                          "asio::awaitable<void> ask(std::string_view name) { co_return; }\n"
                          "int main() { co_spawn(loop, ask(std::string(\"Rome\")), rethrow); }\n")
            .sentence.find("Let ask take a std::string, by value.") != std::string::npos);
  run.failure = "It uses a thread.";
  run.refused = true;
  CHECK(breakfast_verdict(run, kettle_and_toaster, source).sentence.starts_with(run.failure));
}

TEST_CASE("a switch that is not awaited comes first, if something is wrong") {
  const std::string source =
      "void f() { asio::this_coro::throw_if_cancelled(false); co_await g(); }";
  CHECK(breakfast_verdict(run_of(breakfast, 3s), kettle_and_toaster, source).passed);
  CHECK(breakfast_verdict(run_of({}, 3s), kettle_and_toaster, source)
            .sentence.starts_with("Line 1: throw_if_cancelled does nothing"));
}

TEST_CASE("a lambda that the compiler destroys twice") {
  const std::string source = "co_await f([names]() -> asio::awaitable<void> { co_return; });";
  ProgramRun run = run_of({}, 0s);
  run.failure = "It was killed.";
  run.signal = "SIGABRT";
  CHECK(breakfast_verdict(run, kettle_and_toaster, source).rule == "it failed");
  run.compiler = "GNU 12.2.0";
  CHECK(breakfast_verdict(run, kettle_and_toaster, source)
            .sentence.starts_with(run.failure + " Line 1: g++ 12 destroys a lambda"));
}

TEST_CASE("an exception whose message is gone") {
  const std::string thrown =
      "terminate called after throwing an instance of 'std::logic_error'\n  what():  ";
  CHECK(last_words(thrown + "no \xc0\xdf") ==
        "An uncaught exception ended it: std::logic_error. Its message is not text: the string "
        "that it refers to no longer exists.");
  CHECK(last_words(thrown + "no water") ==
        "An uncaught exception ended it: std::logic_error: no water.");
}

TEST_CASE("memory that was freed, in the output") {
  ProgramRun run = run_of({{0s, "Start kettle"}, {0s, "-1515870811 cups"}}, 3s);
  const auto remarks = breakfast_verdict(run).remarks;
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0].starts_with("-1515870811 is what freed memory is filled with here"));
}

TEST_CASE("what a standard library's assertion says") {
  CHECK(
      last_words("/usr/include/c++/12/optional:479: constexpr _Tp& std::_Optional_base_impl<_Tp, "
                 "_Dp>::_M_get() [with _Tp = int]: Assertion 'this->_M_is_engaged()' failed.\n") ==
      "The C++ library ended it: an empty std::optional was used. Look whether it has a value "
      "first.");
  CHECK(last_words(
            "/v1/vector:1393: assertion __n < size() failed: vector[] index out of bounds\n") ==
        "The C++ library ended it: an element was used that is not there: its index is too large.");
  CHECK(last_words("/c++/12/x.h:1: f(): Assertion '__odd' failed.\n") ==
        "The C++ library ended it: __odd.");
}

TEST_CASE("a malformed exercise.json") {
  CHECK(refusal("[]") == "exercise.json is not a JSON object.");
  CHECK(refusal("{") == "exercise.json is not a JSON object.");
  CHECK(refusal("{}") == "exercise.json has no \"task\".");
  const std::string start = R"({"task": "t", "starter_fails": "s", )";
  CHECK(refusal(start + R"("hints": ["1", "2"]})") ==
        "exercise.json has 2 hints; exactly three are required.");
  CHECK(refusal(start + R"("hints": [1, 2, 3]})") ==
        "exercise.json has a \"hints\" of the wrong type.");
  CHECK(refusal(start + R"("overlap": [["a"]], "hints": []})") ==
        "exercise.json has a \"overlap\" of the wrong type.");
  CHECK(refusal(start + R"("hints": ["1", "2", "3"], "hint": 1})") ==
        "exercise.json has a \"hint\" that is not a known entry.");
  CHECK(refusal(start + R"("hints": ["1", "2", "3"]})").empty());
}

TEST_SUITE_END();

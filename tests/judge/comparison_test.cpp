// Which texts the comparisons accept and refuse, and how they show the difference.
#include "comparison.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "expectation_files.hpp"
#include "fault.hpp"
#include "real_time_agreement.hpp"
#include "saved_expectation.hpp"
#include "temporary_folder.hpp"

using namespace workbook;
using namespace std::chrono_literals;

namespace {

ProgramRun simulated(const std::vector<std::pair<std::chrono::nanoseconds, std::string>>& lines) {
  ProgramRun run;
  for (const auto& [time, text] : lines) {
    run.lines.push_back({time, false, text});
    run.output += text + "\n";
  }
  return run;
}

bool agrees(const ProgramRun& run, const std::string& output) {
  return !disagreement(run, output).has_value();
}

}  // namespace

TEST_SUITE_BEGIN("comparison");

TEST_CASE("equal texts do not differ") {
  CHECK(!difference("", ""));
  CHECK(!difference("one\ntwo\n", "one\ntwo\n"));
}

TEST_CASE("the first differing line is marked") {
  const auto shown = difference("one\ntwo\nthree\n", "one\n2\nthree\n");
  REQUIRE(shown);
  CHECK(*shown ==
        "      expected   printed\n"
        "    1 one        one\n"
        ">   2 two      | 2\n"
        "    3 three      three\n");
}

TEST_CASE("a missing and a surplus line are named") {
  CHECK(difference("one\ntwo\n", "one\n")->find(">   2 two      | (no line)") != std::string::npos);
  CHECK(difference("one\n", "one\ntwo\n")->find(">   2 (no line) | two") != std::string::npos);
  CHECK(difference("one\n", "")->find(">   1 one") != std::string::npos);
}

TEST_CASE("white space is made visible where lines differ") {
  CHECK(difference("a b\n", "a  b\n")->find("a ·b") != std::string::npos);
  CHECK(difference("a\n", "a \n")->find("a·") != std::string::npos);
  CHECK(difference("a\n", "a\t\n")->find("a→") != std::string::npos);
  CHECK(difference("a\n", "a\r\n")->find("a␍") != std::string::npos);
  CHECK(difference("a\n", "a")->find("a (no end of line)") != std::string::npos);
}

TEST_CASE("lines that may change places are shown beside each other") {
  CHECK(*difference_but_for_ties("one\ntwo\nthree\n", {0ms, 0ms, 5ms}, "two\none\n3\n") ==
        "      expected   printed\n"
        "    1 two        two\n"
        "    2 one        one\n"
        ">   3 three    | 3\n");
}

TEST_CASE("one line is not called lines") {
  const std::string shown = *difference("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nsix\n");
  CHECK(shown.find("… 1 line, the same in both") != std::string::npos);
}

TEST_CASE("bytes that are no text are made visible") {
  CHECK(difference("a\n", "\xA5\n")->find("\\xa5") != std::string::npos);
  CHECK(difference("a\n", "ä\n")->find("| ä") != std::string::npos);
}

TEST_CASE("a long text is cut around the difference, and to the width") {
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "line\n";
  std::string actual = expected;
  actual.replace(50 * 5, 4, std::string(200, 'x'));
  const std::string shown = *difference(expected, actual, 60);
  CHECK(shown.find("… 46 lines, the same in both") != std::string::npos);
  CHECK(shown.find(">  51 line") != std::string::npos);
  CHECK(shown.find("… 34 more lines") != std::string::npos);
  for (std::size_t begin = 0; begin < shown.size();) {
    const auto end = shown.find('\n', begin);
    CHECK(end - begin <= 60 + 2);  // an ellipsis has three bytes
    begin = end + 1;
  }
}

TEST_CASE("in real time seconds may be off by 0.3") {
  const ProgramRun run = simulated({{1s, "Finishing in 1.0s"}, {2s, "Elapsed: 2.0s"}});
  CHECK(agrees(run, "Finishing in 1.3s\nElapsed: 1.7s\n"));
  CHECK(!agrees(run, "Finishing in 1.4s\nElapsed: 2.0s\n"));
  CHECK(!agrees(run, "Finishing in 1.0s\nElapsed: 1.6s\n"));
  CHECK(!agrees(run, "Finishing in 1.0s\n"));
  CHECK(!agrees(run, "Finishing in 1.0s\nElapsed: 2.0s\nmore\n"));
  CHECK(!agrees(run, "Finishing in 1.0s\nElapsed: 2.0s"));
}

TEST_CASE("in real time other numbers may not differ") {
  CHECK(!agrees(simulated({{0s, "End dryer for 3 seconds"}}), "End dryer for 4 seconds\n"));
  CHECK(!agrees(simulated({{0s, "potato 1.0"}}), "potato 1.1\n"));
}

TEST_CASE("in real time clocks are compared by their distance") {
  const ProgramRun run = simulated({{0s, "started at 12:00:00"}, {3s, "finished at 12:00:03"}});
  CHECK(agrees(run, "started at 08:15:58\nfinished at 08:16:01\n"));
  CHECK(agrees(run, "started at 23:59:58\nfinished at 00:00:01\n"));
  CHECK(agrees(run, "started at 08:15:58\nfinished at 08:16:02\n"));
  CHECK(!agrees(run, "started at 08:15:58\nfinished at 08:16:03\n"));
  CHECK(!agrees(run, "started at 08:15:58\nfinished at 08:15:59\n"));
}

TEST_CASE("in real time only simultaneous lines may change places") {
  const ProgramRun run = simulated({{0ms, "a"}, {9ms, "b"}, {19ms, "c"}});
  CHECK(agrees(run, "a\nb\nc\n"));
  CHECK(agrees(run, "b\na\nc\n"));
  CHECK(!agrees(run, "a\nc\nb\n"));
  CHECK(!agrees(run, "c\na\nb\n"));
}

TEST_CASE("saved files are rewritten only if they differ, and named") {
  const TemporaryFolder temporary;
  const std::filesystem::path& folder = temporary.path();
  using Files = std::vector<std::filesystem::path>;

  ProgramRun run = simulated({{0s, "one"}, {1s, "two"}});
  run.total = 1s;
  CHECK(save_expectation(folder, "sync", run) ==
        Files{folder / "sync.expected", folder / "replay.json"});
  CHECK(save_expectation(folder, "sync", run).empty());
  run.total = 2s;
  CHECK(save_expectation(folder, "sync", run) == Files{folder / "replay.json"});
  CHECK(fault_of(run, load_expectation(folder, "sync")).empty());
}

TEST_SUITE_END();

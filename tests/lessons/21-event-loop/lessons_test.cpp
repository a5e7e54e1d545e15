// Programs of other lessons, unchanged but for the include: on the little Asio they print what they
// print on Asio, to the letter.
#define ASIO_HPP  // so that <asio.hpp> is taken as included already

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "../../../lessons/21-event-loop/little_asio.hpp"

// Only the real main may do without a return.
#define main() \
  unused;      \
  void program()
// clang-format off
namespace print {
#include "../../../lessons/01-print/async.cpp"
}
namespace report {
#include "../../../lessons/02-sleep/async.cpp"
}
namespace answer {
#include "../../../lessons/04-coroutines/async.cpp"
}
namespace count {
#include "../../../lessons/05-count/async.cpp"
}
namespace chores {
#include "../../../lessons/08-chores/async_looking_up.cpp"
}
namespace blocked_chores {
#include "../../../lessons/08-chores/async.cpp"
}
// clang-format on
#undef main

namespace {

// Returns what `program` writes to stdout.
std::string printed_by(void (*program)()) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  ::dup2(::fileno(file), STDOUT_FILENO);
  program();
  std::fflush(stdout);
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

std::string expected(const char* path) {
  std::ifstream file(std::filesystem::path(WORKBOOK_SOURCE) / "lessons" / path);
  REQUIRE_MESSAGE(file, path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE_BEGIN("lessons");

TEST_CASE("they print what they print on Asio") {
  CHECK(printed_by(print::program) == expected("01-print/async.expected"));
  CHECK(printed_by(report::program) == expected("02-sleep/async.expected"));
  CHECK(printed_by(answer::program) == expected("04-coroutines/async.expected"));
  CHECK(printed_by(count::program) == expected("05-count/async.expected"));
  CHECK(printed_by(chores::program) == expected("08-chores/async_looking_up.expected"));
}

TEST_CASE("an awaited coroutine that has ended lets its caller queue") {
  const std::string water = "End boiling water for 4 seconds\n";
  const std::string dryer = "Start dryer for 3 seconds\n";
  std::string lines = expected("08-chores/async.expected");
  const auto place = lines.find(dryer + water);
  REQUIRE(place != std::string::npos);
  lines.replace(place, dryer.size() + water.size(), water + dryer);
  CHECK(printed_by(blocked_chores::program) == lines);
}

TEST_SUITE_END();

// The compiler's messages, made readable.
#include "compiler_log.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace workbook;

TEST_SUITE_BEGIN("exercise");

TEST_CASE("the compiler's first error, with the learner's line that led to it") {
  const std::string file = "/w/my/01-print.cpp";
  const auto error = [&](const std::string& log) {
    const auto found = first_error(log, file);
    return found ? fmt::format("{}: {}", found->line, found->text) : "";
  };
  CHECK(error("[1/2] Building\nFAILED: my.o\n/usr/bin/c++ -c /w/my/01-print.cpp\n"
              "/w/my/01-print.cpp: In function 'int main()':\n"
              "/w/my/01-print.cpp:31:5: error: 'foo' was not declared in this scope\n"
              "/w/my/01-print.cpp:32:5: error: 'bar' was not declared in this scope\n") ==
        "31: error: 'foo' was not declared in this scope.");
  CHECK(error("../../my/01-print.cpp:31:5: error: a path of a compiler cache\n") ==
        "31: error: a path of a compiler cache.");
  CHECK(error("../../other/01-print.cpp:31:5: error: another file\n") == "0: error: another file.");
  // g++ prints before an error where it comes from, clang after it.
  CHECK(error("In file included from /w/my/01-print.cpp:4:\n"
              "/usr/include/asio.hpp: In instantiation of 'void f() [with T = int]':\n"
              "/w/my/01-print.cpp:12:7:   required from here\n"
              "/usr/include/asio.hpp:99:1: error: no type named 'type' in 'struct a<int>'\n") ==
        "12: error: no type named 'type' in 'struct a<int>'.");
  CHECK(error("In file included from /w/my/01-print.cpp:4:\n"
              "/usr/include/asio.hpp:99:1: error: no type named 'type' in 'a<int>'\n"
              "/w/my/01-print.cpp:12:7: note: in instantiation of function template\n"
              "/usr/include/asio.hpp:100:1: error: another\n") ==
        "12: error: no type named 'type' in 'a<int>'.");
  CHECK(error("In file included from /w/my/01-print.cpp:4:\n"
              "/w/my/part.hpp:9:1: error: expected ';'\n"
              "In file included from /w/my/01-print.cpp:5:\n") == "4: error: expected ';'.");
  CHECK(error("/usr/bin/ld: 01-print.cpp:(.text+0x1): undefined reference to `wait(int)'\n") ==
        "0: error: wait(int) is used, but not defined.");
  CHECK(error("mold: error: undefined symbol: wait(int)\n>>> referenced by x.o\n") ==
        "0: error: wait(int) is used, but not defined.");
  CHECK(error("nothing of the kind\n").empty());
  // clang prints the cause after its consequence.
  CHECK(error("/w/my/01-print.cpp:7:10: error: no viable conversion from returned value\n"
              "/w/my/01-print.cpp:7:3: error: return statement not allowed in coroutine; did you "
              "mean 'co_return'?\n") ==
        "7: error: return statement not allowed in coroutine; did you mean 'co_return'? A "
        "coroutine ends with co_return, not with return.");
  CHECK(error("/w/my/01-print.cpp:9:3: error: call to deleted constructor of "
              "'asio::awaitable<void>'\n") ==
        "9: error: call to deleted constructor of 'asio::awaitable<void>'. An awaitable cannot be "
        "copied: give it away with std::move, once.");
}

TEST_CASE("a cause that only the compiler's notes name") {
  const auto words = [](const std::string& message, const std::string& notes) {
    const auto found =
        first_error("/w/my/01.cpp:3:1: error: " + message + "\n" + notes + "\n", "/w/my/01.cpp");
    REQUIRE(found);
    return found->text.substr(found->text.find(". ") + 2);
  };
  const std::string await_missing = "Is a co_await missing?";
  CHECK(words("no member named 'price' in 'asio::awaitable<Answer>'", "") == await_missing);
  CHECK(words("‘class asio::awaitable<Answer>’ has no member named ‘price’", "") == await_missing);
  CHECK(words("type 'asio::awaitable<int>' does not provide a subscript operator", "") ==
        await_missing);
  CHECK(words("no match for ‘operator>’ (operand types are ‘asio::awaitable<int>’ and ‘int’)",
              "") == await_missing);
  const std::string push_back = "no matching member function for call to 'push_back'";
  CHECK(words(push_back,
              "note: no known conversion from 'asio::awaitable<int>' to 'const "
              "value_type' (aka 'const int')") == await_missing);
  CHECK(words(push_back,
              "note: no known conversion from 'awaitable<int, [...]>' to "
              "'awaitable<void, [...]>' for 1st argument")
            .starts_with("All awaitables in a vector have the same result type"));
  const std::string construct = "no matching function for call to 'construct_at'";
  CHECK(words(construct, "error: call to deleted constructor of 'asio::awaitable<int>'")
            .starts_with("An awaitable cannot be copied"));
  CHECK(words(construct, "note: call to deleted constructor of 'asio::steady_timer'")
            .starts_with("The vector would copy an element"));
  CHECK(words(construct, "") == "No constructor of this type takes these arguments.");
  CHECK(words("functions that differ only in their return type cannot be overloaded", "")
            .starts_with("Another function has this name and these parameters"));
  CHECK(words("no matching constructor for initialization of 'asio::steady_timer'",
              "note: no known conversion from 'const executor_t' to 'const executor_type'")
            .starts_with("Only co_await asio::this_coro::executor"));
  CHECK(words("no matching function for call to ‘co_spawn(asio::any_io_executor&, "
              "asio::awaitable<int> (&)(int), void (&)(std::exception_ptr))’",
              "")
            .starts_with("co_spawn gets the function itself"));
  CHECK(words("no matching function for call to 'co_spawn'",
              "note: could not match 'awaitable<T, AwaitableExecutor>' against "
              "'asio::awaitable<int> (*)(int)'")
            .starts_with("co_spawn gets the function itself"));
  CHECK(words("5 names provided for structured binding",
              "note: while ‘const struct std::tuple<std::__exception_ptr::exception_ptr, "
              "std::tuple<int, int> >’ decomposes into 4 elements")
            .find("Asio #1577") != std::string::npos);
  const std::string no_literal = "A format string is checked when the program is compiled";
  CHECK(
      words("'d' is not a constant expression", "fmt::format(d ? x : y)").starts_with(no_literal));
  CHECK(words("the value of 'd' is not usable in a constant expression", "fmt::format(d ? x : y)")
            .starts_with(no_literal));
  CHECK(words("call to consteval function 'fmt::basic_format_string<char, int &>' is not a "
              "constant expression",
              "note: function parameter 'd' with unknown value cannot be used in a constant "
              "expression")
            .starts_with(no_literal));
  const std::string print =
      "call to consteval function 'fmt::basic_format_string<char, int>::basic_format_string<const "
      "char *, 0>' is not a constant expression";
  CHECK(words(print,
              "note: read of non-constexpr variable 'd' is not allowed in a constant expression")
            .starts_with(no_literal));
  for (const char* reports : {"on_error", "throw_format_error"}) {
    CHECK(words(print, fmt::format("note: non-constexpr function '{}' cannot be used in a constant "
                                   "expression",
                                   reports))
              .starts_with("The placeholders of a format string do not match"));
  }
}

TEST_CASE("template noise is left out") {
  CHECK(without_template_noise(
            "cannot convert ‘asio::awaitable<void, asio::any_io_executor>’ to ‘int’") ==
        "cannot convert 'asio::awaitable<void>' to 'int'");
  CHECK(without_template_noise("no match for 'f(std::vector<std::pair<int, int> >)' [with T = "
                               "std::vector<std::pair<int, int> >]") ==
        "no match for 'f(std::vector<std::pair<…>>)'");
  CHECK(without_template_noise("no match for 'operator<' in 'a < b'") ==
        "no match for 'operator<' in 'a < b'");
  CHECK(without_template_noise("ignoring returned value of type 'awaitable<void>' [-Wunused]") ==
        "ignoring returned value of type 'awaitable<void>'");
}

TEST_CASE("a warning that explains a failure") {
  const std::string file = "/w/my/01-print.cpp";
  const auto warning = telling_warning(
      "/w/my/01-print.cpp:3:1: warning: unused parameter 'x' [-Wunused-parameter]\n"
      "/w/my/01-print.cpp:9:10: warning: ignoring returned value of type 'asio::awaitable<void>', "
      "declared with attribute 'nodiscard' [-Wunused-result]\n",
      file);
  REQUIRE(warning);
  CHECK(warning->line == 9);
  CHECK(warning->text ==
        "ignoring returned value of type 'asio::awaitable<void>': is a co_await missing?");
  const auto of_clang = telling_warning(
      "/w/my/01-print.cpp:9:3: warning: ignoring return value of function declared with "
      "'nodiscard' attribute [-Wunused-result]\n",
      file);
  REQUIRE(of_clang);
  CHECK(of_clang->text ==
        "the result of this call is discarded: is a co_await or a co_spawn missing?");
  CHECK_FALSE(
      telling_warning("/w/my/other.cpp:9:10: warning: ignoring it [-Wunused-result]\n", file));
}

TEST_SUITE_END();

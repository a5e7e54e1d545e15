// The faults that a program's text shows, and the programs that only look like them.
#include "source_text.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace workbook;

namespace {

using Look = std::optional<TextFault>(std::string_view);

// The line of the fault that it finds; 0 without one.
int line_of(Look* look, std::string_view source) {
  const auto fault = look(code_of(source));
  return fault ? fault->line : 0;
}

// A function around some statements, the first of which is in line 2.
std::string inside(const std::string& statements) {
  return "asio::awaitable<void> all() {\n" + statements + "\n}\n";
}

}  // namespace

TEST_SUITE_BEGIN("exercise");

TEST_CASE("comments and texts are no code") {
  CHECK(code_of("a // b\nc") == "a     \nc");
  CHECK(code_of("a /* b\nb */ c") == "a     \n     c");
  CHECK(code_of(R"(f("a\"b // c", '"', 1'000);)") == R"(f("         ", ' ', 1'000);)");
}

TEST_CASE("a lambda with captures that is called at once") {
  const auto line = [](const std::string& statements) {
    return line_of(dangling_coroutine, inside(statements));
  };
  CHECK(line("int d = 3;\ngroup.start([d]() -> asio::awaitable<void> { co_await dive(d); }());") ==
        3);
  CHECK(line("auto steps = [hut]() -> asio::awaitable<void> { co_await ask(hut); }();\n"
             "co_await wait_for(std::move(steps), 2s);") == 2);
  CHECK(line("co_spawn(co_await asio::this_coro::executor, [=]() -> asio::awaitable<int> {\n"
             "co_return co_await ask(shop);\n}(), rethrow);") == 0);
  CHECK(line("int shop = 1;\nco_spawn(co_await asio::this_coro::executor,\n"
             "[=]() -> asio::awaitable<int> { co_return co_await ask(shop); }(), rethrow);") == 4);
  // Awaited in the same statement, called later, given parameters, or given to co_spawn itself.
  CHECK(line("co_await [d]() -> asio::awaitable<void> { co_await dive(d); }();") == 0);
  CHECK(line("const auto [a, b] = co_await (ask(1) && [d]() -> asio::awaitable<int> { co_return d; "
             "}());") == 0);
  CHECK(line("co_await with_task_group([&](TaskGroup& g) -> asio::awaitable<void> {\n"
             "co_return; });") == 0);
  CHECK(line("auto task = [d]() -> asio::awaitable<void> { co_await dive(d); };\n"
             "group.start(task());") == 0);
  CHECK(line("group.start([](int d) -> asio::awaitable<void> { co_await dive(d); }(3));") == 0);
  CHECK(line("co_spawn(loop, [d]() -> asio::awaitable<void> { co_await dive(d); }, rethrow);") ==
        0);
}

TEST_CASE("a temporary that a coroutine refers to") {
  const auto line = [](std::string_view parameter, const std::string& statements) {
    return line_of(dangling_coroutine, "asio::awaitable<void> ask(" + std::string(parameter) +
                                           ") { co_return; }\n" + inside(statements));
  };
  CHECK(line("const Station& s", "co_spawn(loop, ask({1, 2}), rethrow);") == 3);
  CHECK(line("const Station& s", "co_spawn(loop, ask(Station{1, 2}), rethrow);") == 3);
  CHECK(line("const std::string& s", "group.start(ask(\"North\"));") == 3);
  CHECK(line("std::string_view s", "group.start(ask(std::string(\"North\")));") == 3);
  CHECK(line("const int& i", "for (int i = 0; i < 3; ++i) {\n  group.start(ask(i));\n}") == 4);
  CHECK(line("Station& s", "for (Station one : all) group.start(ask(one));") == 3);
  CHECK(line("const Station& s", "co_await ask({1, 2});") == 0);
  CHECK(line("const Station& s", "for (Station& one : all) group.start(ask(one));") == 0);
  CHECK(line("Station s", "group.start(ask({1, 2}));") == 0);
  CHECK(line("std::string_view s", "group.start(ask(\"North\"));") == 0);
  CHECK(line("Station& s", "group.start(ask(north));") == 0);
}

TEST_CASE("a lambda that g++ 12 destroys twice") {
  const auto line = [](const std::string& statements) {
    return line_of(lambda_destroyed_twice, inside(statements));
  };
  CHECK(line("co_await with_task_group([names](TaskGroup& g) -> asio::awaitable<void> {\n"
             "co_return; });") == 2);
  CHECK(line("co_await with_task_group([](TaskGroup& g) -> asio::awaitable<void> {\n"
             "co_return; });") == 0);
  CHECK(line("auto body = [names](TaskGroup& g) -> asio::awaitable<void> { co_return; };\n"
             "co_await with_task_group(body);") == 0);
}

TEST_CASE("a task that is made and never awaited") {
  const auto line = [](const std::string& statements) {
    return line_of(never_awaited, inside(statements));
  };
  CHECK(line("auto limited = wait_for(ask(hut), 2s);") == 2);
  CHECK(line("asio::awaitable<int> answer = ask(hut);  // answer") == 2);
  CHECK(line("auto limited = wait_for(ask(hut), 2s);\nco_await std::move(limited);") == 0);
  CHECK(line("const auto answer = co_await ask(hut);") == 0);
  CHECK(line("auto count = 3;") == 0);
  CHECK(line("auto rome = start_task(loop, call(rome));") == 0);  // it runs
}

TEST_CASE("a task that is started and never waited for") {
  const auto line = [](const std::string& statements) {
    return line_of(left_alone, inside(statements));
  };
  CHECK(line("auto oslo = start_task(executor, ask(\"Oslo\"));") == 2);
  CHECK(line("auto oslo = start_task(executor, ask(\"Oslo\"));\nco_await oslo->async_receive();") ==
        0);
  CHECK(line("auto stay = asio::make_work_guard(loop);") == 0);
}

TEST_CASE("a function that is no coroutine") {
  CHECK(line_of(no_coroutine, "asio::awaitable<void> dive(int d) {\nwait(d);\n}") == 1);
  CHECK(line_of(no_coroutine, inside("f([](int) -> asio::awaitable<void> { co_return; });")) == 1);
  CHECK(line_of(no_coroutine, "auto f = []() -> asio::awaitable<void> {};") == 1);
  CHECK(line_of(no_coroutine, "asio::awaitable<void> dive(int d) {\nreturn wait(d);\n}") == 0);
  CHECK(line_of(no_coroutine, "asio::awaitable<void> dive(int d);") == 0);
  CHECK(line_of(no_coroutine, inside("co_return;")) == 0);
}

TEST_CASE("an awaitable that is awaited twice") {
  CHECK(line_of(moved_twice, inside("co_await std::move(a);\nco_await std::move(a);")) == 3);
  CHECK(line_of(moved_twice, inside("f(std::move(a));") + inside("f(std::move(a));")) == 0);
}

TEST_CASE("a switch that is not awaited") {
  CHECK(line_of(only_named, inside("asio::this_coro::throw_if_cancelled(false);")) == 2);
  CHECK(line_of(only_named, inside("co_await asio::this_coro::throw_if_cancelled(false);")) == 0);
}

TEST_CASE("a task that is spawned after run()") {
  CHECK(line_of(runs_too_early, "int main() {\nloop.run();\nco_spawn(loop, f(), g);\n}") == 3);
  CHECK(line_of(runs_too_early, "int main() {\nco_spawn(loop, f(), g);\nloop.run();\n}") == 0);
}

TEST_CASE("a loop that waits in steps") {
  CHECK(line_of(waits_in_steps, inside("while (!done()) co_await pause(10ms);")) == 2);
  CHECK(line_of(waits_in_steps, inside("while (!done) {\n  co_await pause(1'000us);\n}")) == 2);
  CHECK(line_of(waits_in_steps, inside("while (!done) {\n  co_await pause(1s);\n  ask();\n}")) ==
        0);
  CHECK(line_of(waits_in_steps, inside("while (!done) co_await next();")) == 0);
  CHECK(line_of(waits_in_steps, inside("while (!co_await answers()) co_await pause(1s);")) == 0);
  const std::string timer = "timer.expires_after(100ms);\nco_await timer.async_wait(token);\n";
  CHECK(line_of(waits_in_steps, inside("while (!has(a, b())) {\n" + timer + "}")) == 2);
  CHECK(line_of(waits_in_steps, inside("while (!done) {\n" + timer + "ask();\n}")) == 0);
}

TEST_CASE("a buffer of a variable that is gone") {
  const auto line = [](const std::string& body) {
    return line_of(
        buffer_of_local,
        "using A = int; std::string kept;\nauto f(const std::string& given) {\n" + body + "}\n");
  };
  CHECK(line("  const std::string text = g();\n  return asio::buffer(text);\n") == 4);
  CHECK(line("  std::array<char, 9> text{};\n  return asio::buffer(text);\n") == 4);
  CHECK(line("  static std::string text = g();\n  return asio::buffer(text);\n") == 0);
  CHECK(line("  std::string& text = kept;\n  return asio::buffer(text);\n") == 0);
  CHECK(line("  return asio::buffer(given);\n") == 0);
  CHECK(line("  return asio::buffer(kept);\n") == 0);
  CHECK(
      line_of(buffer_of_local,
              "struct A {\n  std::string text;\n  auto f() { return asio::buffer(text); }\n};\n") ==
      0);
}

TEST_CASE("a posted lambda that refers to a coroutine's variables") {
  CHECK(line_of(posted_reference,
                "void f() {\n  co_await g();\n  asio::post(to, [&] { to.enter(sum); });\n}\n") ==
        3);
  CHECK(line_of(posted_reference,
                "void f() {\n  co_await g();\n  asio::post(to, [=] { to.enter(sum); });\n}\n") ==
        0);
  CHECK(line_of(posted_reference,
                "int main() {\n  asio::post(loop, [&] { ring(); });\n  loop.run();\n}\n") == 0);
}

TEST_CASE("names of main()'s data that other code asks for") {
  const std::string main = "int main() {\n  go(\"Ann\");\n  if (x == \"Ann\") go(\"Ben\");\n}\n";
  using Names = std::vector<std::string>;
  CHECK(names_asked_for("if (guest == \"Ben\") f();\n" + main) == Names{"Ben"});
  CHECK(names_asked_for("if (\"Ann\"sv != guest || a == \"\") f();\n" + main) == Names{"Ann"});
  CHECK(
      names_asked_for("// guest == \"Ben\"\nif (guest == \"Cleo\") f(\"Ben\");\n" + main).empty());
}

TEST_CASE("words and durations that are counted") {
  CHECK(occurrences("now() + known() + now ()", {"now()"}) == 1);
  CHECK(occurrences("post(a); postpone(b); defer(c)", {"post", "defer"}) == 2);
  CHECK(occurrences("8 + 18 + 80 + 8'000 + x8", {"8"}) == 1);
  CHECK(durations("1s, 1'500ms, 2.5min, 0s, 00ms, a1s, 3steps, 100, 7h") == 4);
}

TEST_CASE("a loop that is run again") {
  const auto line = [](const std::string& statements) { return line_of(runs_again, statements); };
  CHECK(line("asio::io_context loop;\nloop.run();\nloop.run();\n") == 3);
  CHECK(line("asio::io_context loop;\nwhile (!done) loop.run();\n") == 2);
  CHECK(line("asio::io_context loop;\nloop.run();\nloop.restart();\nloop.run();\n") == 0);
  CHECK(line("asio::io_context loop;\nloop.run();\n") == 0);
}

TEST_SUITE_END();

// Tests as_tuple, and what lesson 14 says about errors without showing it in a program.
#include <doctest/doctest.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include "../../../lessons/14-errors/as_tuple.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

namespace {

asio::awaitable<void> fail_after(std::chrono::milliseconds time, std::string what) {
  co_await wait(time);
  throw std::runtime_error(what);
}

std::string what_of(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
}

}  // namespace

TEST_SUITE_BEGIN("14-errors");

TEST_CASE("as_tuple gives the error, and nothing is thrown") {
  run([]() -> asio::awaitable<void> {
    tcp::socket phone(co_await asio::this_coro::executor);
    const tcp::endpoint nobody(asio::ip::address_v4::loopback(), 1);
    const std::tuple<asio::error_code> result =
        co_await phone.async_connect(nobody, as_tuple(asio::use_awaitable));
    CHECK(std::get<0>(result) == asio::error::connection_refused);
  }());
}

TEST_CASE("as_tuple gives the value beside the error") {
  run([]() -> asio::awaitable<void> {
    auto executor = co_await asio::this_coro::executor;
    tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket phone(executor);
    co_await phone.async_connect(acceptor.local_endpoint(), asio::use_awaitable);
    tcp::socket other = co_await acceptor.async_accept(asio::use_awaitable);
    const std::string words = "no cake";
    const auto [failed, sent] =
        co_await asio::async_write(other, asio::buffer(words), as_tuple(asio::use_awaitable));
    CHECK_FALSE(failed);
    CHECK(sent == words.size());
    other.close();
    std::string heard(100, ' ');
    const auto [ended, size] =
        co_await asio::async_read(phone, asio::buffer(heard), as_tuple(asio::use_awaitable));
    CHECK(ended == asio::error::eof);
    CHECK(heard.substr(0, size) == words);
  }());
}

TEST_CASE("cancelled, an operation gives its code, and the next co_await throws all the same") {
  asio::io_context loop;
  asio::cancellation_signal signal;
  asio::error_code told;
  std::exception_ptr thrown;
  const auto cancelled = [](asio::error_code& told) -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 400s);
    const auto [error] = co_await timer.async_wait(as_tuple(asio::use_awaitable));
    told = error;
    asio::error_code never;
    timer.expires_after(1s);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, never));
    FAIL("it went on");
  };
  asio::co_spawn(loop, cancelled(told),
                 asio::bind_cancellation_slot(signal.slot(),
                                              [&](std::exception_ptr error) { thrown = error; }));
  asio::steady_timer timer(loop, 1s);
  timer.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
  loop.run();
  CHECK(told == asio::error::operation_aborted);
  REQUIRE(thrown);
  CHECK_THROWS_AS(std::rethrow_exception(thrown), std::system_error);
}

TEST_CASE("an exception out of run() does not stop the loop") {
  asio::io_context loop;
  bool ended = false;
  asio::co_spawn(loop, fail_after(1s, "no flowers left"), rethrow);
  asio::co_spawn(loop, fail_after(2s, "no cake left"), rethrow);
  asio::co_spawn(loop, wait(3s), [&](std::exception_ptr error) { ended = !error; });
  CHECK_THROWS_WITH(loop.run(), "no flowers left");
  CHECK_FALSE(loop.stopped());
  CHECK_THROWS_WITH(loop.run(), "no cake left");
  CHECK_FALSE(ended);
  loop.run();
  CHECK(ended);
  CHECK(loop.stopped());
}

TEST_CASE("a task that throws before it waits throws out of run(), not out of co_spawn") {
  asio::io_context loop;
  const auto refuse = []() -> asio::awaitable<void> {
    throw std::runtime_error("there is no vase");
    co_return;
  };
  asio::co_spawn(loop, refuse(), rethrow);
  CHECK_THROWS_WITH(loop.run(), "there is no vase");
  bool went_on = false;
  const auto spawns = [refuse, &went_on]() -> asio::awaitable<void> {
    asio::co_spawn(co_await asio::this_coro::executor, refuse(), rethrow);
    went_on = true;
  };
  asio::co_spawn(loop, spawns(), rethrow);
  loop.restart();
  CHECK_THROWS_WITH(loop.run(), "there is no vase");
  CHECK(went_on);
}

TEST_CASE("&& throws the one exception, or says that there are several, the left one first") {
  run([]() -> asio::awaitable<void> {
    std::exception_ptr one;
    try {
      co_await (wait(1s) && fail_after(2s, "no flowers left"));
    } catch (const std::exception&) {
      one = std::current_exception();
    }
    REQUIRE(one);
    CHECK(what_of(one) == "no flowers left");

    std::exception_ptr left;
    try {
      co_await (fail_after(1s, "no flowers left") && wait(400s));
    } catch (const asio::multiple_exceptions& several) {
      left = several.first_exception();
    }
    REQUIRE(left);
    CHECK(what_of(left) == "no flowers left");

    std::exception_ptr cancelled;
    try {
      co_await (wait(400s) && fail_after(1s, "no flowers left"));
    } catch (const asio::multiple_exceptions& several) {
      cancelled = several.first_exception();
    }
    REQUIRE(cancelled);
    CHECK_THROWS_AS(std::rethrow_exception(cancelled), std::system_error);
  }());
}

TEST_SUITE_END();

// An operation that a library carries out: what it takes from the handler, and how it ends.
#include "../../../lessons/34-awaitables/pending.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

namespace {

using Parcel = std::unique_ptr<std::string>;  // a result that can only be moved

Parcel parcel(const char* content) {
  return std::make_unique<std::string>(content);
}

// A library that calls back when the test says so, once.
struct Library {
  std::function<void(std::error_code, Parcel)> callback;
  int stops = 0;

  bool stop() {
    ++stops;
    return std::exchange(callback, nullptr) != nullptr;
  }
  void deliver(const char* content) { std::exchange(callback, nullptr)({}, parcel(content)); }
};

template <typename Token>
auto async_fetch(Library& library, asio::any_io_executor executor, Token&& token) {
  return asio::async_initiate<Token, void(asio::error_code, Parcel)>(
      [&library, executor](auto handler) {
        using Operation = Pending<decltype(handler)>;
        const auto pending = std::make_shared<Operation>(std::move(handler), executor);
        library.callback = [pending](std::error_code error, Parcel content) {
          pending->complete(error, std::move(content));
        };
        pending->on_cancel([&library](Operation& operation) {
          if (!library.stop()) return;
          operation.complete(asio::error_code(asio::error::operation_aborted), Parcel());
        });
      },
      token);
}

const auto to_nothing = [](asio::error_code, const Parcel&) {};

}  // namespace

TEST_CASE("each token tells the end of the operation, with a result that can only be moved") {
  asio::io_context loop;
  Library library;

  SUBCASE("a callback") {
    std::string content;
    async_fetch(library, loop.get_executor(),
                [&](asio::error_code, const Parcel& result) { content = *result; });
    library.deliver("a book");
    loop.run();
    CHECK(content == "a book");
  }
  SUBCASE("a callback that can only be moved") {
    std::string content;
    async_fetch(library, loop.get_executor(),
                [&, own = parcel("two ")](asio::error_code, const Parcel& result) {
                  content = *own + *result;
                });
    library.deliver("books");
    loop.run();
    CHECK(content == "two books");
  }
  SUBCASE("use_future") {
    std::future<Parcel> result = async_fetch(library, loop.get_executor(), asio::use_future);
    library.deliver("a book");
    loop.run();
    CHECK(*result.get() == "a book");
  }
  SUBCASE("use_awaitable") {
    const auto task = [&]() -> asio::awaitable<void> {
      const Parcel result = co_await async_fetch(library, loop.get_executor(), asio::use_awaitable);
      CHECK(*result == "a book");
    };
    const WatchedTask watched(loop, task());
    loop.poll();
    REQUIRE(watched.waits());
    library.deliver("a book");
    loop.run();
    CHECK(watched.succeeded());
  }
}

TEST_CASE("an error comes out where the token wants it") {
  asio::io_context loop;
  Library library;
  asio::error_code put_aside;

  SUBCASE("use_awaitable throws") {
    const WatchedTask watched(loop, [](Library& from) -> asio::awaitable<void> {
      co_await async_fetch(from, co_await asio::this_coro::executor, asio::use_awaitable);
    }(library));
    loop.poll();
    library.callback(std::make_error_code(std::errc::no_such_device), Parcel());
    loop.run();
    CHECK(watched.failed_with(std::make_error_code(std::errc::no_such_device)));
  }
  SUBCASE("redirect_error puts it aside") {
    const WatchedTask watched(
        loop, [](Library& from, asio::error_code& error) -> asio::awaitable<void> {
          co_await async_fetch(from, co_await asio::this_coro::executor,
                               asio::redirect_error(asio::use_awaitable, error));
        }(library, put_aside));
    loop.poll();
    library.callback(std::make_error_code(std::errc::no_such_device), Parcel());
    loop.run();
    CHECK(watched.succeeded());
    CHECK(put_aside == std::errc::no_such_device);
  }
}

TEST_CASE("the handler is not called before the callback has returned") {
  asio::io_context loop;
  Library library;
  bool called = false;
  const auto handler = [&](asio::error_code, const Parcel&) { called = true; };
  async_fetch(library, loop.get_executor(), handler);
  bool called_inside = true;
  asio::post(loop, [&] {  // even where it could be: in a handler of its own executor
    library.deliver("a book");
    called_inside = called;
  });
  loop.run();
  CHECK_FALSE(called_inside);
  CHECK(called);
}

TEST_CASE("a loop runs until a library that has a thread has called back") {
  asio::io_context loop;
  asio::thread_pool library_thread(1);
  Library library;
  bool called = false;
  const auto handler = [&](asio::error_code, const Parcel&) { called = true; };
  SUBCASE("the loop of the executor that is the default") {
    async_fetch(library, loop.get_executor(), handler);
  }
  SUBCASE("the loop of the handler's own executor") {
    async_fetch(library, library_thread.get_executor(),
                asio::bind_executor(loop.get_executor(), handler));
  }
  asio::steady_timer timer(library_thread, 400s);
  timer.async_wait([&](asio::error_code) { library.deliver("a book"); });
  loop.run();
  library_thread.join();
  CHECK(called);
}

TEST_CASE("a loop does not run longer than until the handler has been called") {
  asio::io_context loop;
  Library library;
  async_fetch(library, loop.get_executor(), to_nothing);
  const auto kept = library.callback;  // a library may keep its callback
  library.deliver("a book");
  loop.poll();
  CHECK(loop.stopped());
}

TEST_CASE("the handler is called on its own executor") {
  asio::io_context loop;
  asio::io_context another_loop;
  Library library;
  const auto strand = asio::make_strand(another_loop.get_executor());
  bool there = false;
  async_fetch(library, loop.get_executor(),
              asio::bind_executor(strand, [&](asio::error_code, const Parcel&) {
                there = strand.running_in_this_thread();
              }));
  library.deliver("a book");
  loop.run();
  CHECK_FALSE(there);
  another_loop.run();
  CHECK(there);
}

TEST_CASE("a handler without an executor is called on the one that is given") {
  asio::io_context loop;
  Library library;
  bool there = false;
  async_fetch(library, loop.get_executor(), [&](asio::error_code, const Parcel&) {
    there = loop.get_executor().running_in_this_thread();
  });
  library.deliver("a book");
  loop.run();
  CHECK(there);
}

TEST_CASE(
    "a task goes on with the thread of its loop, whichever thread the library calls back on") {
  asio::io_context loop;
  asio::thread_pool library_thread(1);
  Library library;
  bool there = false;
  const auto task = [&]() -> asio::awaitable<void> {
    co_await async_fetch(library, library_thread.get_executor(), asio::use_awaitable);
    there = loop.get_executor().running_in_this_thread();
  };
  const WatchedTask watched(loop, task());
  // (Posted there after the operation has begun: a time alone orders nothing between two threads.)
  asio::steady_timer timer(loop, 1s);
  timer.async_wait(
      [&](asio::error_code) { asio::post(library_thread, [&] { library.deliver("a book"); }); });
  loop.run();
  library_thread.join();
  CHECK(watched.succeeded());
  CHECK(there);
}

TEST_CASE("a cancelled operation stops the library, and ends at once") {
  Library library;
  const auto task = [&]() -> asio::awaitable<void> {
    co_await async_fetch(library, co_await asio::this_coro::executor, asio::use_awaitable);
  };
  asio::io_context loop;
  WatchedTask watched(loop, task());
  loop.poll();
  watched.cancel();
  CHECK(library.stops == 1);
  CHECK(watched.waits());  // its handler is posted as well
  loop.run();
  CHECK(watched.failed_with(asio::error::operation_aborted));
}

TEST_CASE("a cancellation that comes too late changes nothing") {
  asio::io_context loop;
  asio::cancellation_signal stop;
  Library library;
  std::string content;
  async_fetch(
      library, loop.get_executor(),
      asio::bind_cancellation_slot(stop.slot(), [&](asio::error_code error, const Parcel& result) {
        content = error ? error.message() : *result;
      }));
  const auto cancel = [&] { stop.emit(asio::cancellation_type::terminal); };

  SUBCASE("before the handler is called") {
    library.deliver("a book");
    cancel();
    loop.run();
    CHECK(content == "a book");
  }
  SUBCASE("after that the library is not asked any more, even if it keeps its callback") {
    const auto kept = library.callback;
    library.deliver("a book");
    loop.run();
    cancel();
    CHECK(content == "a book");
    CHECK(library.stops == 0);
  }
}

TEST_CASE("a slot that asks twice gets one end") {
  asio::io_context loop;
  asio::cancellation_signal stop;
  Library library;
  int ends = 0;
  async_fetch(
      library, loop.get_executor(),
      asio::bind_cancellation_slot(stop.slot(), [&](asio::error_code, const Parcel&) { ++ends; }));
  stop.emit(asio::cancellation_type::terminal);
  stop.emit(asio::cancellation_type::terminal);
  loop.run();
  CHECK(ends == 1);
}

TEST_CASE("a handler without a slot is no reason to fail") {
  asio::io_context loop;
  asio::cancellation_signal stop;
  Library library;
  bool called = false;
  async_fetch(
      library, loop.get_executor(),
      asio::bind_cancellation_slot(asio::cancellation_slot(),
                                   [&](asio::error_code, const Parcel&) { called = true; }));
  library.deliver("a book");
  loop.run();
  CHECK(called);
}

TEST_CASE("what the library drops is destroyed, although the slot could still cancel it") {
  asio::io_context loop;
  asio::cancellation_signal stop;
  const auto owned = std::make_shared<int>(0);
  {
    Library library;
    async_fetch(
        library, loop.get_executor(),
        asio::bind_cancellation_slot(stop.slot(), [owned](asio::error_code, const Parcel&) {}));
    CHECK(owned.use_count() == 2);
  }
  CHECK(owned.use_count() == 1);
  stop.emit(asio::cancellation_type::terminal);  // must not reach the library
  loop.run();                                    // has no work any more
  CHECK(loop.stopped());
}

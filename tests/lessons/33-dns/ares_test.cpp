// What the page of lesson 33 promises of c-ares on a loop: each way in which an answer can be late,
// lost, forged or broken, and each in which its task can end before.
#include "../../../lessons/33-dns/ares.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../file_limit.hpp"
#include "stub.hpp"

using namespace std::chrono_literals;
using dns::Addresses, dns::Resolver;
using Questions = std::vector<dns::Question>;

namespace {

constexpr auto long_enough = 2s;  // for an answer that is sent at once

struct Result {
  Addresses found;
  int status = ARES_SUCCESS;
};

asio::awaitable<Result> resolve(Resolver& names, std::string name) {
  Result result;
  try {
    result.found = co_await names.resolve(name);
  } catch (const std::system_error& error) {
    CHECK(error.code().category().name() == std::string("c-ares"));
    result.status = error.code().value();
  }
  co_return result;
}

// Asks once, and returns what the stub was asked.
template <typename Check>
Questions ask(Reply reply, std::chrono::milliseconds patience, int tries, Check check) {
  return with_stub(std::move(reply), [&](Stub& stub) -> asio::awaitable<void> {
    Resolver names(co_await asio::this_coro::executor, stub.address(), patience, tries);
    check(co_await resolve(names, "dairy.example"));
  });
}

void finds(Reply reply, std::size_t questions = 1) {
  const auto asked = ask(std::move(reply), long_enough, 2, [](const Result& result) {
    CHECK(result.status == ARES_SUCCESS);
    CHECK(result.found == Addresses{right});
  });
  CHECK(asked.size() == questions);
}

int status_of(Reply reply, std::chrono::milliseconds patience = long_enough, int tries = 1) {
  int status = ARES_SUCCESS;
  ask(std::move(reply), patience, tries, [&](const Result& result) { status = result.status; });
  return status;
}

// First what `spoil` makes of it, then the right answer.
Reply after(std::function<std::string(const dns::Question&)> spoil) {
  return [spoil = std::move(spoil)](const dns::Question& question, int) {
    return std::vector{spoil(question), good(question)};
  };
}

}  // namespace

TEST_CASE("c-ares: an answer is found") {
  finds(always(good));
}

TEST_CASE("c-ares: many names are asked for at once") {
  const Questions asked = with_stub(always(good), [](Stub& stub) -> asio::awaitable<void> {
    auto executor = co_await asio::this_coro::executor;
    Resolver names(executor, stub.address(), long_enough);
    int found = 0;
    std::vector<WatchedTask> tasks;
    for (int i = 0; i < 100; ++i) {
      auto task = [](Resolver& all, int number, int& count) -> asio::awaitable<void> {
        const std::string name = fmt::format("shop-{}.example", number);
        const Result result = co_await resolve(all, name);
        if (result.found == Addresses{right}) ++count;
      };
      tasks.emplace_back(executor, task(names, i, found));
    }
    // None waits for another: all questions have left by now.
    for (int so_far = 0; so_far < 100; so_far = found) co_await wait(1ms);
  });
  CHECK(asked.size() == 100);
}

TEST_CASE("c-ares: what is not the answer is passed over") {
  finds(after(with_other_id));
  finds(after(to_other_name));
  finds(after([](const dns::Question& question) {
    return from_elsewhere(dns::answer(question, 0, {wrong}));
  }));
}

TEST_CASE("c-ares: an answer that breaks off is no answer") {
  CHECK(status_of(always(cut_short)) != ARES_SUCCESS);
}

TEST_CASE("c-ares: rubbish is passed over, or ends the question") {
  // The one up to version 1.18 at least, the other in 1.34.
  const auto rubbish = [](const dns::Question&) { return std::string(5, '\xff'); };
  ask(after(rubbish), long_enough, 2, [](const Result& result) {
    const bool passed_over = result.status == ARES_SUCCESS && result.found == Addresses{right};
    CHECK((passed_over || result.status == ARES_EBADRESP));
  });
}

TEST_CASE("c-ares: the name server's refusal is reported") {
  CHECK(status_of(always([](const auto& question) { return dns::answer(question, 3, {}); })) ==
        ARES_ENOTFOUND);
  CHECK(status_of(always([](const auto& question) { return dns::answer(question, 0, {}); })) ==
        ARES_ENODATA);
  CHECK(status_of(always([](const auto& question) { return dns::answer(question, 2, {}); })) !=
        ARES_SUCCESS);
}

TEST_CASE("c-ares: a cut answer is asked for again by TCP, which the stub does not speak") {
  CHECK(status_of(always(marked_as_cut)) != ARES_SUCCESS);
}

TEST_CASE("c-ares: a lost answer is asked for again") {
  const auto only_the_second = [](const dns::Question& question, int number) {
    return number == 2 ? std::vector{good(question)} : std::vector<std::string>();
  };
  const Questions asked = ask(only_the_second, 300ms, 3, [](const Result& result) {
    CHECK(result.status == ARES_SUCCESS);
    CHECK(result.found == Addresses{right});
  });
  CHECK(asked.size() == 2);
}

TEST_CASE("c-ares: the last silence ends the question") {
  Questions asked =
      ask(silence, 50ms, 2, [](const Result& result) { CHECK(result.status == ARES_ETIMEOUT); });
  CHECK(asked.size() == 2);
}

TEST_CASE("c-ares: no name server is noticed at once") {
  asio::io_context loop;
  asio::ip::udp::socket free(loop, {asio::ip::address_v4::loopback(), 0});
  const std::string address = fmt::format("127.0.0.1:{}", free.local_endpoint().port());
  free.close();
  run([](std::string server) -> asio::awaitable<void> {
    Resolver names(co_await asio::this_coro::executor, server, 30s);
    const Result result = co_await resolve(names, "dairy.example");
    CHECK(result.status == ARES_ECONNREFUSED);
  }(address));
}

TEST_CASE("c-ares: a number is answered within the call, and its task goes on all the same") {
  const Questions asked = with_stub(silence, [](Stub& stub) -> asio::awaitable<void> {
    Resolver names(co_await asio::this_coro::executor, stub.address());
    const Result result = co_await resolve(names, "192.0.2.7");
    CHECK(result.found == Addresses{right});
  });
  CHECK(asked.empty());
}

TEST_CASE("c-ares: a name that DNS cannot have is not sent") {
  const Questions asked = with_stub(silence, [](Stub& stub) -> asio::awaitable<void> {
    Resolver names(co_await asio::this_coro::executor, stub.address());
    const Result empty_part = co_await resolve(names, "dairy..example");
    CHECK(empty_part.status != ARES_SUCCESS);
    const Result long_part = co_await resolve(names, std::string(64, 'a') + ".example");
    CHECK(long_part.status != ARES_SUCCESS);
    // C would see only what is before the zero.
    bool refused = false;
    try {
      co_await names.resolve(std::string("dairy.example\0.test", 19));
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    CHECK(refused);
  });
  CHECK(asked.empty());
}

TEST_CASE("c-ares: a cancelled task leaves at once, and the others get their answers") {
  const auto second_of_two = [first = dns::Question()](const dns::Question& question,
                                                       int number) mutable {
    if (number == 1) {
      first = question;
      return std::vector<std::string>();
    }
    return std::vector{good(question), good(first)};
  };
  const Questions asked = with_stub(second_of_two, [](Stub& stub) -> asio::awaitable<void> {
    auto executor = co_await asio::this_coro::executor;
    Resolver names(executor, stub.address(), long_enough);
    auto look_up = [](Resolver& all, std::string name) -> asio::awaitable<void> {
      co_await all.resolve(name);
    };
    // Before its first step, while it waits, and when it has its answer.
    WatchedTask waits(executor, look_up(names, "dairy.example"));
    while (stub.asked().empty()) co_await wait(1ms);
    CHECK(waits.waits());
    waits.cancel();
    co_await wait(1ms);
    CHECK(!waits.waits());
    CHECK(!waits.succeeded());
    WatchedTask other(executor, look_up(names, "bakery.example"));
    while (other.waits()) co_await wait(1ms);
    CHECK(other.succeeded());
    other.cancel();
  });
  CHECK(asked.size() == 2);
}

TEST_CASE("c-ares: the questions of a resolver that is destroyed end") {
  const std::size_t before = open_descriptors();
  with_stub(silence, [](Stub& stub) -> asio::awaitable<void> {
    auto executor = co_await asio::this_coro::executor;
    std::optional<Resolver> names;
    names.emplace(executor, stub.address(), 10s);
    std::vector<int> ends;
    std::vector<WatchedTask> tasks;
    for (const char* name : {"dairy.example", "bakery.example", "fishery.example"}) {
      auto task = [](Resolver& all, std::string which,
                     std::vector<int>& statuses) -> asio::awaitable<void> {
        const Result result = co_await resolve(all, which);
        statuses.push_back(result.status);
      };
      tasks.emplace_back(executor, task(*names, name, ends));
    }
    while (stub.asked().size() < 3) co_await wait(1ms);
    auto too_late = names->resolve("orchard.example");
    names.reset();
    // Not within the destructor.
    CHECK(ends.empty());
    while (ends.size() < 3) co_await wait(1ms);
    CHECK(ends == std::vector<int>(3, ARES_EDESTRUCTION));
    bool refused = false;
    try {
      co_await std::move(too_late);
    } catch (const std::system_error& error) {
      refused = error.code().value() == ARES_EDESTRUCTION;
    }
    CHECK(refused);
  });
  CHECK(open_descriptors() == before);
}

TEST_CASE("c-ares: a task may destroy the resolver that has just answered it") {
  for (int i = 0; i < 10; ++i) {
    with_stub(always(good), [](Stub& stub) -> asio::awaitable<void> {
      auto names = std::make_unique<Resolver>(co_await asio::this_coro::executor, stub.address());
      co_await names->resolve("dairy.example");
      names.reset();
    });
  }
}

TEST_CASE("c-ares: a loop may be destroyed while its tasks wait for answers") {
  const std::size_t before = open_descriptors();
  {
    asio::io_context loop;
    Stub stub(loop.get_executor(), silence);
    auto task = [](std::string server) -> asio::awaitable<void> {
      Resolver names(co_await asio::this_coro::executor, server, 10s);
      co_await names.resolve("dairy.example");
    };
    asio::co_spawn(loop, stub.serve(), rethrow);
    asio::co_spawn(loop, task(stub.address()), rethrow);
    auto outside = std::make_unique<Resolver>(loop.get_executor(), stub.address(), 10s);
    auto other = [](Resolver& names) -> asio::awaitable<void> {
      co_await names.resolve("bakery.example");
    };
    asio::co_spawn(loop, other(*outside), rethrow);
    while (stub.asked().size() < 2) loop.run_one();
    outside.reset();
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("c-ares: without a free descriptor a question fails, and a later one does not") {
  with_stub(always(good), [](Stub& stub) -> asio::awaitable<void> {
    Resolver names(co_await asio::this_coro::executor, stub.address(), 100ms, 2);
    {
      const FileLimit limit(0);
      const Result result = co_await resolve(names, "dairy.example");
      CHECK(result.status != ARES_SUCCESS);
    }
    const Result result = co_await resolve(names, "dairy.example");
    CHECK(result.found == Addresses{right});
  });
}

TEST_CASE("c-ares: an address that is no server's is refused") {
  asio::io_context loop;
  CHECK_THROWS_AS(Resolver(loop.get_executor(), "no number"), std::system_error);
}

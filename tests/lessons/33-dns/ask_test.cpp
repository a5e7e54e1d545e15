// What the page of lesson 33 promises of a question by hand: each way in which an answer can be
// late, lost, forged or broken.
#include "../../../lessons/33-dns/ask.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "stub.hpp"

using namespace std::chrono_literals;
using Questions = std::vector<dns::Question>;

namespace {

constexpr auto long_enough = 2s;   // for an answer that is sent at once
constexpr auto short_time = 30ms;  // for an answer that never comes

// Asks once, and returns what the stub was asked.
template <typename Check>
Questions ask(Reply reply, std::chrono::milliseconds patience, Check check) {
  return with_stub(std::move(reply), [&](Stub& stub) -> asio::awaitable<void> {
    std::vector<asio::ip::address_v4> found;
    std::exception_ptr error;
    try {
      found = co_await dns::ask(stub.endpoint(), "dairy.example", patience);
    } catch (...) {
      error = std::current_exception();
    }
    check(found, error);
  });
}

void finds(Reply reply, std::size_t questions = 1) {
  const auto asked = ask(std::move(reply), long_enough, [](const auto& found, auto error) {
    CHECK(!error);
    CHECK(found == std::vector{right});
  });
  CHECK(asked.size() == questions);
}

void fails(Reply reply, const std::string& reason) {
  const auto asked = ask(std::move(reply), long_enough, [&](const auto&, auto error) {
    REQUIRE(error);
    CHECK_THROWS_WITH_AS(rethrow(error), reason.c_str(), dns::NoAddress);
  });
  CHECK(asked.size() == 1);
}

// First what `spoil` makes of it, then the right answer.
Reply after(std::function<std::string(const dns::Question&)> spoil) {
  return [spoil = std::move(spoil)](const dns::Question& question, int) {
    return std::vector{spoil(question), good(question)};
  };
}

}  // namespace

TEST_CASE("by hand: an answer is found") {
  finds(always(good));
}

TEST_CASE("by hand: what is not the answer is passed over, and nothing is asked again") {
  finds(after(with_other_id));
  finds(after(to_other_name));
  finds(after(cut_short));
  finds(after([](const dns::Question&) { return std::string(); }));
  finds(after([](const dns::Question&) { return std::string(512, '\xff'); }));
  finds(after([](const dns::Question& question) {
    return from_elsewhere(dns::answer(question, 0, {wrong}));
  }));
}

TEST_CASE("by hand: the name server's refusal is reported") {
  fails(always([](const auto& question) { return dns::answer(question, 3, {}); }), "no such name");
  fails(always([](const auto& question) { return dns::answer(question, 2, {}); }),
        "the name server answers with status 2");
  fails(always(marked_as_cut), "the answer does not fit into a datagram");
  fails(always([](const auto& question) { return dns::answer(question, 0, {}); }), "no address");
}

TEST_CASE("by hand: a lost answer is asked for again, with another id") {
  const auto only_the_third = [](const dns::Question& question, int number) {
    return number == 3 ? std::vector{good(question)} : std::vector<std::string>();
  };
  const Questions asked = ask(only_the_third, 200ms, [](const auto& found, auto error) {
    CHECK(!error);
    CHECK(found == std::vector{right});
  });
  REQUIRE(asked.size() == 3);
  // Two of three random ids may be the same once in 65536 times, all three will not.
  CHECK(std::set{asked[0].id, asked[1].id, asked[2].id}.size() > 1);
}

TEST_CASE("by hand: the third silence is the last") {
  const Questions asked = ask(silence, short_time, [](const auto&, auto error) {
    REQUIRE(error);
    CHECK_THROWS_AS(rethrow(error), TimedOut);
  });
  CHECK(asked.size() == 3);
}

TEST_CASE(
    "by hand: an answer that is too late for the first question is not taken for the second") {
  dns::Question first;
  const auto late = [&](const dns::Question& question, int number) {
    if (number == 1) first = question;
    if (number == 1) return std::vector<std::string>();
    return std::vector{dns::answer(first, 0, {wrong}), good(question)};
  };
  ask(late, 200ms, [](const auto& found, auto error) {
    CHECK(!error);
    CHECK(found == std::vector{right});
  });
}

TEST_CASE("by hand: no name server is noticed at once") {
  asio::io_context loop;
  asio::ip::udp::socket free(loop, {asio::ip::address_v4::loopback(), 0});
  const auto endpoint = free.local_endpoint();
  free.close();
  const auto begin = std::chrono::steady_clock::now();
  run([](auto server) -> asio::awaitable<void> {
    asio::error_code code;
    try {
      co_await dns::ask(server, "dairy.example", 5s);
    } catch (const std::system_error& error) {
      code = error.code();
    }
    CHECK(code == asio::error::connection_refused);
  }(endpoint));
  CHECK(std::chrono::steady_clock::now() - begin < 4s);
}

TEST_CASE("by hand: a cancelled question leaves nothing behind") {
  const std::size_t before = open_descriptors();
  const Questions asked = with_stub(silence, [](Stub& stub) -> asio::awaitable<void> {
    auto question = dns::ask(stub.endpoint(), "dairy.example", 5s);
    bool cancelled = false;
    try {
      co_await wait_for(std::move(question), 100ms);
    } catch (const TimedOut&) {
      cancelled = true;
    }
    CHECK(cancelled);
  });
  CHECK(asked.size() == 1);
  CHECK(open_descriptors() == before);
}

TEST_CASE("by hand: a name that DNS cannot have is not sent") {
  const Questions asked = with_stub(silence, [](Stub& stub) -> asio::awaitable<void> {
    bool refused = false;
    try {
      co_await dns::ask(stub.endpoint(), "dairy..example", 5s);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    CHECK(refused);
  });
  CHECK(asked.empty());
}

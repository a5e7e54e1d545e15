// What the page of lesson 26 promises of its headers, with their own Redis.
#include "../../../lessons/26-redis/redis.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/26-redis/blocking.hpp"
#include "../../../lessons/26-redis/stream.hpp"
#include "../../../lessons/26-redis/subscription.hpp"
#include "../../../tools/servers/redis.hpp"
#include "../tasks.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using redis::Connection, redis::Disconnected, redis::Entry, redis::Reply, redis::Stream;

namespace {

// One for all cases, on its own loop, which runs while it is started.
struct OwnBroker {
  asio::io_context loop;
  servers::Redis redis{loop.get_executor()};

  OwnBroker() { start(); }

  void start() {
    asio::co_spawn(loop, redis.start(), rethrow);
    loop.restart();
    loop.run();
  }
};

OwnBroker& broker() {
  static OwnBroker broker;
  return broker;
}

redis::Address address() {
  return redis::parse_address(broker().redis.address());
}

// A test that takes half a minute has failed.
void test(asio::awaitable<void> work) {
  run(wait_for(std::move(work), 30s));
}

using Talk = std::function<asio::awaitable<void>(Connection&)>;

asio::awaitable<void> connect_and(const Talk& talk) {
  Connection connection(co_await asio::this_coro::executor, address());
  co_await talk(connection);
}

void with_connection(const Talk& talk) {
  test(connect_and(talk));
}

redis::StreamSettings new_stream(std::chrono::milliseconds claim_after = 30s) {
  static int number = 0;
  redis::StreamSettings settings;
  settings.stream = fmt::format("stream-{}", ++number);
  settings.claim_after = claim_after;
  return settings;
}

redis::StreamSettings named(redis::StreamSettings settings, std::string name) {
  settings.consumer = std::move(name);
  return settings;
}

std::size_t open_descriptors() {
  using std::filesystem::directory_iterator;
  return std::distance(directory_iterator("/proc/self/fd"), directory_iterator());
}

int pending(const redis::StreamSettings& settings) {
  redis::BlockingConnection connection(address());
  const Reply reply = connection.command("XPENDING", settings.stream, settings.group);
  return std::stoi(reply.items.at(0).text);
}

}  // namespace

TEST_CASE("an answer is a text, a number, a list or nothing") {
  with_connection([](Connection& redis) -> asio::awaitable<void> {
    const std::string odd("a\0b \r\n\"", 7);
    co_await redis.command("SET", "text", odd);
    const Reply text = co_await redis.command("GET", "text");
    CHECK(text.text == odd);
    const Reply number = co_await redis.command("STRLEN", "text");
    CHECK(number.text == "7");
    const Reply list = co_await redis.command("MGET", "text", "no such key");
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0].text == odd);
    CHECK(!list.items[0].nil);
    CHECK(list.items[1].nil);
    const std::string large(1'000'000, 'x');
    co_await redis.command("SET", "large", large);
    const Reply back = co_await redis.command("GET", "large");
    CHECK(back.text == large);
  });
}

TEST_CASE("an error is thrown, and the connection goes on") {
  with_connection([](Connection& redis) -> asio::awaitable<void> {
    std::string reason;
    try {
      co_await redis.command("NOSUCHCOMMAND");
    } catch (const redis::Error& error) {
      reason = error.what();
    }
    CHECK(reason.find("unknown command") != std::string::npos);
    const Reply pong = co_await redis.command("PING");
    CHECK(pong.text == "PONG");
  });
}

TEST_CASE("a thousand tasks share a connection, and each gets its own answer") {
  asio::io_context loop;
  Connection redis(loop.get_executor(), address());
  int right = 0;
  const auto ask = [&](int number) -> asio::awaitable<void> {
    const std::string text = std::to_string(number);
    const Reply reply = co_await redis.command("ECHO", text);
    if (reply.text == text && ++right == 1000) loop.stop();
  };
  for (int number = 0; number < 1000; ++number) asio::co_spawn(loop, ask(number), rethrow);
  loop.run_for(30s);
  CHECK(right == 1000);
}

TEST_CASE("a cancelled command is left, and those after it get their own answers") {
  with_connection([](Connection& redis) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto block = [](Connection& connection) -> asio::awaitable<void> {
      co_await connection.command("BLPOP", "nothing", "0.3");
    };
    WatchedTask task(executor, block(redis));
    co_await wait(50ms);
    CHECK(task.waits());
    task.cancel();
    co_await wait(10ms);
    CHECK(!task.waits());
    CHECK(is_cancellation(task.error()));
    const Reply echo = co_await redis.command("ECHO", "mine");
    CHECK(echo.text == "mine");
  });
}

TEST_CASE("a request without an answer in time is disconnected, and so are all on its connection") {
  std::vector<std::string> reasons;
  const auto late = [&](Connection& redis) -> asio::awaitable<void> {
    try {
      co_await redis.command("BLPOP", "nothing", "20");
    } catch (const Disconnected& error) {
      reasons.push_back(error.what());
    }
  };
  const auto both = [&]() -> asio::awaitable<void> {
    Connection redis(co_await asio::this_coro::executor, address(), 50ms);
    const auto start = std::chrono::steady_clock::now();
    co_await (late(redis) && late(redis));
    CHECK(reasons.size() == 2);
    CHECK(reasons.at(0) == "no answer within 0.05s");
    CHECK(std::chrono::steady_clock::now() - start < 10s);
    co_await late(redis);
    CHECK(reasons.at(2) == "the connection is closed");
  };
  test(both());
}

TEST_CASE("a connection to a closed port is disconnected, with the reason") {
  const auto talk = []() -> asio::awaitable<void> {
    const redis::Address nobody(asio::ip::address_v4::loopback(), servers::free_port());
    Connection redis(co_await asio::this_coro::executor, nobody);
    std::string reason;
    try {
      co_await redis.command("PING");
    } catch (const Disconnected& error) {
      reason = error.what();
    }
    CHECK(reason == "Connection refused");
    bool again = false;
    try {
      co_await redis.command("PING");
    } catch (const Disconnected& error) {
      again = error.what() == reason;
    }
    CHECK(again);
  };
  test(talk());
}

TEST_CASE("a task that waits when the connection is destroyed is disconnected") {
  const auto talk = []() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    auto redis = std::make_unique<Connection>(executor, address());
    const auto block = [](Connection& connection) -> asio::awaitable<void> {
      co_await connection.command("BLPOP", "nothing", 4);
    };
    WatchedTask task(executor, block(*redis));
    co_await wait(50ms);
    redis.reset();
    co_await wait(10ms);
    CHECK(task.threw<Disconnected>());
  };
  test(talk());
}

TEST_CASE("a channel's name may come from a string that is gone") {
  const auto talk = []() -> asio::awaitable<void> {
    const std::string name = "a channel with a name that is kept on the heap";
    auto beginning = redis::Subscription::begin(address(), std::string(name));
    const std::string other(name.size(), 'x');  // in the same memory
    const auto news = co_await std::move(beginning);
    Connection redis(co_await asio::this_coro::executor, address());
    const Reply heard = co_await redis.command("PUBLISH", name, "text");
    CHECK(heard.text == "1");
  };
  test(talk());
}

TEST_CASE("a loop may end while tasks wait for Redis") {
  std::optional<asio::io_context> loop(std::in_place);
  const auto settings = new_stream();
  const auto work = [](redis::StreamSettings settings) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Stream stream(executor, address(), settings);
    const Entry entry = co_await stream.receive();
  };
  const auto listen = []() -> asio::awaitable<void> {
    const auto news = co_await redis::Subscription::begin(address(), "news");
    const std::string text = co_await news->next();
  };
  for (int i = 0; i < 10; ++i) {
    asio::co_spawn(*loop, work(settings), rethrow);
    asio::co_spawn(*loop, listen(), rethrow);
  }
  loop->run_for(200ms);
  loop.reset();
}

TEST_CASE("no descriptor is left behind, and none is closed twice") {
  address();  // the broker has some of its own
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    with_connection(
        [](Connection& redis) -> asio::awaitable<void> { co_await redis.command("PING"); });
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("a connection that Redis ends comes back, and reports it") {
  const auto talk = []() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    std::vector<std::string> told;
    const redis::Report report = [&](const std::string& trouble) { told.push_back(trouble); };
    redis::Reconnecting redis(executor, address(), report);
    const Reply id = co_await redis.command("CLIENT", "ID");
    CHECK(told.empty());
    const auto murder = [](const std::string& id) -> asio::awaitable<void> {
      Connection other(co_await asio::this_coro::executor, address());
      co_await other.command("CLIENT", "KILL", "ID", id);
    };
    co_await murder(id.text);
    const Reply echo = co_await redis.command("ECHO", "here again");
    CHECK(echo.text == "here again");
    REQUIRE(told.size() == 2);
    CHECK(told[0].find("trying again in 0.") != std::string::npos);
    CHECK(told[1].empty());
  };
  test(talk());
}

TEST_CASE("the pauses grow up to five seconds, and can be cancelled") {
  std::vector<std::string> told;
  const auto talk = [&]() -> asio::awaitable<void> {
    const redis::Address nobody(asio::ip::address_v4::loopback(), servers::free_port());
    const redis::Report report = [&](const std::string& trouble) { told.push_back(trouble); };
    redis::Reconnecting redis(co_await asio::this_coro::executor, nobody, report);
    co_await redis.command("PING");
  };
  // By then there were pauses of at most 0.1, 0.2, 0.4 and 0.8 s.
  const auto end = end_of_cancelled_after(1s, talk());
  REQUIRE(end);
  CHECK(is_cancellation(end));
  REQUIRE(told.size() >= 4);
  CHECK(told.size() <= 5);
  const std::string refused = "Connection refused; trying again in ";
  double whole = 0.1;
  for (const std::string& trouble : told) {
    REQUIRE(trouble.starts_with(refused));
    const double pause = std::stod(trouble.substr(refused.size()));
    CHECK(pause >= whole / 2);
    CHECK(pause <= whole);
    whole *= 2;
  }
}

TEST_CASE("confirmed messages are there after kill -9, and the stream goes on") {
  const auto settings = new_stream();
  const auto work = [&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Stream stream(executor, address(), settings);
    co_await stream.publish("before");
    Stream other(executor, address(), settings);
    WatchedTask reader(executor, [](Stream& stream) -> asio::awaitable<void> {
      for (const std::string expected : {"before", "after"}) {
        const Entry entry = co_await stream.receive();
        CHECK(entry.text == expected);
        co_await stream.acknowledge(entry);
      }
    }(other));
    broker().redis.process().end(SIGKILL, 0ms);
    WatchedTask writer(executor, stream.publish("after"));
    co_await wait(150ms);
    CHECK(writer.waits());
    CHECK(reader.waits());
    broker().start();
    while (writer.waits() || reader.waits()) co_await wait(10ms);
    CHECK(writer.succeeded());
    CHECK(reader.succeeded());
    CHECK(pending(settings) == 0);
  };
  test(work());
}

TEST_CASE("no more messages than the prefetch are in one's hands") {
  auto settings = new_stream();
  settings.prefetch = 3;
  const auto work = [&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Stream stream(executor, address(), settings);
    for (int number = 0; number < 9; ++number) co_await stream.publish(std::to_string(number));
    std::vector<Entry> entries;
    for (int number = 0; number < 3; ++number) entries.push_back(co_await stream.receive());
    const auto receive = [](Stream& stream, std::vector<Entry>& to) -> asio::awaitable<void> {
      to.push_back(co_await stream.receive());
    };
    WatchedTask fourth(executor, receive(stream, entries));
    co_await wait(100ms);
    CHECK(fourth.waits());
    CHECK(pending(settings) == 3);
    co_await stream.acknowledge(entries[1]);
    while (fourth.waits()) co_await wait(1ms);
    REQUIRE(entries.size() == 4);
    for (int number = 0; number < 4; ++number) CHECK(entries[number].text[0] == '0' + number);
    CHECK(pending(settings) == 3);
  };
  test(work());
}

TEST_CASE("an unacknowledged message is claimed by another consumer, and not too early") {
  const auto settings = new_stream(600ms);
  const auto work = [&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    auto first = std::make_unique<Stream>(executor, address(), named(settings, "first"));
    Stream second(executor, address(), named(settings, "second"));
    co_await first->publish("message");
    const Entry entry = co_await first->receive();
    const auto start = std::chrono::steady_clock::now();
    first.reset();
    const Entry again = co_await second.receive();
    CHECK(again.id == entry.id);
    CHECK(again.text == "message");
    CHECK(std::chrono::steady_clock::now() - start > 550ms);
    co_await second.acknowledge(again);
    CHECK(pending(settings) == 0);
  };
  test(work());
}

TEST_CASE("long work is not handed to its own consumer again") {
  const auto settings = new_stream(200ms);
  const auto work = [&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Stream stream(executor, address(), settings);
    co_await stream.publish("long");
    const Entry entry = co_await stream.receive();
    const auto receive = [](Stream& stream) -> asio::awaitable<void> {
      const Entry second = co_await stream.receive();
      CHECK(second.text == "second");
    };
    WatchedTask next(executor, receive(stream));
    co_await wait(800ms);
    CHECK(next.waits());
    Stream other(executor, address(), named(settings, "other"));
    co_await stream.publish("second");
    while (next.waits()) co_await wait(1ms);
    CHECK(next.succeeded());
  };
  test(work());
}

TEST_CASE("a message that comes for a cancelled receiver is not lost") {
  const auto settings = new_stream(500ms);
  const auto work = [&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Stream stream(executor, address(), settings);
    const auto receive = [](Stream& stream) -> asio::awaitable<void> {
      const Entry entry = co_await stream.receive();
    };
    WatchedTask first(executor, receive(stream));
    co_await wait(50ms);
    first.cancel();
    co_await wait(10ms);
    CHECK(!first.waits());
    co_await stream.publish("message");
    const Entry entry = co_await stream.receive();
    CHECK(entry.text == "message");
  };
  test(work());
}

TEST_CASE("an acknowledged message is gone from the stream") {
  const auto settings = new_stream();
  const auto work = [&]() -> asio::awaitable<void> {
    Stream stream(co_await asio::this_coro::executor, address(), settings);
    co_await stream.publish("message");
    const Entry entry = co_await stream.receive();
    co_await stream.acknowledge(entry);
  };
  test(work());
  redis::BlockingConnection connection(address());
  CHECK(connection.command("XLEN", settings.stream).text == "0");
}

TEST_CASE("a subscriber hears what is published while it is there") {
  const auto work = []() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Connection connection(executor, address());
    const Reply nobody = co_await connection.command("PUBLISH", "news", "early");
    CHECK(nobody.text == "0");
    const auto news = co_await redis::Subscription::begin(address(), "news");
    for (const char* text : {"one", "two"}) {
      const Reply heard = co_await connection.command("PUBLISH", "news", text);
      CHECK(heard.text == "1");
    }
    for (const char* text : {"one", "two"}) {
      const std::string message = co_await news->next();
      CHECK(message == text);
    }
    const auto listen = [](redis::Subscription& news) -> asio::awaitable<void> {
      co_await news.next();
    };
    WatchedTask cancelled(executor, listen(*news));
    cancelled.cancel();
    co_await wait(10ms);
    CHECK(is_cancellation(cancelled.error()));
    WatchedTask task(executor, listen(*news));
    co_await connection.command("CLIENT", "KILL", "TYPE", "pubsub");
    co_await wait(100ms);
    CHECK(task.threw<Disconnected>());
  };
  test(work());
}

TEST_CASE("a subscription to a closed port fails") {
  const auto work = []() -> asio::awaitable<void> {
    const redis::Address nobody(asio::ip::address_v4::loopback(), servers::free_port());
    bool failed = false;
    try {
      co_await redis::Subscription::begin(nobody, "news");
    } catch (const Disconnected&) {
      failed = true;
    }
    CHECK(failed);
  };
  test(work());
}

TEST_CASE("an address is HOST:PORT, and anything else gets a sentence") {
  CHECK(redis::parse_address("127.0.0.1:1234").port() == 1234);
  CHECK(redis::parse_address("redis://127.0.0.1:1234").port() == 1234);
  CHECK(redis::parse_address("[::1]:1234").address().is_v6());
  for (const char* wrong : {"", "host", ":1", "redis://:1", "redis://user:word@host:1",
                            "redis://127.0.0.1:1/2", "127.0.0.1:99999", "127.0.0.1:port"}) {
    CAPTURE(wrong);
    const std::string sentence = fmt::format(
        "\"{}\" is not redis://HOST:PORT (this lesson supports neither passwords nor database "
        "numbers)",
        wrong);
    CHECK_THROWS_WITH_AS(redis::parse_address(wrong), sentence.c_str(), std::runtime_error);
  }
}

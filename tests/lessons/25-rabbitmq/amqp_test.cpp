// What the page of lesson 25 promises of its headers, with their own broker.
#include "../../../lessons/25-rabbitmq/amqp.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/16-cancellation/task_group.hpp"
#include "../../../lessons/28-order-pipeline/rabbitmq_queue.hpp"
#include "../../../tools/servers/rabbitmq.hpp"
#include "../file_limit.hpp"
#include "../tasks.hpp"
#include "stop.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

// One for all cases, on its own loop.
servers::RabbitMq& broker() {
  static asio::io_context loop;
  static servers::RabbitMq broker(loop.get_executor());
  static bool started = false;
  if (!started) {
    asio::co_spawn(loop, broker.start(), rethrow);
    loop.run();
    started = true;
  }
  return broker;
}

std::string url() {
  return "amqp://" + broker().address();
}

std::string new_queue() {
  static int number = 0;
  return fmt::format("queue-{}", ++number);
}

// Both sides at once: confirms, and consumes with this prefetch.
amqp::Client::SetUp both_sides(const std::string& queue, std::uint16_t prefetch) {
  return [=](amqp::Connection& connection) {
    connection.declare_queue(queue);
    connection.confirm_publishes();
    connection.consume(queue, prefetch);
  };
}

amqp::Client::SetUp sending_to(const std::string& queue) {
  return [=](amqp::Connection& connection) {
    connection.declare_queue(queue);
    connection.confirm_publishes();
  };
}

// Runs `work` with a client, which is closed at the end. A test that takes a minute has failed.
using Work = std::function<asio::awaitable<void>(amqp::Client&)>;

asio::awaitable<void> work_and_close(amqp::Client& client, const Work& work) {
  co_await work(client);
  client.close();
}

asio::awaitable<void> run_client(amqp::Client& client, const Work& work) {
  co_await (client.run() && work_and_close(client, work));
}

void with_client(const amqp::Client::SetUp& set_up, const Work& work) {
  asio::io_context loop;
  amqp::Client client(loop.get_executor(), url(), set_up);
  bool ended = false;
  asio::co_spawn(loop, wait_for(run_client(client, work), 60s), [&](std::exception_ptr error) {
    rethrow(error);
    ended = true;
  });
  loop.run();
  CHECK(ended);
}

void delete_queue(const std::string& name) {
  const std::string address = broker().address();
  const auto colon = address.find(':');
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t* socket = amqp_tcp_socket_new(connection);
  REQUIRE(amqp_socket_open(socket, address.substr(0, colon).c_str(),
                           std::stoi(address.substr(colon + 1))) == AMQP_STATUS_OK);
  amqp::check("log in", amqp_login(connection, "/", 1, AMQP_DEFAULT_FRAME_SIZE, 0,
                                   AMQP_SASL_METHOD_PLAIN, "guest", "guest"));
  amqp_channel_open(connection, 1);
  const amqp_bytes_t bytes{name.size(), const_cast<char*>(name.data())};
  amqp_queue_delete(connection, 1, bytes, 0, 0);
  amqp::check("delete a queue", amqp_get_rpc_reply(connection));
  amqp_destroy_connection(connection);
}

std::uint32_t left_in(const std::string& queue) {
  return amqp::Connection(url()).declare_queue(queue);
}

}  // namespace

// Comes first because it takes five seconds, in which the broker can start.
TEST_CASE("a server that says nothing is given up") {
  asio::io_context context;
  asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
  const auto url = fmt::format("amqp://127.0.0.1:{}", silent.local_endpoint().port());
  auto connection = std::async(std::launch::async, [&] { amqp::Connection connection(url); });
  broker();
  CHECK_THROWS_AS(connection.get(), amqp::Lost);
}

TEST_CASE("a message of any size arrives as it was") {
  const std::string queue = new_queue();
  with_client(both_sides(queue, 10), [&](amqp::Client& client) -> asio::awaitable<void> {
    std::string zeros(3, '\0');
    for (std::string text : {std::string(), std::string("x"), zeros, std::string(131'064, 'a'),
                             std::string(131'065, 'b'), std::string(1'000'000, 'c')}) {
      co_await client.publish("", queue, text);
      const amqp::Message message = co_await client.receive();
      CHECK(message.text == text);
      CHECK(!message.redelivered);
      co_await client.acknowledge(message);
    }
  });
  CHECK(left_in(queue) == 0);
}

TEST_CASE("ten thousand published at once are all confirmed") {
  const std::string queue = new_queue();
  int confirmed = 0;
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    const auto publish = [&]() -> asio::awaitable<void> {
      co_await client.publish("", queue, "text");
      ++confirmed;
    };
    co_await with_task_group([&](TaskGroup& group) -> asio::awaitable<void> {
      for (int i = 0; i < 10'000; ++i) group.start(publish());
      co_return;
    });
  });
  CHECK(confirmed == 10'000);
  CHECK(left_in(queue) == 10'000);
}

TEST_CASE("a message for which there is no queue is refused, and no other one") {
  const std::string queue = new_queue();
  int confirmed = 0;
  int refused = 0;
  const auto publish = [&](amqp::Client& client, std::string key,
                           std::string text) -> asio::awaitable<void> {
    try {
      co_await client.publish("", key, text);
      confirmed += key == queue;
    } catch (const amqp::Refused& error) {
      refused += key != queue && error.what() == std::string("there is no queue for the message");
    }
  };
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    co_await with_task_group([&](TaskGroup& group) -> asio::awaitable<void> {
      // Also empty ones, and some of many frames.
      for (int i = 0; i < 1000; ++i) {
        const std::string text(i % 100 == 7 ? 300'000 : i % 3, 'x');
        group.start(publish(client, i % 2 == 0 ? queue : "no such queue", text));
      }
      co_return;
    });
  });
  CHECK(confirmed == 500);
  CHECK(refused == 500);
  CHECK(left_in(queue) == 500);
}

// The queue of lesson 28, which has no broker of its own in its tests.
TEST_CASE("a queue that was deleted takes no order, and can be closed") {
  asio::io_context loop;
  RabbitmqQueue orders(loop.get_executor(), url(), "deleted", 0);
  WatchedTask running(loop, orders.run());
  bool refused = false;
  const auto test = [&]() -> asio::awaitable<void> {
    co_await orders.publish("7 kettle");
    delete_queue("pipeline.deleted");
    try {
      co_await orders.publish("8 kettle");
    } catch (const amqp::Refused&) {
      refused = true;
    }
    orders.close();
  };
  asio::co_spawn(loop, wait_for(test(), 60s), rethrow);
  loop.run_for(60s);
  CHECK(refused);
  CHECK(running.succeeded());
}

TEST_CASE("a consumer hears that its queue was deleted") {
  const std::string queue = new_queue();
  amqp::Connection consumer(url());
  consumer.declare_queue(queue);
  consumer.consume(queue, 1);
  delete_queue(queue);
  CHECK_THROWS_WITH_AS(consumer.next({10, 0}), "the queue was deleted", amqp::Refused);
}

TEST_CASE("a publish that was given up does not keep a queue open") {
  asio::io_context loop;
  RabbitmqQueue orders(loop.get_executor(), "amqp://127.0.0.1:1", "unreachable", 0);
  WatchedTask running(loop, orders.run());
  WatchedTask publishing(loop, orders.publish("7 kettle"));
  loop.run_for(50ms);
  CHECK(publishing.waits());
  publishing.cancel();
  loop.run_for(50ms);
  CHECK_FALSE(publishing.waits());
  orders.close();
  loop.run_for(10s);
  CHECK(loop.stopped());
  CHECK(running.succeeded());
}

TEST_CASE("a message may be thrown away, if its sender says so") {
  const std::string queue = new_queue();
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    co_await client.publish("", "no such queue", "text", amqp::NoQueue::drops);
  });
  CHECK(left_in(queue) == 0);
}

TEST_CASE("in the order in which one task has published") {
  const std::string queue = new_queue();
  with_client(both_sides(queue, 50), [&](amqp::Client& client) -> asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) {
      const std::string text = std::to_string(i);
      co_await client.publish("", queue, text);
    }
    for (int i = 0; i < 50; ++i) {
      const amqp::Message message = co_await client.receive();
      CHECK(message.text == std::to_string(i));
    }
  });
  CHECK(left_in(queue) == 50);  // nothing was acknowledged
}

TEST_CASE("a message may be published from strings that no longer exist") {
  const std::string queue = new_queue() + " with a name that is kept on the heap";
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    auto publishing = client.publish(std::string(), std::string(queue), "text");
    const std::string other(queue.size(), 'x');  // in the same memory
    co_await std::move(publishing);
  });
  CHECK(left_in(queue) == 1);
}

TEST_CASE("at the limit of open files the client tries again") {
  asio::io_context loop;
  std::optional<FileLimit> limit;
  std::string reason;
  const auto report = [&](const std::string& why, std::chrono::milliseconds) {
    if (limit) reason = why;
    limit.reset();
  };
  amqp::Client client(loop.get_executor(), url(), sending_to(new_queue()), report);
  const Work work = [&](amqp::Client& client) -> asio::awaitable<void> {
    co_await client.connected();
  };
  const asio::posix::stream_descriptor first(loop);  // the loop's own descriptors are open
  limit.emplace(1);                                  // the library's socket, but no second one
  WatchedTask task(loop, wait_for(run_client(client, work), 60s));
  loop.run();
  CHECK(task.succeeded());
  CHECK(reason == "watch the connection: Too many open files");
}

TEST_CASE("no program that is started inherits a connection") {
  asio::io_context loop;
  const asio::posix::stream_descriptor first(loop);
  const auto inherited = [] {
    int number = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      const int flags = fcntl(std::stoi(entry.path().filename()), F_GETFD);
      if (flags != -1 && (flags & FD_CLOEXEC) == 0) ++number;
    }
    return number;
  };
  const std::string address = url();
  const int before = inherited();
  amqp::Session session(loop.get_executor(), std::make_unique<amqp::Connection>(address));
  CHECK(inherited() == before);
}

TEST_CASE("no more unacknowledged than the prefetch") {
  const std::string queue = new_queue();
  with_client(both_sides(queue, 3), [&](amqp::Client& client) -> asio::awaitable<void> {
    for (int i = 0; i < 5; ++i) co_await client.publish("", queue, "text");
    const amqp::Message first = co_await client.receive();
    co_await client.receive();
    co_await client.receive();
    bool came = true;
    try {
      co_await wait_for(client.receive(), 300ms);
    } catch (const TimedOut&) {
      came = false;
    }
    CHECK(!came);
    co_await client.acknowledge(first);
    co_await client.receive();
  });
}

TEST_CASE("an unacknowledged message comes again") {
  const std::string queue = new_queue();
  with_client(both_sides(queue, 10), [&](amqp::Client& client) -> asio::awaitable<void> {
    co_await client.publish("", queue, "soup");
    const amqp::Message message = co_await client.receive();
    CHECK(!message.redelivered);
  });
  with_client(both_sides(queue, 10), [&](amqp::Client& client) -> asio::awaitable<void> {
    const amqp::Message message = co_await client.receive();
    CHECK(message.text == "soup");
    CHECK(message.redelivered);
    co_await client.acknowledge(message);
  });
  CHECK(left_in(queue) == 0);
}

TEST_CASE("a cancelled receive has taken nothing") {
  const std::string queue = new_queue();
  with_client(both_sides(queue, 10), [&](amqp::Client& client) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto receive = [&]() -> asio::awaitable<void> { co_await client.receive(); };
    WatchedTask cancelled(executor, receive());
    WatchedTask waiting(executor, receive());
    co_await wait(10ms);
    cancelled.cancel();
    co_await client.publish("", queue, "soup");
    while (waiting.waits()) co_await wait(10ms);
    CHECK(waiting.succeeded());
    CHECK(cancelled.failed_with(asio::experimental::error::channel_cancelled));
  });
}

TEST_CASE("a task that waits can be cancelled, even without a connection") {
  asio::io_context loop;
  amqp::Client client(loop.get_executor(), "amqp://127.0.0.1:1", [](amqp::Connection&) {});
  WatchedTask run(loop, client.run());
  WatchedTask connected(loop, client.connected());
  WatchedTask publish(loop, client.publish("", "nowhere", "text"));
  const auto receive_one = [&]() -> asio::awaitable<void> { co_await client.receive(); };
  WatchedTask receive(loop, receive_one());
  loop.run_for(50ms);
  for (WatchedTask* task : {&connected, &publish, &receive}) {
    CHECK(task->waits());
    task->cancel();
  }
  loop.run_for(50ms);
  for (WatchedTask* task : {&connected, &publish, &receive}) {
    CHECK(!task->waits());
    CHECK(!task->succeeded());
  }
  CHECK(run.waits());
  run.cancel();
  loop.run_for(10s);
  CHECK(loop.stopped());
  CHECK(!run.waits());
}

TEST_CASE("publish waits for the confirm of a stopped broker, and can be cancelled there") {
  const std::string queue = new_queue();
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    co_await client.connected();
    stop(broker().process());
    WatchedTask cancelled(executor, client.publish("", queue, "soup"));
    WatchedTask waiting(executor, client.publish("", queue, "roast"));
    co_await wait(50ms);
    CHECK(cancelled.waits());
    cancelled.cancel();
    co_await wait(50ms);
    CHECK(!cancelled.waits());
    CHECK(waiting.waits());
    broker().process().send(SIGCONT);
    while (waiting.waits()) co_await wait(10ms);
    CHECK(waiting.succeeded());
  });
}

TEST_CASE("a broker that has stopped does not hold up the loop") {
  const std::string queue = new_queue();
  const std::string text(20'000, 'x');
  with_client(sending_to(queue), [&](amqp::Client& client) -> asio::awaitable<void> {
    co_await client.connected();
    stop(broker().process());
    std::chrono::steady_clock::duration longest{};
    const auto tick = [&]() -> asio::awaitable<void> {
      for (int i = 0; i < 100; ++i) {
        const auto before = std::chrono::steady_clock::now();
        co_await wait(10ms);
        longest = std::max(longest, std::chrono::steady_clock::now() - before);
      }
      broker().process().send(SIGCONT);
    };
    // More than the sockets take.
    co_await with_task_group([&](TaskGroup& group) -> asio::awaitable<void> {
      group.start(tick());
      for (int i = 0; i < 1500; ++i) group.start(client.publish("", queue, text));
      co_return;
    });
    CHECK(longest < 5s);  // blocked in the library it would take ten
  });
  CHECK(left_in(queue) == 1500);
}

TEST_CASE("close wakes all who wait") {
  asio::io_context loop;
  amqp::Client client(loop.get_executor(), url(), both_sides(new_queue(), 1));
  WatchedTask run(loop, client.run());
  const auto receive_one = [&]() -> asio::awaitable<void> { co_await client.receive(); };
  WatchedTask receive(loop, receive_one());
  const auto close_it = [&]() -> asio::awaitable<void> {
    co_await client.connected();
    client.close();
    client.close();
  };
  WatchedTask closing(loop, close_it());
  loop.run_for(20s);
  CHECK(loop.stopped());
  CHECK(run.succeeded());
  CHECK(closing.succeeded());
  CHECK(receive.threw<amqp::Lost>());
  loop.restart();
  WatchedTask late(loop, client.publish("", "nowhere", "text"));
  loop.run_for(1s);
  CHECK(late.threw<amqp::Lost>());
}

TEST_CASE("the pauses grow, and each is reported") {
  asio::io_context loop;
  std::vector<amqp::milliseconds> pauses;
  std::string why;
  amqp::Client client(
      loop.get_executor(), "amqp://127.0.0.1:1", [](amqp::Connection&) {},
      [&](const std::string& reason, amqp::milliseconds pause) {
        why = reason;
        pauses.push_back(pause);
        if (pauses.size() == 4) client.close();
      });
  WatchedTask run(loop, client.run());
  loop.run_for(20s);
  CHECK(run.succeeded());
  REQUIRE(pauses.size() == 4);
  for (int i = 0; i < 4; ++i) {
    const auto whole = 100ms * (1 << i);
    CHECK(pauses[i] >= whole / 2);
    CHECK(pauses[i] <= whole);
  }
  CHECK(why.starts_with("connect: "));
}

TEST_CASE("a wrong password is refused, and not tried again") {
  asio::io_context loop;
  amqp::Client client(loop.get_executor(), "amqp://guest:wrong@" + broker().address(),
                      [](amqp::Connection&) {});
  WatchedTask run(loop, client.run());
  WatchedTask publish(loop, client.publish("", "nowhere", "text"));
  loop.run_for(20s);
  CHECK(run.threw<amqp::Refused>());
  CHECK(publish.threw<amqp::Lost>());
}

TEST_CASE("an exchange that does not exist is refused") {
  asio::io_context loop;
  amqp::Client client(loop.get_executor(), url(), sending_to(new_queue()));
  WatchedTask run(loop, client.run());
  WatchedTask publish(loop, client.publish("nowhere", "", "text"));
  loop.run_for(20s);
  CHECK(run.threw<amqp::Refused>());
  CHECK(publish.threw<amqp::Lost>());
}

TEST_CASE("a text that is not a broker's address is refused") {
  CHECK_THROWS_AS(amqp::Connection("http://127.0.0.1"), amqp::Refused);
  CHECK_THROWS_WITH_AS(amqp::Connection("amqps://127.0.0.1"),
                       "AMQP_URL: these headers have no TLS, so no amqps://: use amqp:// within a "
                       "network that you trust",
                       amqp::Refused);
  CHECK_THROWS_AS(amqp::Connection("amqp://127.0.0.1:1"), amqp::Lost);
}

TEST_CASE("client and loop may end while tasks wait") {
  const std::string queue = new_queue();
  const std::string text(1000, 'x');
  for (const auto time : {0ms, 1ms, 300ms}) {
    asio::io_context loop;
    amqp::Client client(loop.get_executor(), url(), both_sides(queue, 1));
    asio::co_spawn(loop, client.run(), [](std::exception_ptr) {});
    const auto receive = [&]() -> asio::awaitable<void> { co_await client.receive(); };
    for (int i = 0; i < 3; ++i) asio::co_spawn(loop, receive(), [](std::exception_ptr) {});
    for (int i = 0; i < 3; ++i) {
      asio::co_spawn(loop, client.publish("", queue, text), [](std::exception_ptr) {});
    }
    loop.run_for(time);
  }
  CHECK(left_in(queue) <= 9);
}

// Kafka on the loop, lesson 27: what its page promises, with its cluster as a separate process.
#include "../../../lessons/27-kafka/kafka.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <librdkafka/rdkafka_mock.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../../../lessons/12-gather/gather.hpp"
#include "../../../lessons/15-timeouts/is_cancellation.hpp"
#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/27-kafka/blocking.hpp"
#include "../tasks.hpp"
#include "server_program.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using kafka::Consumer;
using kafka::Message;
using kafka::Place;
using kafka::Producer;
using kafka::Settings;

namespace {

// Makes the server start the cluster of librdkafka, which does what these tests ask of it.
struct WithoutRealCluster {
  WithoutRealCluster() { unsetenv("KAFKA_HOME"); }
};

struct Cluster {
  WithoutRealCluster mock;
  ServerProgram server{"servers/kafka"};
  std::string address = "127.0.0.1:" + std::to_string(server.port());

  void down() {
    server.send(SIGUSR1);
    REQUIRE(server.line() == "Broker down");
  }
  void up() {
    server.send(SIGUSR2);
    REQUIRE(server.line() == "Broker up");
  }

  Settings producing() const { return kafka::producing(address); }
  Settings consuming() const { return kafka::consuming(address, "group"); }
};

// A cluster within this process, which can be told to refuse something.
class RefusingCluster {
 public:
  RefusingCluster() {
    REQUIRE(cluster_);
    rd_kafka_mock_topic_create(cluster_.get(), "orders", 3, 1);
  }

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

  // The next commit: another member has taken the place of this one. That is fatal.
  void refuse_commit() {
    constexpr std::int16_t offset_commit = 8;
    rd_kafka_mock_push_request_errors(cluster_.get(), offset_commit, 1,
                                      RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
  }

 private:
  struct End {
    void operator()(rd_kafka_mock_cluster_t* it) const { rd_kafka_mock_cluster_destroy(it); }
  };
  kafka::Owned<rd_kafka_t> client_ = kafka::make_client(RD_KAFKA_PRODUCER, {}, 0);
  std::unique_ptr<rd_kafka_mock_cluster_t, End> cluster_{
      rd_kafka_mock_cluster_new(client_.get(), 1)};
};

const std::string fatal = "OffsetCommit failed: Broker: Static consumer fenced by other consumer";

bool epoll_refuses = false;
int asked_for_assignment = 0;

auto open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

void keep_quiet(const std::string&) {}

// A member of a group, and how many partitions it had after each change.
struct Member {
  Member(asio::any_io_executor executor, const Settings& settings) : consumer(executor, settings) {
    consumer.on_assignment(
        [this](const std::vector<int>& partitions) { counts.push_back(partitions.size()); });
    consumer.subscribe("orders");
  }

  Consumer consumer;
  std::vector<std::size_t> counts;
};

// A client whose queue has something in it before the bell rings for it.
struct Latecomer : kafka::Client {
  Latecomer(asio::any_io_executor executor, const Settings& settings)
      : Client(executor, RD_KAFKA_CONSUMER, settings), queue(rd_kafka_queue_new(get())) {}

  asio::awaitable<void> listen_late() {
    co_await next_ring();  // for what was set up
    // This is refused: there is nothing to commit.
    rd_kafka_commit_queue(get(), nullptr, queue.get(), nullptr, nullptr);
    while (rd_kafka_queue_length(queue.get()) == 0) co_await wait(1ms);
    ring_for(queue.get());
    co_await next_ring();
  }

  kafka::Owned<rd_kafka_queue_t> queue;
};

// A task that is cancelled after a while. A test waits here for something not to happen.
asio::awaitable<bool> cancelled(asio::awaitable<void> work) {
  auto executor = co_await asio::this_coro::executor;
  WatchedTask task(executor, std::move(work));
  co_await wait(300ms);
  if (!task.waits()) co_return false;
  task.cancel();
  while (task.waits()) co_await wait(1ms);
  co_return is_cancellation(task.error());
}

// librdkafka looks for new topics once per second. If that is what they wait for, each topic takes
// about a second to send to, and another to read.
asio::awaitable<void> send_and_read_new_topics(const Cluster& cluster, int count) {
  auto executor = co_await asio::this_coro::executor;
  Producer producer(executor, cluster.producing());
  Consumer consumer(executor, cluster.consuming());
  for (int i = 0; i < count; ++i) {
    const auto topic = "topic-" + std::to_string(i);
    const Place place = co_await producer.send(topic, "Ben", "for " + topic);
    consumer.assign(topic, place.partition, kafka::from_commit);
    CHECK((co_await consumer.receive()).text == "for " + topic);
  }
}

asio::awaitable<void> ended(const WatchedTask& task) {
  while (task.waits()) co_await wait(1ms);
}

asio::awaitable<void> send(Producer& producer, std::string text) {
  co_await producer.send("orders", "Ben", text);
}

asio::awaitable<void> receive(Consumer& consumer) {
  co_await consumer.receive();
}

// The Kafka error that `work` throws.
asio::awaitable<std::string> error_of(asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (const kafka::Error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

}  // namespace

// In place of the C library's: Asio cannot take a descriptor while `epoll_refuses`.
extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept {
  if (epoll_refuses) {
    errno = ENOSPC;
    return -1;
  }
  static const auto real = reinterpret_cast<decltype(&epoll_ctl)>(dlsym(RTLD_NEXT, "epoll_ctl"));
  return real(epoll, operation, descriptor, event);
}

// In place of librdkafka's, which asks the library's own thread: that one may be taking the member
// out of the group just now, and then does not answer.
extern "C" rd_kafka_resp_err_t rd_kafka_assignment(rd_kafka_t* client,
                                                   rd_kafka_topic_partition_list_t** list) {
  ++asked_for_assignment;
  static const auto real =
      reinterpret_cast<decltype(&rd_kafka_assignment)>(dlsym(RTLD_NEXT, "rd_kafka_assignment"));
  return real(client, list);
}

TEST_SUITE("kafka") {
  TEST_CASE("The environment chooses the cluster, or else the command line") {
    char name[] = "program";
    char address[] = "there:1";
    char* words[] = {name, address};
    unsetenv("KAFKA_BOOTSTRAP");
    CHECK(kafka::cluster(2, words) == "there:1");
    CHECK_THROWS_WITH_AS(kafka::cluster(1, words),
                         "which cluster? Give HOST:PORT, or set KAFKA_BOOTSTRAP",
                         std::invalid_argument);
    setenv("KAFKA_BOOTSTRAP", "", 1);
    CHECK(kafka::cluster(2, words) == "there:1");
    setenv("KAFKA_BOOTSTRAP", "elsewhere:2", 1);
    CHECK(kafka::cluster(2, words) == "elsewhere:2");
    CHECK(kafka::cluster(1, words) == "elsewhere:2");
    unsetenv("KAFKA_BOOTSTRAP");
  }

  TEST_CASE("A setting that does not exist is named") {
    asio::io_context loop;
    Settings settings = kafka::producing("127.0.0.1:1");
    settings["no.such.thing"] = "1";
    CHECK_THROWS_WITH_AS(Producer(loop.get_executor(), settings),
                         "No such configuration property: \"no.such.thing\"",
                         std::invalid_argument);
  }

  TEST_CASE("Many messages at the same time, each with its own report") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      std::vector<asio::awaitable<Place>> sends;
      for (int i = 0; i < 300; ++i) {
        sends.push_back(producer.send("orders", "Ben", std::to_string(i)));
      }
      const auto places = co_await gather(std::move(sends));
      Consumer consumer(executor, cluster.consuming());
      consumer.assign("orders", 0, kafka::from_start);
      std::vector<std::string> texts;
      for (int i = 0; i < 300; ++i) {
        const Message message = co_await consumer.receive();
        REQUIRE(message.topic == "orders");
        REQUIRE(message.key == "Ben");
        REQUIRE(message.place.offset == i);
        texts.push_back(message.text);
      }
      std::set<std::int64_t> offsets;
      for (int i = 0; i < 300; ++i) {
        REQUIRE(places[i].partition == 0);
        offsets.insert(places[i].offset);
        REQUIRE(texts.at(places[i].offset) == std::to_string(i));
      }
      CHECK(offsets.size() == 300);
    }(cluster));
  }

  TEST_CASE("Which broker keeps a topic is asked at once, even if the client is connected") {
    Cluster cluster;
    run(wait_for(send_and_read_new_topics(cluster, 10), 5s));
  }

  TEST_CASE("A text may be empty, long, and anything") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      const std::vector<std::string> texts{"", std::string(500'000, 'x'),
                                           std::string("\0\xff\n", 3)};
      Producer producer(executor, cluster.producing());
      for (const auto& text : texts) co_await send(producer, text);
      Consumer consumer(executor, cluster.consuming());
      consumer.assign("orders", 0, kafka::from_start);
      for (const auto& text : texts) {
        const Message message = co_await consumer.receive();
        CHECK((message.text == text));
      }
    }(cluster));
  }

  TEST_CASE("One goes on behind the commit, or from the start; another group has its own") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      for (std::string text : {"a", "b", "c"}) co_await send(producer, text);
      const auto first = [&](std::string group, std::int64_t from) -> asio::awaitable<Message> {
        Consumer consumer(executor, kafka::consuming(cluster.address, group));
        consumer.assign("orders", 0, from);
        co_return co_await consumer.receive();
      };
      {
        Consumer consumer(executor, cluster.consuming());
        consumer.assign("orders", 0, kafka::from_commit);
        const Message a = co_await consumer.receive();
        const Message b = co_await consumer.receive();
        CHECK(a.text == "a");
        co_await consumer.commit(b);
        co_await consumer.commit(a);  // going back is allowed, too
        co_await consumer.commit(b);
      }
      Message message = co_await first("group", kafka::from_commit);
      CHECK(message.text == "c");
      message = co_await first("group", kafka::from_start);
      CHECK(message.text == "a");
      message = co_await first("another", kafka::from_commit);
      CHECK(message.text == "a");
    }(cluster));
  }

  TEST_CASE("A task that waits for a message can be cancelled, and nothing is lost by that") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      Consumer consumer(executor, cluster.consuming());
      consumer.assign("orders", 0, kafka::from_start);
      const bool ended = co_await cancelled(receive(consumer));
      CHECK(ended);
      co_await send(producer, "late");
      const Message message = co_await consumer.receive();
      CHECK(message.text == "late");
    }(cluster));
  }

  TEST_CASE("Several may wait, and each message goes to one of them") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      Consumer consumer(executor, cluster.consuming());
      consumer.assign("orders", 0, kafka::from_start);
      const auto [one, other, places] =
          co_await (consumer.receive() && consumer.receive() &&
                        [](Producer& producer) -> asio::awaitable<int> {
            co_await send(producer, "a");
            co_await send(producer, "b");
            co_return 2;
          }(producer));
      CHECK((one.text == "a" ? other.text == "b" : one.text == "b" && other.text == "a"));
      CHECK(places == 2);
    }(cluster));
  }

  TEST_CASE("While the broker is away sends wait, can be cancelled, and go on when it is back") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      std::string trouble;
      Producer producer(executor, cluster.producing());
      producer.on_trouble([&](const std::string& what) { trouble += what + "\n"; });
      co_await send(producer, "before");
      cluster.down();
      const bool ended = co_await cancelled(send(producer, "cancelled"));
      CHECK(ended);
      WatchedTask task(executor, send(producer, "waiting"));
      co_await wait(300ms);
      CHECK(task.waits());
      CHECK(trouble.find("127.0.0.1") != std::string::npos);
      cluster.up();
      co_await send(producer, "after");
      while (task.waits()) co_await wait(1ms);
      CHECK(task.succeeded());
      Consumer consumer(executor, cluster.consuming());
      consumer.assign("orders", 0, kafka::from_start);
      std::set<std::string> texts;
      while (!texts.contains("after")) {
        const Message message = co_await consumer.receive();
        texts.insert(message.text);
      }
      CHECK(texts.contains("before"));
      CHECK(texts.contains("waiting"));
      // It was handed over, so it got there although no task waited for it any more.
      CHECK(texts.contains("cancelled"));
    }(cluster));
  }

  TEST_CASE("While the broker is away a commit waits, longer than the library does") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      const Place place = co_await producer.send("orders", "Ben", "before");
      Settings settings = cluster.consuming();
      settings["session.timeout.ms"] = "300";
      settings["heartbeat.interval.ms"] = "100";
      Consumer consumer(executor, settings);
      producer.on_trouble([](const std::string&) {});
      consumer.on_trouble([](const std::string&) {});
      consumer.assign("orders", place.partition, kafka::from_start);
      const Message message = co_await consumer.receive();
      settings["group.id"] = "twin";
      kafka::blocking::Consumer twin(settings);
      twin.assign("orders", place.partition, kafka::from_start);
      twin.receive();
      cluster.down();
      WatchedTask task(executor, consumer.commit(message));
      auto blocking = std::async(std::launch::async, [&] { twin.commit(message); });
      co_await wait(3s);
      CHECK(task.waits());
      cluster.up();
      while (task.waits()) co_await wait(1ms);
      CHECK(task.succeeded());
      CHECK_NOTHROW(blocking.get());
    }(cluster));
  }

  TEST_CASE("A message without a report in time has failed") {
    Cluster cluster;
    cluster.down();
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Settings settings = cluster.producing();
      settings["message.timeout.ms"] = "200";
      Producer producer(executor, settings);
      producer.on_trouble(keep_quiet);
      const std::string error = co_await error_of(send(producer, "x"));
      CHECK(error == "sending to orders: Local: Message timed out");
    }(cluster));
  }

  TEST_CASE("The bell rings also for what was there before it") {
    run([]() -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Latecomer client(executor, kafka::consuming("127.0.0.1:1", "group"));
      client.on_trouble(keep_quiet);
      co_await wait_for(client.listen_late(), 60s);
    }());
  }

  TEST_CASE("A full queue makes the producer wait") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Settings settings = cluster.producing();
      settings["queue.buffering.max.messages"] = "10";
      Producer producer(executor, settings);
      std::vector<asio::awaitable<Place>> sends;
      for (int i = 0; i < 200; ++i) sends.push_back(producer.send("orders", "Ben", "x"));
      const auto places = co_await gather(std::move(sends));
      CHECK(places.size() == 200);
    }(cluster));
  }

  TEST_CASE("A loop may be destroyed while tasks wait in every call") {
    Cluster cluster;
    asio::io_context loop;
    int waiting = 0;
    const auto task = [&]() -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      producer.on_trouble(keep_quiet);
      Consumer consumer(executor, cluster.consuming());
      consumer.on_trouble(keep_quiet);
      consumer.assign("orders", 0, kafka::from_start);
      co_await send(producer, "x");
      const Message message = co_await consumer.receive();
      cluster.down();
      ++waiting;
      co_await (send(producer, "y") && receive(consumer) && consumer.commit(message));
    };
    asio::co_spawn(loop, task(), rethrow);
    while (waiting == 0) loop.run_one();
    for (int i = 0; i < 3; ++i) loop.run_one_for(100ms);
  }

  TEST_CASE("A client may go while its bell rings") {
    Cluster cluster;
    asio::io_context loop;
    auto producer = std::make_unique<Producer>(loop.get_executor(), cluster.producing());
    auto lasting = std::make_unique<Producer>(loop.get_executor(), cluster.producing());
    bool ended = false;
    const auto end = [&](std::exception_ptr) { ended = true; };
    asio::co_spawn(loop, send(*lasting, "x"), end);
    while (!ended) loop.run_one();
    ended = false;
    // Both handlers are ready in the same round, and the first destroys the client of the second.
    asio::co_spawn(loop, send(*producer, "y"), [&](std::exception_ptr) {});
    asio::post(loop, [&] { producer.reset(); });
    loop.poll();
    asio::co_spawn(loop, send(*lasting, "z"), end);
    while (!ended) loop.run_one();
    CHECK(producer == nullptr);
  }

  TEST_CASE("A member that leaves gives back all partitions, and can be replaced at once") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      co_await send(producer, "a");
      Member member(executor, cluster.consuming());
      const Message message = co_await member.consumer.receive();
      CHECK(message.text == "a");
      co_await member.consumer.commit(message);
      asked_for_assignment = 0;
      co_await member.consumer.leave();
      CHECK(member.counts == std::vector<std::size_t>{3, 0});
      CHECK(asked_for_assignment == 0);
    }(cluster));
  }

  TEST_CASE("A member that waits in silence is not taken to be stuck") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      co_await send(producer, "a");
      Settings settings = cluster.consuming();
      settings["session.timeout.ms"] = "4000";
      settings["max.poll.interval.ms"] = "4000";
      Member member(executor, settings);
      std::string trouble;
      member.consumer.on_trouble([&](const std::string& text) { trouble = text; });
      co_await member.consumer.receive();
      WatchedTask waiting(executor, receive(member.consumer));
      co_await wait(6s);
      CHECK(trouble == "");
      CHECK(member.counts == std::vector<std::size_t>{3});
      co_await send(producer, "b");
      co_await ended(waiting);
      CHECK(!waiting.error());
      co_await member.consumer.leave();
    }(cluster));
  }

  TEST_CASE("The blocking twin does the same") {
    Cluster cluster;
    kafka::blocking::Producer producer(cluster.producing());
    CHECK(producer.send("orders", "Ben", "a").offset == 0);
    CHECK(producer.send("orders", "Ben", "b").offset == 1);
    {
      kafka::blocking::Consumer consumer(cluster.consuming());
      consumer.assign("orders", 0, kafka::from_commit);
      const Message message = consumer.receive();
      CHECK(message.text == "a");
      consumer.commit(message);
    }
    kafka::blocking::Consumer consumer(cluster.consuming());
    consumer.assign("orders", 0, kafka::from_commit);
    CHECK(consumer.receive().text == "b");

    Settings settings = cluster.producing();
    settings["message.timeout.ms"] = "200";
    kafka::blocking::Producer late(settings);
    cluster.down();
    CHECK_THROWS_WITH_AS(late.send("orders", "Ben", "c"),
                         "sending to orders: Local: Message timed out", kafka::Error);
  }

  TEST_CASE("A client that cannot be made leaves no descriptor open") {
    asio::io_context loop;
    const Settings settings = kafka::producing("127.0.0.1:1");
    { const Producer first(loop.get_executor(), settings); }
    const auto before = open_descriptors();
    epoll_refuses = true;
    CHECK_THROWS_AS(Producer(loop.get_executor(), settings), std::system_error);
    epoll_refuses = false;
    CHECK(open_descriptors() == before);
  }

  TEST_CASE("After a fatal error nothing can come, and receive says so each time") {
    RefusingCluster cluster;
    run([](RefusingCluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, kafka::producing(cluster.address()));
      co_await send(producer, "a");
      Consumer consumer(executor, kafka::consuming(cluster.address(), "group"));
      std::string trouble;
      consumer.on_trouble([&](const std::string& what) { trouble += what; });
      consumer.assign("orders", 0, kafka::from_start);
      const Message message = co_await consumer.receive();
      WatchedTask waiting(executor, receive(consumer));
      cluster.refuse_commit();
      const std::string refused = co_await error_of(consumer.commit(message));
      CHECK(refused ==
            "committing: Broker: Static consumer fenced by other consumer with "
            "same group.instance.id");
      co_await wait_for(ended(waiting), 30s);
      CHECK(waiting.threw<kafka::Error>());
      const std::string error = co_await error_of(wait_for(receive(consumer), 30s));
      CHECK(error.find(fatal) == 0);
      CHECK(trouble == "");
    }(cluster));
  }

  TEST_CASE("The blocking twin does not wait forever after a fatal error, either") {
    RefusingCluster cluster;
    kafka::blocking::Producer producer(kafka::producing(cluster.address()));
    producer.send("orders", "Ben", "a");
    kafka::blocking::Consumer consumer(kafka::consuming(cluster.address(), "group"));
    consumer.assign("orders", 0, kafka::from_start);
    const Message message = consumer.receive();
    cluster.refuse_commit();
    CHECK_THROWS_AS(consumer.commit(message), kafka::Error);
    alarm(60);  // which would end this program
    std::string error;
    try {
      consumer.receive();
    } catch (const kafka::Error& failure) {
      error = failure.what();
    }
    alarm(0);
    CHECK(error.find(fatal) == 0);
  }

  TEST_CASE("Partitions that it cannot take are no silence") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Settings settings = cluster.consuming();
      settings["partition.assignment.strategy"] = "cooperative-sticky";
      Consumer consumer(executor, settings);
      bool told = false;
      consumer.on_assignment([&](const std::vector<int>&) { told = true; });
      consumer.subscribe("orders");
      consumer.assign("orders", 0, kafka::from_start);  // so it has that already
      const std::string error = co_await error_of(wait_for(receive(consumer), 60s));
      CHECK(error.find("sharing the partitions: ") == 0);
      CHECK(!told);
    }(cluster));
  }

  TEST_CASE("A cooperative strategy adds and takes away") {
    Cluster cluster;
    run([](Cluster& cluster) -> asio::awaitable<void> {
      auto executor = co_await asio::this_coro::executor;
      Producer producer(executor, cluster.producing());
      co_await send(producer, "a");
      Settings settings = cluster.consuming();
      settings["partition.assignment.strategy"] = "cooperative-sticky";
      Member member(executor, settings);
      co_await wait_for(receive(member.consumer), 60s);
      co_await member.consumer.leave();
      CHECK(member.counts == std::vector<std::size_t>{3, 0});
    }(cluster));
  }
}

// Kafka on an Asio loop. librdkafka has threads of its own: look
// at the one thing that they touch, the counter of the bell.
#pragma once

#include <fmt/core.h>
#include <sys/eventfd.h>

#include <asio.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../13-futures/future.hpp"
#include "library.hpp"

namespace kafka {

inline int make_bell() {
  const int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (bell >= 0) return bell;
  throw std::system_error(errno, std::system_category(),
                          "no descriptor for Kafka's events");
}

// What producer and consumer have in common. One loop, one
// thread. It must live as long as somebody awaits it.
class Client {
 public:
  Client(const Client&) = delete;

  // Told of what goes wrong for a while, such as a connection
  // that is lost: librdkafka goes on trying.
  std::function<void(const std::string&)> on_trouble =
      [](const std::string& what) {
        fmt::print(stderr, "Kafka: {}\n", what);
      };

 protected:
  struct Reply {
    rd_kafka_resp_err_t error;
    Place place;
  };

  Client(asio::any_io_executor executor, rd_kafka_type_t type,
         const Settings& settings)
      : executor_(executor),
        heard_(executor),
        bell_(executor, make_bell()),
        client_(make_client(type, settings,
                            RD_KAFKA_EVENT_DR |
                                RD_KAFKA_EVENT_FETCH |
                                RD_KAFKA_EVENT_REBALANCE |
                                RD_KAFKA_EVENT_OFFSET_COMMIT |
                                RD_KAFKA_EVENT_ERROR)),
        replies_(type == RD_KAFKA_PRODUCER
                     ? rd_kafka_queue_get_main(get())
                     : rd_kafka_queue_new(get())) {
    ring_for(replies_.get());
    listen();
  }
  ~Client() = default;

  rd_kafka_t* get() const { return client_.get(); }
  rd_kafka_queue_t* replies() const { return replies_.get(); }

  // From now on what comes into this queue rings the bell.
  void ring_for(rd_kafka_queue_t* queue) {
    static const std::uint64_t once = 1;
    rd_kafka_queue_io_event_enable(queue, bell_.native_handle(),
                                   &once, sizeof once);
  }

  // A reply that will come, and the mark by which it is known.
  std::pair<std::uintptr_t, Future<Reply>> expect_reply() {
    Future<Reply> reply(executor_);
    awaited_.emplace(++last_mark_, reply);
    return {last_mark_, reply};
  }

  void forget_reply(std::uintptr_t mark) { awaited_.erase(mark); }

  // Until the bell has rung once more.
  asio::awaitable<void> next_ring() { co_await heard_.wait(); }

  void report_trouble(rd_kafka_event_t* event) {
    on_trouble(rd_kafka_event_error_string(event));
  }

 private:
  void listen() {
    // When this is called the client may be gone.
    std::weak_ptr<bool> alive = alive_;
    bell_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this, alive](asio::error_code error) {
                       if (error || alive.expired()) return;
                       hear();
                       listen();
                     });
  }

  void hear() {
    // First silence the bell, then look: what comes in between
    // rings again.
    std::uint64_t rings;
    bell_.read_some(asio::buffer(&rings, sizeof rings));
    while (Owned<rd_kafka_event_t> event{
        rd_kafka_queue_poll(replies_.get(), 0)}) {
      take(event.get());
    }
    heard_.wake_all();
  }

  void take(rd_kafka_event_t* event) {
    switch (rd_kafka_event_type(event)) {
      case RD_KAFKA_EVENT_DR:
        while (auto* report =
                   rd_kafka_event_message_next(event)) {
          settle(
              report->_private,
              {report->err, {report->partition, report->offset}});
        }
        break;
      case RD_KAFKA_EVENT_OFFSET_COMMIT:
        settle(rd_kafka_event_opaque(event),
               {rd_kafka_event_error(event), {}});
        break;
      case RD_KAFKA_EVENT_ERROR:
        report_trouble(event);
        break;
    }
  }

  void settle(void* opaque, Reply reply) {
    const auto awaited = awaited_.extract(
        reinterpret_cast<std::uintptr_t>(opaque));
    if (awaited) awaited.mapped().set_result(reply);
  }

  asio::any_io_executor executor_;
  std::map<std::uintptr_t, Future<Reply>> awaited_;
  std::uintptr_t last_mark_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();
  Waiters heard_;
  // In this order: the queue goes first, then the client with
  // its threads, and then the descriptor that they write to.
  asio::posix::stream_descriptor bell_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> replies_;
};

class Producer : public Client {
 public:
  Producer(asio::any_io_executor executor,
           const Settings& settings)
      : Client(executor, RD_KAFKA_PRODUCER, settings) {}

  // Waits until the cluster has the message, and says where. If
  // it is cancelled meanwhile the message may get there or not.
  asio::awaitable<Place> send(std::string topic, std::string key,
                              std::string text) {
    auto [mark, report] = expect_reply();
    auto refused = hand_over(get(), topic, key, text, mark);
    while (refused == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      co_await next_ring();
      refused = hand_over(get(), topic, key, text, mark);
    }
    if (refused) throw Error("sending to " + topic, refused);
    const Reply reply = co_await report.get();
    if (!reply.error) co_return reply.place;
    throw Error("sending to " + topic, reply.error);
  }
};

class Consumer : public Client {
 public:
  Consumer(asio::any_io_executor executor,
           const Settings& settings)
      : Client(executor, RD_KAFKA_CONSUMER, settings),
        messages_(rd_kafka_queue_get_consumer(get())) {
    ring_for(messages_.get());
  }

  // Told of the partitions that it has, whenever they change.
  std::function<void(const std::vector<int>&)> on_assignment;

  // Shares the topic's partitions with the group's members.
  void subscribe(const std::string& topic) {
    const auto list =
        one_partition(topic, RD_KAFKA_PARTITION_UA, from_commit);
    const auto error = rd_kafka_subscribe(get(), list.get());
    if (error) throw Error("subscribing to " + topic, error);
  }

  // Reads one partition, whoever else does.
  void assign(const std::string& topic, int partition,
              std::int64_t from) {
    const auto list = one_partition(topic, partition, from);
    const auto error = rd_kafka_assign(get(), list.get());
    if (error) throw Error("reading " + topic, error);
  }

  // Waits for a message. Partitions come and go in here only.
  asio::awaitable<Message> receive() {
    while (true) {
      const auto event = next_event();
      if (!event) {
        co_await next_ring();
      } else if (rd_kafka_event_type(event.get()) ==
                 RD_KAFKA_EVENT_FETCH) {
        co_return to_message(
            *rd_kafka_event_message_next(event.get()));
      } else {
        serve(event.get());
      }
    }
  }

  // Waits until the cluster has noted that all in this partition
  // up to this message is done.
  asio::awaitable<void> commit(Message message) {
    const auto list = done_with(message);
    auto [mark, noted] = expect_reply();
    const auto error = rd_kafka_commit_queue(
        get(), list.get(), replies(), nullptr,
        reinterpret_cast<void*>(mark));
    if (error) throw Error("committing", error);
    const Reply reply = co_await noted.get();
    if (reply.error) throw Error("committing", reply.error);
  }

  // Gives its partitions back, so that the others need not wait
  // until they miss it. Nothing is received afterwards.
  asio::awaitable<void> leave() {
    rd_kafka_error_t* error =
        rd_kafka_consumer_close_queue(get(), messages_.get());
    if (error) {
      const auto why = rd_kafka_error_code(error);
      rd_kafka_error_destroy(error);
      throw Error("leaving the group", why);
    }
    while (!rd_kafka_consumer_closed(get())) {
      const auto event = next_event();
      if (event) {
        serve(event.get());
      } else {
        co_await next_ring();
      }
    }
  }

 private:
  Owned<rd_kafka_event_t> next_event() {
    return Owned<rd_kafka_event_t>(
        rd_kafka_queue_poll(messages_.get(), 0));
  }

  void serve(rd_kafka_event_t* event) {
    const auto type = rd_kafka_event_type(event);
    if (type == RD_KAFKA_EVENT_REBALANCE) rebalance(event);
    if (type == RD_KAFKA_EVENT_ERROR) report_trouble(event);
  }

  void rebalance(rd_kafka_event_t* event) {
    const bool given = rd_kafka_event_error(event) ==
                       RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    const auto* list =
        given ? rd_kafka_event_topic_partition_list(event)
              : nullptr;
    rd_kafka_assign(get(), list);
    std::vector<int> partitions;
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
      partitions.push_back(list->elems[i].partition);
    }
    if (on_assignment) on_assignment(partitions);
  }

  Owned<rd_kafka_queue_t> messages_;
};

}  // namespace kafka

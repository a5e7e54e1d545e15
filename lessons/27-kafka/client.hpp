// librdkafka on an Asio loop. It has its own threads: look at
// the one thing of ours that they touch, the bell.
#pragma once

#include <librdkafka/rdkafka.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "../13-futures/future.hpp"
#include "../13-futures/waiters.hpp"
#include "library.hpp"

namespace kafka {

inline asio::posix::stream_descriptor make_bell(
    asio::any_io_executor executor) {
  asio::posix::stream_descriptor bell(executor);
  const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  asio::error_code error(errno, std::system_category());
  if (descriptor >= 0) bell.assign(descriptor, error);
  if (!error) return bell;
  // Asio does not close a descriptor that it could not take.
  if (descriptor >= 0) close(descriptor);
  throw std::system_error(error,
                          "no descriptor for Kafka's events");
}

// What producer and consumer have in common. One loop, one
// thread. A client must outlive every task that waits for it.
class Client {
 public:
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Calls `told` with the trouble, instead of printing it.
  void on_trouble(std::function<void(const std::string&)> told) {
    on_trouble_ = std::move(told);
  }

 protected:
  struct Reply {
    rd_kafka_resp_err_t error;
    Place place;
  };

  Client(asio::any_io_executor executor, rd_kafka_type_t type,
         const Settings& settings)
      : executor_(executor),
        heard_(executor),
        pulse_(executor),
        bell_(make_bell(executor)),
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

  // From now on an event that comes into this queue rings the
  // bell if the queue was empty. Events that are in it already do
  // not: an error can be quicker than we are. So we ring, too.
  void ring_for(rd_kafka_queue_t* queue) {
    const std::uint64_t once = 1;
    rd_kafka_queue_io_event_enable(queue, bell_.native_handle(),
                                   &once, sizeof once);
    bell_.write_some(asio::buffer(&once, sizeof once));
  }

  // The mark says which request a reply belongs to.
  std::uintptr_t new_mark() { return ++last_mark_; }

  // May be called when the request has been sent: replies are
  // taken on this thread, and not while this task runs.
  Future<Reply> reply_to(std::uintptr_t mark) {
    Future<Reply> reply(executor_);
    awaited_.emplace(mark, reply);
    return reply;
  }

  // Waits until the bell rings once more.
  asio::awaitable<void> next_ring() { co_await heard_.wait(); }

  // Every `pause`, also wakes the tasks that wait for the bell.
  void wake_every(std::chrono::milliseconds pause) {
    pulse_.expires_after(pause);
    std::weak_ptr<bool> alive = alive_;
    pulse_.async_wait(
        [this, alive, pause](asio::error_code error) {
          if (error || alive.expired()) return;
          heard_.wake_all();
          wake_every(pause);
        });
  }

  void report_trouble(rd_kafka_event_t* event) {
    if (!on_trouble_) return;
    on_trouble_(rd_kafka_event_error_string(event));
  }

 private:
  void listen() {
    // The client may be gone when the handler is called.
    std::weak_ptr<bool> alive = alive_;
    bell_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this, alive](asio::error_code error) {
                       if (error || alive.expired()) return;
                       hear();
                       listen();
                     });
  }

  void hear() {
    // First silence the bell, then look: then an event that
    // arrives in the meantime rings again.
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
  std::function<void(const std::string&)> on_trouble_ =
      print_trouble;
  std::map<std::uintptr_t, Future<Reply>> awaited_;
  std::uintptr_t last_mark_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();
  Waiters heard_;
  asio::steady_timer pulse_;
  // In this order: the queue is destroyed first, then the client
  // with its threads, then the descriptor that they write to.
  asio::posix::stream_descriptor bell_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> replies_;
};

}  // namespace kafka

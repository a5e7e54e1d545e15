// Publish and subscribe between the tasks of one loop. Look at
// who owns an inbox, and who only knows of it.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "inbox.hpp"

struct BusClosed : std::logic_error {
  BusClosed()
      : std::logic_error("the bus is closed for this event") {}
};

// A task is subscribed while this object lives.
template <typename Event>
class Subscription {
 public:
  explicit Subscription(std::shared_ptr<Inbox<Event>> inbox)
      : inbox_(std::move(inbox)) {}
  Subscription(Subscription&&) = default;
  ~Subscription() {
    if (inbox_) inbox_->close();
  }

  // Waits for the next event. Returns a null pointer once the bus
  // is closed for this type of event and the inbox is empty.
  // Throws FellBehind.
  asio::awaitable<std::shared_ptr<const Event>> next() {
    const auto inbox = inbox_;  // lives while a task waits here
    co_return co_await inbox->get();
  }

  // How many events the full inbox has cost this subscriber.
  std::size_t dropped() const { return inbox_->dropped(); }

 private:
  std::shared_ptr<Inbox<Event>> inbox_;
};

// The bus must outlive every call to `publish`.
template <typename... Events>
class EventBus {
 public:
  explicit EventBus(asio::any_io_executor executor)
      : executor_(executor) {}

  // Subscribed from this call on, with room for this many unread
  // events.
  template <typename Event>
  Subscription<Event> subscribe(std::size_t room,
                                WhenFull when_full) {
    auto& topic = topic_of<Event>();
    if (topic.closed) throw BusClosed();
    topic.forget_the_gone();
    auto inbox = std::make_shared<Inbox<Event>>(executor_, room,
                                                when_full);
    topic.inboxes.push_back(inbox);
    return Subscription<Event>(std::move(inbox));
  }

  // Into every inbox, in the order of subscription. A task that
  // subscribes in the meantime gets the next event.
  template <typename Event>
  asio::awaitable<void> publish(Event event) {
    auto& topic = topic_of<Event>();
    if (topic.closed) throw BusClosed();
    const auto shared =
        std::make_shared<const Event>(std::move(event));
    const auto inboxes = topic.inboxes;
    for (const auto& subscribed : inboxes) {
      const auto inbox = subscribed.lock();
      if (inbox) co_await inbox->put(shared);
      if (topic.closed) throw BusClosed();
    }
  }

  // There are no more of these events: subscribers read what they
  // have, and end.
  template <typename Event>
  void close() {
    auto& topic = topic_of<Event>();
    topic.closed = true;
    for (const auto& subscribed : topic.inboxes) {
      if (auto inbox = subscribed.lock()) inbox->close();
    }
  }

 private:
  template <typename Event>
  struct Topic {
    std::vector<std::weak_ptr<Inbox<Event>>> inboxes;
    bool closed = false;

    // Only now and then: before the vector would have to grow.
    void forget_the_gone() {
      if (inboxes.size() < inboxes.capacity()) return;
      std::erase_if(inboxes, [](const auto& inbox) {
        return inbox.expired();
      });
    }
  };

  template <typename Event>
  Topic<Event>& topic_of() {
    return std::get<Topic<Event>>(topics_);
  }

  asio::any_io_executor executor_;
  std::tuple<Topic<Events>...> topics_;
};

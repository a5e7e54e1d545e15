// What the page of lesson 24 promises of its event bus.
#include "../../../lessons/24-event-bus/event_bus.hpp"

#include <doctest/doctest.h>
#include <malloc.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../tasks.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Opened {
  int day;
};
struct Closed {
  int day;
};
struct Delivered {
  std::unique_ptr<int> parcel;
};
struct Named {
  std::string name;
};
struct Watched {
  std::shared_ptr<int> copies;  // how many there are of this event
};
using Bus = EventBus<Opened, Closed, Delivered, Named, Watched>;
using Days = std::vector<int>;

// Reads until the end, and takes its time for each event.
asio::awaitable<void> read(Subscription<Opened> opened, Days& days, milliseconds time = 0ms) {
  while (auto event = co_await opened.next()) {
    days.push_back(event->day);
    if (time > 0ms) co_await wait(time);
  }
}

asio::awaitable<void> publish_days(Bus& bus, int first, int last, milliseconds time = 0ms) {
  for (int day = first; day <= last; ++day) {
    if (time > 0ms) co_await wait(time);
    co_await bus.publish(Opened{day});
  }
}

asio::awaitable<void> publish_watched(Bus& bus, std::shared_ptr<int> copies, int count) {
  for (int i = 0; i < count; ++i) {
    const Watched watched{copies};
    co_await bus.publish(watched);
  }
}

asio::awaitable<void> publish_days_and_close(Bus& bus, int last, milliseconds time = 0ms) {
  co_await publish_days(bus, 1, last, time);
  bus.close<Opened>();
}

asio::awaitable<void> cancel_after(milliseconds time, WatchedTask& task) {
  co_await wait(time);
  task.cancel();
}

// A loop and a bus, and how long the loop ran.
struct Shop {
  asio::io_context loop;
  Bus bus{loop.get_executor()};

  void start(asio::awaitable<void> task) { asio::co_spawn(loop, std::move(task), rethrow); }

  milliseconds run() {
    const auto start = steady_clock::now();
    loop.restart();
    loop.run();
    return std::chrono::round<milliseconds>(steady_clock::now() - start);
  }

  // What is in the inbox and needs no waiting; at the end, whatever `next` does then.
  Days read_all(Subscription<Opened>& opened) {
    Days days;
    start([](Subscription<Opened>& from, Days& to) -> asio::awaitable<void> {
      while (auto event = co_await from.next()) to.push_back(event->day);
    }(opened, days));
    run();
    return days;
  }
};

bool about(milliseconds actual, milliseconds expected) {
  return actual >= expected && actual < expected + 20ms;
}

}  // namespace

TEST_SUITE_BEGIN("24-event-bus");

TEST_CASE("an event that is published before anyone subscribes is lost") {
  Shop shop;
  shop.start(publish_days(shop.bus, 1, 3));
  CHECK(shop.run() < 20ms);
  auto opened = shop.bus.subscribe<Opened>(9, WhenFull::wait);
  shop.start(publish_days(shop.bus, 4, 5));
  shop.run();
  shop.bus.close<Opened>();
  CHECK(shop.read_all(opened) == Days{4, 5});
}

TEST_CASE("each subscriber gets each event of its type, in order") {
  Shop shop;
  Days mailer, printer, closed;
  shop.start(read(shop.bus.subscribe<Opened>(2, WhenFull::wait), mailer));
  shop.start(read(shop.bus.subscribe<Opened>(2, WhenFull::wait), printer, 100ms));
  shop.start([](Subscription<Closed> events, Days& days) -> asio::awaitable<void> {
    while (auto event = co_await events.next()) days.push_back(event->day);
  }(shop.bus.subscribe<Closed>(2, WhenFull::wait), closed));
  shop.start([](Bus& bus) -> asio::awaitable<void> {
    for (int day = 1; day <= 5; ++day) {
      co_await bus.publish(Opened{day});
      co_await bus.publish(Closed{-day});
    }
    bus.close<Opened>();
    bus.close<Closed>();
  }(shop.bus));
  shop.run();
  CHECK(mailer == Days{1, 2, 3, 4, 5});
  CHECK(printer == Days{1, 2, 3, 4, 5});
  CHECK(closed == Days{-1, -2, -3, -4, -5});
}

TEST_CASE("an event is moved into the bus, and all subscribers read the same one") {
  Shop shop;
  std::vector<const Delivered*> seen;
  const auto reader = [&seen](Subscription<Delivered> events) -> asio::awaitable<void> {
    while (auto event = co_await events.next()) {
      CHECK(*event->parcel == 7);
      seen.push_back(event.get());
    }
  };
  shop.start(reader(shop.bus.subscribe<Delivered>(1, WhenFull::wait)));
  shop.start(reader(shop.bus.subscribe<Delivered>(1, WhenFull::wait)));
  shop.start([](Bus& bus) -> asio::awaitable<void> {
    Delivered delivered{std::make_unique<int>(7)};
    co_await bus.publish(std::move(delivered));
    bus.close<Delivered>();
  }(shop.bus));
  shop.run();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == seen[1]);
}

TEST_CASE("an event in a variable is copied or moved into the bus") {
  Shop shop;
  std::vector<std::string> names;
  shop.start([](Subscription<Named> events, auto& to) -> asio::awaitable<void> {
    while (auto event = co_await events.next()) to.push_back(event->name);
  }(shop.bus.subscribe<Named>(9, WhenFull::wait), names));
  shop.start([](Bus& bus) -> asio::awaitable<void> {
    const std::string name(100, 'x');
    Named named{name};
    co_await bus.publish(named);
    CHECK(named.name == name);
    co_await bus.publish(std::move(named));
    bus.close<Named>();
  }(shop.bus));
  shop.run();
  CHECK(names == std::vector<std::string>(2, std::string(100, 'x')));
}

TEST_CASE("a subscriber that comes while an event is delivered gets the next one") {
  Shop shop;
  Days slow, late;
  shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), slow, 1000ms));
  shop.start(publish_days_and_close(shop.bus, 4));
  // Days 1 and 2 are there, 3 waits until the first second is over.
  shop.start([](Bus& bus, Days& days) -> asio::awaitable<void> {
    co_await wait(500ms);
    co_await read(bus.subscribe<Opened>(9, WhenFull::wait), days);
  }(shop.bus, late));
  shop.run();
  CHECK(slow == Days{1, 2, 3, 4});
  CHECK(late == Days{4});
}

TEST_CASE("a publisher does not wait for a subscriber that has left in the meantime") {
  Shop shop;
  Days mailer;
  auto stuck =
      std::make_unique<Subscription<Opened>>(shop.bus.subscribe<Opened>(1, WhenFull::wait));
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), mailer));
  shop.start(publish_days_and_close(shop.bus, 3));
  shop.start([](auto& subscription) -> asio::awaitable<void> {
    co_await wait(400s);
    subscription.reset();
  }(stuck));
  CHECK(about(shop.run(), 400s));
  CHECK(mailer == Days{1, 2, 3});
}

TEST_CASE("a subscriber that leaves while an event is on its way does not get it") {
  Shop shop;
  Days slow;
  shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), slow, 1000ms));
  auto gone = std::make_unique<Subscription<Opened>>(shop.bus.subscribe<Opened>(9, WhenFull::wait));
  std::size_t events = 0;
  shop.start(publish_days_and_close(shop.bus, 3));
  shop.start([](auto& subscription, std::size_t& read) -> asio::awaitable<void> {
    co_await wait(500ms);  // day 3 waits for the slow one
    for (int i = 0; i < 2; ++i) {
      if (co_await subscription->next()) ++read;
    }
    subscription.reset();
  }(gone, events));
  shop.run();
  CHECK(events == 2);
  CHECK(slow == Days{1, 2, 3});
}

TEST_CASE("a task that waits for an event of a subscription that ends gets the end") {
  Shop shop;
  auto opened =
      std::make_unique<Subscription<Opened>>(shop.bus.subscribe<Opened>(1, WhenFull::wait));
  bool ended = false;
  shop.start([](auto& subscription, bool& end) -> asio::awaitable<void> {
    const auto event = co_await subscription->next();
    end = event == nullptr;
  }(opened, ended));
  shop.start([](auto& subscription) -> asio::awaitable<void> {
    co_await wait(1s);
    subscription.reset();
  }(opened));
  CHECK(about(shop.run(), 1s));
  CHECK(ended);
}

TEST_CASE("a subscriber that throws is unsubscribed, and no other notices") {
  Shop shop;
  Days mailer;
  std::string heard;
  asio::co_spawn(
      shop.loop,
      [](Subscription<Opened> opened) -> asio::awaitable<void> {
        while (auto event = co_await opened.next()) {
          if (event->day == 2) throw std::runtime_error("out of paper");
        }
      }(shop.bus.subscribe<Opened>(1, WhenFull::wait)),
      [&heard](std::exception_ptr error) {
        try {
          rethrow(error);
        } catch (const std::runtime_error& out_of_paper) {
          heard = out_of_paper.what();
        }
      });
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), mailer));
  shop.start(publish_days_and_close(shop.bus, 5));
  shop.run();
  CHECK(heard == "out of paper");
  CHECK(mailer == Days{1, 2, 3, 4, 5});
}

TEST_CASE("ten thousand events through an inbox with room for one") {
  Shop shop;
  Days days;
  shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), days));
  shop.start(publish_days_and_close(shop.bus, 10'000));
  shop.run();
  REQUIRE(days.size() == 10'000);
  for (int i = 0; i < 10'000; ++i) CHECK(days[i] == i + 1);
}

TEST_CASE("ten thousand subscribers, and ten thousand that came and went") {
  Shop shop;
  std::vector<Days> read_by(10'000);
  for (int i = 0; i < 10'000; ++i) {
    shop.bus.subscribe<Opened>(1, WhenFull::wait);
  }
  for (Days& days : read_by) {
    shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), days));
  }
  shop.start(publish_days_and_close(shop.bus, 3));
  shop.run();
  for (const Days& days : read_by) CHECK(days == Days{1, 2, 3});
}

TEST_CASE("the events in an inbox are gone with its subscription, and so is the inbox") {
  Shop shop;
  const auto copies = std::make_shared<int>();
  auto watched =
      std::make_unique<Subscription<Watched>>(shop.bus.subscribe<Watched>(9, WhenFull::wait));
  shop.start(publish_watched(shop.bus, copies, 3));
  shop.run();
  CHECK(copies.use_count() == 1 + 3);
  watched.reset();
  CHECK(copies.use_count() == 1);

  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 10'000; ++i) shop.bus.subscribe<Opened>(1, WhenFull::wait);
  CHECK(mallinfo2().uordblks - before < 100'000);
}

TEST_CASE("two publishers: the events of each come in its order") {
  Shop shop;
  Days days;
  shop.start(read(shop.bus.subscribe<Opened>(2, WhenFull::wait), days, 10ms));
  shop.start(publish_days(shop.bus, 1, 50));
  shop.start(publish_days(shop.bus, 101, 150));
  asio::steady_timer end(shop.loop, 10s);
  end.async_wait([&](auto) { shop.bus.close<Opened>(); });
  shop.run();
  CHECK(days.size() == 100);
  int low = 0;
  int high = 100;
  for (const int day : days) {
    int& last = day > 100 ? high : low;
    CHECK(day == ++last);
  }
}

TEST_CASE("wait: the publisher goes at the pace of the slowest, and nothing is lost") {
  Shop shop;
  Days days;
  shop.start(read(shop.bus.subscribe<Opened>(2, WhenFull::wait), days, 1000ms));
  milliseconds published{0};
  shop.start([](Bus& bus, milliseconds& time) -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    co_await publish_days_and_close(bus, 8);
    time = std::chrono::round<milliseconds>(steady_clock::now() - start);
  }(shop.bus, published));
  CHECK(about(shop.run(), 8s));
  // One is read at once, two are in the inbox, and five have to wait.
  CHECK(about(published, 5s));
  CHECK(days == Days{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("wait: who is woken for room that another publisher has taken waits again") {
  Shop shop;
  bool published = false;
  auto opened = shop.bus.subscribe<Opened>(1, WhenFull::wait);
  shop.start([](Bus& bus, bool& done) -> asio::awaitable<void> {
    co_await publish_days(bus, 1, 2);
    done = true;
  }(shop.bus, published));
  shop.start([](Bus& bus, auto& from) -> asio::awaitable<void> {
    const auto event = co_await from.next();  // wakes the one above
    CHECK(event->day == 1);
    co_await bus.publish(Opened{9});
  }(shop.bus, opened));
  shop.loop.run_for(1s);
  CHECK_FALSE(published);
  shop.bus.close<Opened>();
  CHECK_THROWS_AS(shop.run(), BusClosed);
  CHECK(shop.read_all(opened) == Days{9});
}

TEST_CASE("wait: who subscribed after a full inbox gets the event after it") {
  Shop shop;
  Days full, after;
  shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), full, 1000ms));
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), after));
  shop.start(publish_days(shop.bus, 1, 3));
  shop.loop.run_for(500ms);
  CHECK(after == Days{1, 2});
  shop.loop.run_for(1000ms);
  CHECK(after == Days{1, 2, 3});
}

TEST_CASE("drop_oldest: the newest are in the inbox") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(3, WhenFull::drop_oldest);
  shop.start(publish_days_and_close(shop.bus, 8));
  CHECK(shop.run() < 20ms);
  CHECK(opened.dropped() == 5);
  CHECK(shop.read_all(opened) == Days{6, 7, 8});
}

TEST_CASE("drop_newest: the oldest are in the inbox") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(3, WhenFull::drop_newest);
  shop.start(publish_days_and_close(shop.bus, 8));
  CHECK(shop.run() < 20ms);
  CHECK(opened.dropped() == 5);
  CHECK(shop.read_all(opened) == Days{1, 2, 3});
}

TEST_CASE("unsubscribe: a subscriber that falls behind gets the error, and nothing more") {
  Shop shop;
  Days mailer;
  auto opened = shop.bus.subscribe<Opened>(3, WhenFull::unsubscribe);
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), mailer));
  shop.start(publish_days_and_close(shop.bus, 4));
  CHECK(shop.run() < 20ms);
  CHECK(mailer == Days{1, 2, 3, 4});
  CHECK_THROWS_AS(shop.read_all(opened), FellBehind);
  CHECK_THROWS_AS(shop.read_all(opened), FellBehind);
}

TEST_CASE("unsubscribe: nothing is kept for who was thrown out") {
  Shop shop;
  const auto copies = std::make_shared<int>();
  auto watched = shop.bus.subscribe<Watched>(3, WhenFull::unsubscribe);
  shop.start(publish_watched(shop.bus, copies, 100));
  shop.run();
  CHECK(copies.use_count() == 1 + 3);
}

TEST_CASE("unsubscribe: who keeps up stays") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(3, WhenFull::unsubscribe);
  shop.start(publish_days_and_close(shop.bus, 3));
  shop.run();
  CHECK(shop.read_all(opened) == Days{1, 2, 3});
}

TEST_CASE("publishing does not pass the baton: a burst overflows the inbox of a fast subscriber") {
  Shop shop;
  Days burst, relaxed;
  shop.start(read(shop.bus.subscribe<Opened>(3, WhenFull::drop_newest), burst));
  shop.start(publish_days_and_close(shop.bus, 10));
  shop.run();
  CHECK(burst == Days{1, 2, 3});
  Shop other;
  other.start(read(other.bus.subscribe<Opened>(3, WhenFull::drop_newest), relaxed));
  other.start(publish_days_and_close(other.bus, 10, 1ms));
  other.run();
  CHECK(relaxed.size() == 10);
}

TEST_CASE("a subscriber that publishes what it subscribes to waits for itself") {
  Shop shop;
  bool published = false;
  shop.start([](Bus& bus, bool& done) -> asio::awaitable<void> {
    auto opened = bus.subscribe<Opened>(1, WhenFull::wait);
    co_await bus.publish(Opened{1});
    co_await bus.publish(Opened{2});
    done = true;
  }(shop.bus, published));
  shop.loop.run_for(400s);
  CHECK_FALSE(published);
}

TEST_CASE("after close what is in the inbox is read, and then comes the end, as often as asked") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(9, WhenFull::wait);
  shop.start(publish_days_and_close(shop.bus, 2));
  shop.run();
  CHECK(shop.read_all(opened) == Days{1, 2});
  CHECK(shop.read_all(opened).empty());
}

TEST_CASE("a task that waits for the next event when the bus is closed gets the end") {
  Shop shop;
  Days days;
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), days));
  shop.start([](Bus& bus) -> asio::awaitable<void> {
    co_await wait(400s);
    bus.close<Opened>();
  }(shop.bus));
  CHECK(about(shop.run(), 400s));
  CHECK(days.empty());
}

TEST_CASE("without close a subscriber waits, and the loop goes on") {
  Days days;
  Shop shop;
  shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), days));
  shop.start(publish_days(shop.bus, 1, 2));
  shop.loop.run_for(400s);
  CHECK(days == Days{1, 2});
  CHECK_FALSE(shop.loop.stopped());
}

TEST_CASE("closed for one event: it refuses that one, and no other") {
  Shop shop;
  shop.bus.close<Opened>();
  CHECK_THROWS_AS(shop.bus.subscribe<Opened>(1, WhenFull::wait), BusClosed);
  shop.start(publish_days(shop.bus, 1, 1));
  CHECK_THROWS_AS(shop.run(), BusClosed);
  auto closed = shop.bus.subscribe<Closed>(1, WhenFull::wait);
  int day = 0;
  shop.start([](Bus& bus, auto& events, int& read) -> asio::awaitable<void> {
    co_await bus.publish(Closed{3});
    const auto event = co_await events.next();
    read = event->day;
  }(shop.bus, closed, day));
  shop.run();
  CHECK(day == 3);
}

TEST_CASE("a publisher that waits when the bus is closed gets an error: it came too late") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(1, WhenFull::wait);
  shop.start(publish_days(shop.bus, 1, 2));
  shop.start([](Bus& bus) -> asio::awaitable<void> {
    co_await wait(1s);
    bus.close<Opened>();
  }(shop.bus));
  CHECK_THROWS_AS(shop.run(), BusClosed);
  CHECK(shop.read_all(opened) == Days{1});
}

TEST_CASE("an inbox needs room for one event") {
  Shop shop;
  CHECK_THROWS_AS(shop.bus.subscribe<Opened>(0, WhenFull::drop_oldest), std::invalid_argument);
}

TEST_CASE("cancelled while it waits for an event, a subscriber loses none") {
  Shop shop;
  auto opened = shop.bus.subscribe<Opened>(9, WhenFull::wait);
  WatchedTask subscriber(shop.loop, [](Subscription<Opened>& from) -> asio::awaitable<void> {
    co_await from.next();
  }(opened));
  shop.start(cancel_after(1s, subscriber));
  CHECK(about(shop.run(), 1s));
  CHECK(subscriber.threw<std::system_error>());
  shop.start(publish_days_and_close(shop.bus, 2));
  shop.run();
  CHECK(shop.read_all(opened) == Days{1, 2});
}

TEST_CASE("cancelled while it waits for room, a publisher has reached those before") {
  Shop shop;
  auto before = shop.bus.subscribe<Opened>(9, WhenFull::wait);
  auto full = shop.bus.subscribe<Opened>(1, WhenFull::wait);
  auto after = shop.bus.subscribe<Opened>(9, WhenFull::wait);
  WatchedTask publisher(shop.loop, publish_days(shop.bus, 1, 2));
  shop.start(cancel_after(1s, publisher));
  CHECK(about(shop.run(), 1s));
  CHECK(publisher.threw<std::system_error>());
  shop.bus.close<Opened>();
  CHECK(shop.read_all(before) == Days{1, 2});
  CHECK(shop.read_all(full) == Days{1});
  CHECK(shop.read_all(after) == Days{1});
}

TEST_CASE("a subscription may outlive its bus") {
  asio::io_context loop;
  auto bus = std::make_unique<Bus>(loop.get_executor());
  auto opened = bus->subscribe<Opened>(9, WhenFull::wait);
  asio::co_spawn(loop, publish_days_and_close(*bus, 2), rethrow);
  loop.run();
  loop.restart();
  bus.reset();
  Days days;
  asio::co_spawn(loop, read(std::move(opened), days), rethrow);
  loop.run();
  CHECK(days == Days{1, 2});
}

TEST_CASE("the loop is destroyed while all wait") {
  Days idle, slow;
  {
    Shop shop;
    shop.start(read(shop.bus.subscribe<Opened>(9, WhenFull::wait), idle));
    shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), slow, 400s));
    shop.start(publish_days(shop.bus, 1, 9));
    shop.start(publish_days(shop.bus, 1, 9));
    shop.loop.run_for(1s);
  }
  // The first publisher waits with its third event, the second with its first: one is being
  // read, one is in the inbox.
  CHECK(slow == Days{1});
}

TEST_CASE("the loop is destroyed before anybody has begun") {
  Days days;
  Shop shop;
  shop.start(read(shop.bus.subscribe<Opened>(1, WhenFull::wait), days));
  shop.start(publish_days(shop.bus, 1, 9));
}

TEST_CASE("the bus goes before the loop, as in a main that throws") {
  Days days;
  asio::io_context loop;
  {
    Bus bus(loop.get_executor());
    asio::co_spawn(loop, read(bus.subscribe<Opened>(1, WhenFull::wait), days, 400s), rethrow);
    asio::co_spawn(loop, publish_days(bus, 1, 9), rethrow);
    loop.run_for(1s);
  }
}

TEST_SUITE_END();

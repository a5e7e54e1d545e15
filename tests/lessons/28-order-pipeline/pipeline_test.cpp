// The way of an order through the shop of lesson 28: the queue in memory, the worker, and the desk.
#include <doctest/doctest.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../../../lessons/28-order-pipeline/desk.hpp"
#include "../../../lessons/28-order-pipeline/memory_queue.hpp"
#include "../../../lessons/28-order-pipeline/worker.hpp"
#include "../tasks.hpp"

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

namespace {

// Brings the given messages, and writes down what is done with it.
class NotedQueue : public OrderQueue {
 public:
  NotedQueue(std::string name, Log& log, std::deque<std::string> messages = {})
      : name_(std::move(name)), log_(log), messages_(std::move(messages)) {}

  asio::awaitable<void> publish(std::string text) override {
    ++begun;
    if (fails) throw std::runtime_error("the broker is gone");
    if (time > 0ms) co_await wait(time);
    log_.push_back(name_ + " gets " + text);
  }
  asio::awaitable<std::optional<Job>> receive() override {
    if (messages_.empty()) co_return std::nullopt;
    const std::string text = messages_.front();
    messages_.pop_front();
    co_return Job{text, [this, text] { return acknowledge(text); }};
  }
  void close() override {}

  bool fails = false;
  std::chrono::milliseconds time = 0ms;
  int begun = 0;  // calls of publish

 private:
  asio::awaitable<void> acknowledge(std::string text) {
    log_.push_back(name_ + " may forget " + text);
    co_return;
  }

  std::string name_;
  Log& log_;
  std::deque<std::string> messages_;
};

class ShelfInMemory : public Shelf {
 public:
  explicit ShelfInMemory(std::set<int> packed = {}) : packed_(std::move(packed)) {}

  asio::awaitable<bool> has(int number) override { co_return packed_.contains(number); }
  asio::awaitable<bool> put(int number) override { co_return packed_.insert(number).second; }

  const std::set<int>& packed() const { return packed_; }

 private:
  std::set<int> packed_;
};

// All that a server answers to this, until it hangs up.
asio::awaitable<std::string> answer(unsigned short port, std::string request) {
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(address, asio::use_awaitable);
  std::string text;
  asio::error_code end;  // a server that is full hangs up at once
  co_await asio::async_write(socket, asio::buffer(request),
                             asio::redirect_error(asio::use_awaitable, end));
  co_await asio::async_read(socket, asio::dynamic_buffer(text),
                            asio::redirect_error(asio::use_awaitable, end));
  co_return text;
}

std::string post(const std::string& order) {
  return "POST /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
         std::to_string(order.size()) + "\r\n\r\n" + order;
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
}

// A desk with a queue for what it hears, and the test's task beside it.
template <typename Test>
void at_a_desk(asio::io_context& loop, OrderQueue& orders, Test test, const Settings& settings) {
  MemoryQueue results(loop.get_executor());
  Desk desk(loop, settings, orders, results);
  WatchedTask serving(loop, desk.run());
  const auto work = [&]() -> asio::awaitable<void> {
    co_await test(desk.port(), results);
    desk.stop();
    results.close();
  };
  bool ended = false;
  asio::co_spawn(loop, work(), [&](std::exception_ptr error) {
    rethrow(error);
    ended = true;
  });
  loop.run();
  CHECK(ended);
  CHECK(serving.succeeded());
}

template <typename Test>
void at_a_desk(OrderQueue& orders, Test test, const Settings& settings = {}) {
  asio::io_context loop;
  at_a_desk(loop, orders, test, settings);
}

bool is_status(const std::string& answer, const std::string& status) {
  return answer.starts_with("HTTP/1.1 " + status);
}

}  // namespace

TEST_CASE("the queue in memory brings what is in it, also after it was closed") {
  const auto test = []() -> asio::awaitable<void> {
    MemoryQueue queue(co_await asio::this_coro::executor);
    for (const std::string text : {"1 kettle", "2 lamp"}) co_await queue.publish(text);
    CHECK(queue.left() == 2);
    auto job = co_await queue.receive();
    REQUIRE(job);
    CHECK(job->text == "1 kettle");
    CHECK(queue.left() == 2);  // it is in a worker's hands
    co_await job->acknowledge();
    CHECK(queue.left() == 1);
    queue.close();
    job = co_await queue.receive();
    REQUIRE(job);
    CHECK(job->text == "2 lamp");
    co_await job->acknowledge();
    CHECK(queue.left() == 0);
    job = co_await queue.receive();
    CHECK_FALSE(job);
  };
  run(test());
}

TEST_CASE("a client that orders waits while a thousand orders are in the queue") {
  asio::io_context loop;
  MemoryQueue queue(loop.get_executor());
  int published = 0;
  const auto publish = [&]() -> asio::awaitable<void> {
    for (; published < 1001; ++published) co_await queue.publish("7 kettle");
  };
  WatchedTask task(loop, publish());
  loop.poll();
  CHECK(published == 1000);
  const auto receive = [&]() -> asio::awaitable<void> { co_await queue.receive(); };
  asio::co_spawn(loop, receive(), rethrow);
  loop.poll();
  CHECK(published == 1001);
  CHECK(task.succeeded());
}

TEST_CASE("a worker packs, reports, and acknowledges last") {
  Log log;
  NotedQueue orders("orders", log, {"1 kettle", "2 lamp"});
  NotedQueue results("results", log);
  ShelfInMemory shelf;
  run(work(3, orders, results, shelf, 1ms));
  CHECK(log == Log{"results gets 1 3", "orders may forget 1 kettle", "results gets 2 3",
                   "orders may forget 2 lamp"});
  CHECK(shelf.packed() == std::set{1, 2});
}

TEST_CASE("an order that was packed already is reported and acknowledged, and not packed again") {
  Log log;
  NotedQueue orders("orders", log, {"1 kettle"});
  NotedQueue results("results", log);
  ShelfInMemory shelf({1});
  run(work(3, orders, results, shelf, 24h));
  CHECK(log == Log{"results gets 1 3", "orders may forget 1 kettle"});
}

TEST_CASE("a message that is not an order is acknowledged, and the next one is packed") {
  Log log;
  NotedQueue orders("orders", log, {"soup", "2 lamp"});
  NotedQueue results("results", log);
  ShelfInMemory shelf;
  run(work(3, orders, results, shelf, 1ms));
  CHECK(log == Log{"orders may forget soup", "results gets 2 3", "orders may forget 2 lamp"});
}

TEST_CASE("an order whose report failed is not acknowledged") {
  Log log;
  NotedQueue orders("orders", log, {"1 kettle"});
  NotedQueue results("results", log);
  results.fails = true;
  ShelfInMemory shelf;
  CHECK_THROWS_AS(run(work(3, orders, results, shelf, 1ms)), std::runtime_error);
  CHECK(log == Log{});
  CHECK(shelf.packed() == std::set{1});
}

TEST_CASE("202 is said when the queue has the order, and not before") {
  Log log;
  NotedQueue orders("orders", log);
  orders.time = 50ms;
  at_a_desk(orders, [&](unsigned short port, MemoryQueue&) -> asio::awaitable<void> {
    const std::string request = post("7 kettle");
    const std::string text = co_await answer(port, request);
    CHECK(is_status(text, "202 Accepted"));
    CHECK(text.ends_with(R"({"order":7,"state":"accepted"})"));
    CHECK(log == Log{"orders gets 7 kettle"});
    const std::string counts = co_await answer(port, get("/counts"));
    CHECK(counts.ends_with(R"({"accepted":1,"packed":0,"duplicates":0})"));
  });
}

TEST_CASE(
    "a text that is not an order is refused, and an order that the queue does not take is not "
    "accepted") {
  Log log;
  NotedQueue orders("orders", log);
  orders.fails = true;
  at_a_desk(orders, [&](unsigned short port, MemoryQueue&) -> asio::awaitable<void> {
    CHECK(is_status(co_await answer(port, post("kettle")), "400"));
    CHECK(is_status(co_await answer(port, post("7 kettle")), "503"));
    CHECK(is_status(co_await answer(port, get("/orders")), "405"));
    const std::string counts = co_await answer(port, get("/counts"));
    CHECK(counts.ends_with(R"({"accepted":0,"packed":0,"duplicates":0})"));
    const std::string page = co_await answer(port, get("/"));
    CHECK(page.find("Content-Type: text/html") != page.npos);
  });
}

TEST_CASE("a queue that does not answer costs a customer the patience, and no more") {
  Log log;
  NotedQueue orders("orders", log);
  orders.time = 24h;
  Settings settings;
  settings.limits.patience = 300ms;
  const auto test = [&](unsigned short port, MemoryQueue&) -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    const std::string request = post("7 kettle");
    const std::string text = co_await answer(port, request);
    CHECK(is_status(text, "503"));
    CHECK(text.ends_with(R"({"error":"not accepted for now: order again"})"));
    CHECK(steady_clock::now() - start >= 300ms);
    orders.time = 0ms;
    CHECK(is_status(co_await answer(port, request), "202"));
    const std::string counts = co_await answer(port, get("/counts"));
    CHECK(counts.ends_with(R"({"accepted":1,"packed":0,"duplicates":0})"));
  };
  at_a_desk(orders, test, settings);
}

TEST_CASE("a full queue is 503") {
  // (The desk's own loop: newer versions of Asio end a cancelled wait on the queue's executor.)
  asio::io_context loop;
  MemoryQueue full(loop.get_executor());
  const auto fill = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 1000; ++i) co_await full.publish("7 kettle");
  };
  asio::co_spawn(loop, fill(), rethrow);
  loop.run();
  loop.restart();
  Settings settings;
  settings.limits.patience = 300ms;
  const auto test = [&](unsigned short port, MemoryQueue&) -> asio::awaitable<void> {
    CHECK(is_status(co_await answer(port, post("1001 lamp")), "503"));
    CHECK(full.left() == 1000);
  };
  at_a_desk(loop, full, test, settings);
}

TEST_CASE("customers who have given up hold no connection while the queue does not answer") {
  Log log;
  NotedQueue orders("orders", log);
  orders.time = 24h;
  Settings settings;
  settings.limits.clients = 100;
  settings.limits.patience = 1min;
  const auto test = [&](unsigned short port, MemoryQueue&) -> asio::awaitable<void> {
    const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), port);
    const auto executor = co_await asio::this_coro::executor;
    const std::string request = post("7 kettle");
    std::vector<asio::ip::tcp::socket> customers;
    for (int i = 0; i < 100; ++i) {
      auto& customer = customers.emplace_back(executor);
      co_await customer.async_connect(address, asio::use_awaitable);
      co_await asio::async_write(customer, asio::buffer(request), asio::use_awaitable);
    }
    while (orders.begun < 100) co_await wait(1ms);
    customers.clear();
    std::string text;  // empty while all connections are taken
    for (int i = 0; i < 1000 && text.empty(); ++i) text = co_await answer(port, get("/counts"));
    CHECK(is_status(text, "200"));
    CHECK(log == Log{});
  };
  at_a_desk(orders, test, settings);
}

TEST_CASE("a client that watches gets the news, and is disconnected when the shop closes") {
  using namespace asio::experimental::awaitable_operators;
  Log log;
  NotedQueue orders("orders", log);
  std::string first;
  std::string last;
  asio::io_context loop;
  MemoryQueue results(loop.get_executor());
  Desk desk(loop, Settings{}, orders, results);
  asio::co_spawn(loop, desk.run(), rethrow);
  const auto watch = [&]() -> asio::awaitable<void> {
    first = co_await answer(desk.port(), get("/events"));
    const auto id = first.find("id: ") + 4;
    const std::string after =
        "GET /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nLast-Event-ID: " +
        first.substr(id, first.find('\n', id) - id) + "\r\n\r\n";
    last = co_await answer(desk.port(), after);
  };
  const auto report = [&]() -> asio::awaitable<void> {
    co_await wait(50ms);
    CHECK(first.empty());
    co_await results.publish("nonsense");
    co_await results.publish("7 2");
    while (first.empty()) co_await wait(1ms);
    co_await wait(50ms);
    CHECK(last.empty());
    desk.stop();
    results.close();
  };
  asio::co_spawn(loop, watch(), rethrow);
  asio::co_spawn(loop, report(), rethrow);
  loop.run();
  CHECK(first.ends_with("-1\ndata: Order 7 is packed by worker 2\n\n"));
  CHECK(is_status(last, "200"));
  CHECK(last.ends_with("\r\n\r\nretry: 100\n\n"));
}

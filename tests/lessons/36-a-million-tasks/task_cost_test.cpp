// What is counted; and that each program of the lesson saves what its page says.
#include "../../../lessons/36-a-million-tasks/task_cost.hpp"

#include <doctest/doctest.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "../../../lessons/36-a-million-tasks/alarms.hpp"
#include "../../../lessons/36-a-million-tasks/recycled.hpp"
#include "../../../lessons/36-a-million-tasks/task.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

// All memory is counted: the whole program uses these.
void* operator new(std::size_t size) {
  return counted_new(size);
}
void operator delete(void* block) noexcept {
  counted_delete(block);
}
void operator delete(void* block, std::size_t) noexcept {
  counted_delete(block);
}

namespace {

using Executor = asio::io_context::executor_type;
using Timer = asio::steady_timer::rebind_executor<Executor>::other;

asio::awaitable<void> plain() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1s);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void, Executor> typed() {
  Timer timer(co_await asio::this_coro::executor, 1s);
  co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

Task<> one_frame(asio::io_context& loop) {
  Timer timer(loop, 1s);
  co_await Expiry{timer};
}

Task<Recycled<void>> recycled(asio::io_context& loop) {
  Timer timer(loop, 1s);
  co_await Expiry{timer};
}

Task<Recycled<void>> one_timer(Alarms& alarms) {
  co_await alarms.at(std::chrono::steady_clock::now() + 1s);
}

// Each keeps its object alive.
struct Kept : std::enable_shared_from_this<Kept> {
  explicit Kept(asio::any_io_executor of) : executor(of), timer(of, 1s) {}
  asio::awaitable<void> wait() { co_await timer.async_wait(asio::use_awaitable); }
  void start() {
    auto task = [self = shared_from_this()] { return self->wait(); };
    asio::co_spawn(executor, std::move(task), rethrow);
  }
  asio::any_io_executor executor;
  asio::steady_timer timer;
};

struct Cost {
  double blocks;
  double bytes;
};

// For each of a thousand tasks, which `start` starts on a loop.
template <typename Start>
Cost cost_of(Start start) {
  constexpr int tasks = 1000;
  const long blocks = blocks_held;
  const std::size_t bytes = bytes_held;
  asio::io_context loop;
  Alarms alarms(loop);
  for (int i = 0; i < tasks; ++i) start(loop, alarms);
  loop.poll();
  const Cost cost{static_cast<double>(blocks_held - blocks) / tasks,
                  static_cast<double>(bytes_held - bytes) / tasks};
  loop.run();
  return cost;
}

}  // namespace

TEST_CASE("a block is counted while it is held") {
  const long blocks = blocks_held;
  const std::size_t bytes = bytes_held;
  {
    const auto one = std::make_unique<std::array<char, 1000>>();
    CHECK(blocks_held == blocks + 1);
    CHECK(bytes_held >= bytes + 1000);
    CHECK(bytes_held < bytes + 1100);
  }
  operator delete(nullptr);
  CHECK(blocks_held == blocks);
  CHECK(bytes_held == bytes);
}

TEST_CASE("what a task costs") {
  const Cost of_plain = cost_of([](auto& loop, auto&) { asio::co_spawn(loop, plain(), rethrow); });
  const Cost of_typed = cost_of([](auto& loop, auto&) { asio::co_spawn(loop, typed(), rethrow); });
  const Cost of_frame = cost_of([](auto& loop, auto&) { one_frame(loop); });
  const Cost of_recycled = cost_of([](auto& loop, auto&) { recycled(loop); });
  const Cost of_one_timer = cost_of([](auto&, auto& alarms) { one_timer(alarms); });
  const Cost of_kept =
      cost_of([](auto& loop, auto&) { std::make_shared<Kept>(loop.get_executor())->start(); });
  // (The loop itself has some blocks.)
  CHECK(of_plain.blocks == doctest::Approx(4).epsilon(0.02));
  CHECK(of_typed.blocks == doctest::Approx(4).epsilon(0.02));
  CHECK(of_frame.blocks == doctest::Approx(2).epsilon(0.02));
  CHECK(of_recycled.blocks < 0.05);
  CHECK(of_one_timer.blocks < 0.05);
  CHECK(of_kept.blocks == doctest::Approx(5).epsilon(0.02));
  CHECK(of_typed.bytes < 0.8 * of_plain.bytes);
  CHECK(of_frame.bytes < 0.6 * of_typed.bytes);
  CHECK(of_recycled.bytes < of_frame.bytes);
  CHECK(of_kept.bytes > of_plain.bytes);
}

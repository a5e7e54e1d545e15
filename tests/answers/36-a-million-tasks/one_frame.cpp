// Wrong: one frame instead of three, but still one for each roll.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <vector>

#include "task.hpp"
#include "task_cost.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Tray {
  int rolls;
  std::chrono::milliseconds baked;  // how long after the start
};

constexpr std::array trays{Tray{600, 0ms},    Tray{900, 170ms},  Tray{750, 410ms}, Tray{800, 530ms},
                           Tray{1000, 880ms}, Tray{950, 1230ms}, Tray{300, 6600ms}};

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// All the rolls, numbered in the order in which they are baked.
class Rolls {
 public:
  Rolls() {
    for (std::size_t tray = 0; tray < trays.size(); ++tray) {
      rolls_.insert(rolls_.end(), trays[tray].rolls, Roll{tray, false});
      unsold_[tray] = trays[tray].rolls;
    }
  }

  steady_clock::time_point baked_at(std::size_t tray) const { return start_ + trays[tray].baked; }
  steady_clock::time_point old_at(int roll) const { return baked_at(rolls_[roll].tray) + 3s; }

  bool is_sold(int roll) const { return rolls_[roll].sold; }
  void sell(int roll) {
    rolls_[roll].sold = true;
    --unsold_[rolls_[roll].tray];
  }

  void give_away(int roll) {
    const std::size_t tray = rolls_[roll].tray;
    if (is_sold(roll)) ++sold_and_given_away_;
    if (steady_clock::now() < old_at(roll)) ++too_early_;
    if (++given_away_[tray] != unsold_[tray]) return;
    fmt::print("Tray {}: {} rolls are given away\n", tray + 1, given_away_[tray]);
  }

  void print() const {
    fmt::print("Too early: {}. Sold and given away: {}\n", too_early_, sold_and_given_away_);
    const Seconds elapsed = steady_clock::now() - start_;
    fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
  }

 private:
  struct Roll {
    std::size_t tray;
    bool sold;
  };

  const steady_clock::time_point start_ = steady_clock::now();
  std::vector<Roll> rolls_;
  std::array<int, trays.size()> unsold_{};
  std::array<int, trays.size()> given_away_{};
  int too_early_ = 0;
  int sold_and_given_away_ = 0;
};

class Shelf {
 public:
  Shelf(asio::io_context& loop, Rolls& rolls) : loop_(loop), rolls_(rolls) {}

  // A roll has just been baked.
  void put(int roll) { keep(roll); }

 private:
  Task<> keep(int roll) {
    asio::steady_timer timer(loop_, rolls_.old_at(roll));
    co_await Expiry{timer};
    if (!rolls_.is_sold(roll)) rolls_.give_away(roll);
  }

  asio::io_context& loop_;
  Rolls& rolls_;
};

// What is held on the heap for each roll.
class RollCost {
 public:
  void print(int rolls) const {
    const long blocks = blocks_held - blocks_before_;
    const auto bytes = (bytes_held - bytes_before_) / rolls;
    fmt::print("Blocks for each roll: {}, bytes: {}\n", (blocks + rolls / 2) / rolls,
               bytes < 48 ? "below 48" : "too many");
  }

 private:
  long blocks_before_ = blocks_held;
  std::size_t bytes_before_ = bytes_held;
};

asio::awaitable<void> bake(Rolls& rolls, Shelf& shelf) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const RollCost cost;
  int roll = 0;
  for (std::size_t tray = 0; tray < trays.size(); ++tray) {
    timer.expires_at(rolls.baked_at(tray));
    co_await timer.async_wait(asio::use_awaitable);
    const int first = roll;
    while (roll < first + trays[tray].rolls) shelf.put(roll++);
    fmt::print("Tray {}: {} rolls are baked\n", tray + 1, trays[tray].rolls);
    if (tray + 1 == trays.size()) continue;
    // Customers take the whole third tray, none of the last one,
    // and a third of each of the others.
    for (int sold = first; sold < roll; ++sold) {
      if (tray == 2 || sold % 3 == 0) rolls.sell(sold);
    }
    if (roll == 5000) cost.print(roll);
  }
}

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

int main() {
  asio::io_context loop;
  Rolls rolls;
  Shelf shelf(loop, rolls);
  asio::co_spawn(loop, bake(rolls, shelf), rethrow);
  loop.run();
  rolls.print();
}

// A task that is one frame: when it runs, and who destroys it.
#include "../../../lessons/36-a-million-tasks/task.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

using Witness = std::shared_ptr<int>;  // of the frame that holds it

Task<> note_after(asio::io_context& loop, steady_clock::duration time, std::vector<int>& notes,
                  int number, Witness) {
  asio::steady_timer timer(loop, time);
  co_await Expiry{timer};
  notes.push_back(number);
}

// What has been taken and not given back.
struct Held {
  static inline long blocks = 0;
  static inline long most = 0;
};

template <typename T>
struct Counting {
  using value_type = T;

  Counting() = default;
  template <typename Other>
  Counting(const Counting<Other>&) {}

  T* allocate(std::size_t count) {
    if (++Held::blocks > Held::most) Held::most = Held::blocks;
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* block, std::size_t count) {
    --Held::blocks;
    std::allocator<T>().deallocate(block, count);
  }
  bool operator==(const Counting&) const { return true; }
};

Task<Counting<void>> wait_counted(asio::io_context& loop) {
  asio::steady_timer timer(loop, 1s);
  co_await Expiry{timer};
  timer.expires_after(1s);
  co_await Expiry{timer};
}

Task<> note(std::vector<int>& notes, Witness) {
  notes.push_back(1);
  co_return;
}

}  // namespace

TEST_CASE("a task starts when it is called, and without a wait it has ended then") {
  std::vector<int> notes;
  const Witness witness = std::make_shared<int>();
  note(notes, witness);
  CHECK(notes == std::vector{1});
  CHECK(witness.use_count() == 1);
}

TEST_CASE("tasks wait at the same time, and their frames are gone when they end") {
  asio::io_context loop;
  std::vector<int> notes;
  const Witness witness = std::make_shared<int>();
  const auto start = steady_clock::now();
  note_after(loop, 2s, notes, 2, witness);
  note_after(loop, 1s, notes, 1, witness);
  CHECK(witness.use_count() == 3);
  CHECK(notes.empty());
  loop.run();
  CHECK(notes == std::vector{1, 2});
  CHECK(witness.use_count() == 1);
  const auto time = steady_clock::now() - start;
  CHECK(time >= 2s);
  CHECK(time < 2100ms);
}

TEST_CASE("a loop that is destroyed destroys the tasks that wait") {
  std::vector<int> notes;
  const Witness witness = std::make_shared<int>();
  {
    asio::io_context loop;
    note_after(loop, 1s, notes, 1, witness);
    note_after(loop, 400s, notes, 2, witness);
    loop.run_for(2s);
    CHECK(witness.use_count() == 2);
  }
  CHECK(notes == std::vector{1});
  CHECK(witness.use_count() == 1);
}

TEST_CASE("the frame and each wait take their memory from the allocator, and give it back") {
  {
    asio::io_context loop;
    wait_counted(loop);
    CHECK(Held::blocks == 2);
    SUBCASE("when the task ends") {
      loop.run();
    }
    SUBCASE("when the loop is destroyed") {}
  }
  CHECK(Held::blocks == 0);
  CHECK(Held::most == 2);
}

// Two trays hold letters, and each tray has a clerk who answers
// them. A bookmark says where to go on. At noon the clerks are
// called away, whatever they are doing; others go on in the
// afternoon: let every letter be answered, and none of them
// twice.
// As it is, two letters are never answered.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <set>
#include <vector>

#include "../15-timeouts/wait_for.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> work(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

struct Letter {
  int number;
  milliseconds time;  // to answer it
};

// Letters stay where they are. Only the bookmark moves.
struct Tray {
  std::vector<Letter> letters;
  std::size_t bookmark = 0;

  // Notes that all before `next` are dealt with, which takes a
  // moment.
  asio::awaitable<void> commit(std::size_t next) {
    co_await work(100ms);
    bookmark = next;
  }
};

// The letters that were answered, by any clerk.
using Answered = std::set<int>;

asio::awaitable<void> answer(Letter letter, Answered& answered) {
  co_await work(letter.time);
  fmt::print("Letter {} answered\n", letter.number);
  answered.insert(letter.number);
}

asio::awaitable<void> clerk(Tray& tray, Answered& answered) {
  for (auto at = tray.bookmark; at < tray.letters.size(); ++at) {
    const Letter letter = tray.letters[at];
    // TODO: not before the work is done, and no letter twice.
    co_await tray.commit(at + 1);
    co_await answer(letter, answered);
  }
}

asio::awaitable<void> both(Tray& left, Tray& right,
                           Answered& answered) {
  co_await (clerk(left, answered) && clerk(right, answered));
}

asio::awaitable<void> run_office() {
  Tray left{{{1, 500ms}, {2, 450ms}, {3, 300ms}}};
  Tray right{{{4, 700ms}, {5, 900ms}, {6, 200ms}}};
  Answered answered;
  try {
    co_await wait_for(both(left, right, answered), 1100ms);
  } catch (const TimedOut&) {
    fmt::print("Noon\n");
  }
  co_await both(left, right, answered);
  fmt::print("{} letters answered\n", answered.size());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, run_office(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

// Guests reserve tables at an office that has two rules: no two
// reservations have the same name, or the same table. The line is
// bad: some questions get lost, and some answers.
// As it is, Cleo hears that table 3 is taken: by herself, at her
// first try. The program should end after 1.2s, each guest with
// the right answer, and Gina, after three tries, with none.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <asio.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// A different one at each call.
std::string new_name() {
  static int last = 0;
  return fmt::format("reservation {}", ++last);
}

struct Reservation {
  std::string name;
  std::string guest;
};

// The question got lost, or its answer.
struct NoAnswer : std::runtime_error {
  NoAnswer() : std::runtime_error("no answer") {}
};

// A rule would be broken: `field` is "name" or "table".
struct Duplicate : std::runtime_error {
  explicit Duplicate(std::string what)
      : std::runtime_error("a duplicate " + what),
        field(std::move(what)) {}
  std::string field;
};

enum class Line { good, loses_question, loses_answer };

// (You need not change it.)
class Office {
 public:
  // What happens to a guest's questions, one after the other.
  std::map<std::string, std::deque<Line>> lines{};

  asio::awaitable<void> insert(std::string name,
                               std::string guest, int table) {
    const Line line = next_line(guest);
    std::string broken;
    if (line != Line::loses_question) {
      broken = broken_by(name, table);
      if (broken.empty()) book_[table] = Reservation{name, guest};
    }
    if (line != Line::good) {
      co_await pause(300ms);
      throw NoAnswer();
    }
    co_await pause(100ms);
    if (!broken.empty()) throw Duplicate(broken);
  }

  // Each table, with its guest.
  std::vector<std::string> guests() const {
    std::vector<std::string> all;
    for (const auto& [table, reservation] : book_) {
      all.push_back(
          fmt::format("{} {}", table, reservation.guest));
    }
    return all;
  }

 private:
  Line next_line(const std::string& guest) {
    auto& left = lines[guest];
    if (left.empty()) return Line::good;
    const Line next = left.front();
    left.pop_front();
    return next;
  }

  // As in MongoDB, the name is the first thing to be checked.
  std::string broken_by(const std::string& name,
                        int table) const {
    for (const auto& [number, known] : book_) {
      if (known.name == name) return "name";
    }
    return book_.contains(table) ? "table" : "";
  }

  std::map<int, Reservation> book_{};
};

// Tries three times at most.
asio::awaitable<std::string> reserve(Office& office,
                                     std::string guest,
                                     int table) {
  for (int tries = 1;; ++tries) {
    try {
      // TODO: which name does the second try have?
      co_await office.insert(new_name(), guest, table);
      co_return fmt::format("has table {}", table);
    } catch (const NoAnswer&) {
      if (tries == 3) co_return "no answer";
    } catch (const Duplicate& refusal) {
      // TODO: what does each of the two refusals say?
      co_return fmt::format("table {} is taken", table);
    }
    co_await pause(100ms);
  }
}

asio::awaitable<void> call(Office& office,
                           std::chrono::milliseconds comes,
                           std::string guest, int table) {
  co_await pause(comes);
  const auto outcome = co_await reserve(office, guest, table);
  fmt::print("{}: {}\n", guest, outcome);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Office office;
  const auto question = Line::loses_question;
  const auto answer = Line::loses_answer;
  office.lines = {{"Ben", {question}},
                  {"Cleo", {answer}},
                  {"Emil", {question}},
                  {"Gina", {question, question, answer}}};
  const auto call_at = [&](std::chrono::milliseconds comes,
                           std::string guest, int table) {
    asio::co_spawn(loop, call(office, comes, guest, table),
                   rethrow);
  };
  call_at(0ms, "Ann", 1);
  call_at(10ms, "Ben", 2);
  call_at(20ms, "Cleo", 3);
  call_at(30ms, "Dora", 1);
  call_at(40ms, "Emil", 4);
  call_at(55ms, "Finn", 4);
  call_at(65ms, "Gina", 5);
  call_at(75ms, "Ann", 6);
  loop.run();

  fmt::print("Book: {}\n", fmt::join(office.guests(), ", "));
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

// Wrong: a question that is sent is waited for, and Ann waits with it.
#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../15-timeouts/wait_for.hpp"
#include "../19-synchronisation/semaphore.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The guest gets no number.
struct NoNumber : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Bread {
  int loaves;
  std::chrono::milliseconds counting;  // how long it takes
};

struct Bakery {
  std::map<std::string, Bread> breads{
      {"rye", {4, 500ms}}, {"wheat", {7, 50ms}}, {"oat", {9, 50ms}}, {"spelt", {2, 50ms}}};
  int connections = 0;
};

struct Answer {
  std::string text;
  bool refused;
  steady_clock::time_point comes;
};

// To the bakery and back. As with most databases, the answers
// come in the order of the questions, even those that no guest is
// waiting for. (You need not change it.)
class Wire {
 public:
  explicit Wire(Bakery& bakery) : bakery_(bakery) { ++bakery_.connections; }

  // The bakery gets the question in two pieces.
  asio::awaitable<void> send(std::string question) {
    if (closed_) throw NoNumber("no connection");
    arrived_ += question.substr(0, 1);
    co_await pause(20ms);
    arrived_ += question.substr(1);
    answers_.push_back(answer_to(std::exchange(arrived_, "")));
  }

  // The oldest answer that has not been received.
  asio::awaitable<Answer> receive() {
    if (closed_) throw NoNumber("no connection");
    if (answers_.empty()) {
      throw std::logic_error("no question is under way");
    }
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(answers_.front().comes);
    co_await timer.async_wait(asio::use_awaitable);
    const Answer oldest = answers_.front();
    answers_.pop_front();
    closed_ = oldest.text.empty();
    if (closed_) throw NoNumber("connection lost");
    co_return oldest;
  }

 private:
  // The bakery counts for one question after the other. Some
  // questions make it hang up.
  Answer answer_to(std::string question) {
    auto begin = steady_clock::now();
    if (!answers_.empty()) {
      begin = std::max(begin, answers_.back().comes);
    }
    if (question == "cash") return {"", false, begin + 30ms};
    const auto bread = bakery_.breads.find(question);
    if (bread == bakery_.breads.end()) {
      return {question + " is not a bread", true, begin + 50ms};
    }
    const auto [loaves, counting] = bread->second;
    return {fmt::format("{} of {}", loaves, question), false, begin + counting};
  }

  Bakery& bakery_;
  std::string arrived_{};  // of a question
  std::deque<Answer> answers_{};
  bool closed_ = false;
};

class Connection {
 public:
  static asio::awaitable<std::shared_ptr<Connection>> open(Bakery& bakery) {
    auto self = std::make_shared<Connection>(bakery);
    co_await pause(80ms);
    co_return self;
  }
  explicit Connection(Bakery& bakery) : wire_(bakery) {}

  asio::awaitable<std::string> ask(std::string bread) {
    co_await wire_.send(bread);
    const Answer answer = co_await wire_.receive();
    if (answer.refused) throw NoNumber(answer.text);
    co_return answer.text;
  }

 private:
  Wire wire_;
};

// The shop's connection to the bakery, for one guest at a time.
struct Line {
  Line(asio::any_io_executor executor, Bakery& bakery) : bakery(bakery), turns(executor, 1) {}

  Bakery& bakery;
  Semaphore turns;
  std::shared_ptr<Connection> connection{};
};

asio::awaitable<std::string> ask(Line& line, std::string bread) {
  const auto turn = co_await line.turns.acquire();
  if (!line.connection) {
    line.connection = co_await Connection::open(line.bakery);
  }
  const auto own = line.connection;
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_return co_await own->ask(bread);
}

struct Guest {
  std::string name;
  std::chrono::milliseconds comes;
  std::string bread;
  std::chrono::milliseconds patience = 10s;
};

asio::awaitable<void> serve(Line& line, Guest guest) {
  co_await pause(guest.comes);
  std::string outcome;
  try {
    outcome = co_await wait_for(ask(line, guest.bread), guest.patience);
  } catch (const NoNumber& reason) {
    outcome = reason.what();
  } catch (const TimedOut&) {
    outcome = "gives up";
  }
  fmt::print("{} ({}): {}\n", guest.name, guest.bread, outcome);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Bakery bakery;
  Line line(loop.get_executor(), bakery);
  const std::vector<Guest> guests{
      {"Ann", 0ms, "rye", 300ms}, {"Ben", 10ms, "wheat"},       {"Cleo", 20ms, "fish"},
      {"Emil", 30ms, "oat"},      {"Dora", 40ms, "rye", 520ms}, {"Finn", 680ms, "oat", 10ms},
      {"Gina", 685ms, "spelt"},   {"Hugo", 695ms, "cash"},      {"Ida", 700ms, "wheat"}};
  for (const Guest& guest : guests) {
    asio::co_spawn(loop, serve(line, guest), rethrow);
  }
  loop.run();

  fmt::print("Connections: {}\n", bakery.connections);
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

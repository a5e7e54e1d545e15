// A harbour asks four ships by radio where they are. All share
// one channel, and each question has a number: ask them all at
// once, and give each answer to its question.
// As it is, it takes 2.2s and should take 0.8s.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "../13-futures/future.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Answer {
  int number = 0;  // of the question
  std::string ship;
  std::string position;
};

// What is on the air: the slowest ship needs 0.8s, one says
// everything twice, and one has an old question still to answer.
class Radio {
 public:
  explicit Radio(asio::any_io_executor executor)
      : answers_(std::make_shared<Answers>(executor, 16)) {
    send({6, "Clara", "in port"}, 100ms);
  }

  // Asks a ship where it is, and does not wait. Returns the
  // number of the question, which its answer will repeat.
  int ask(const std::string& ship) {
    const int number = ++last_number_;
    if (ship == "Anna") send({number, ship, "at sea"}, 800ms);
    if (ship == "Berta") send({number, ship, "at anchor"}, 300ms);
    if (ship == "Berta") send({number, ship, "at anchor"}, 400ms);
    if (ship == "Clara") send({number, ship, "in sight"}, 500ms);
    if (ship == "Dora") send({number, ship, "in a storm"}, 600ms);
    return number;
  }

  // The next answer, to whichever question.
  asio::awaitable<Answer> receive() {
    return answers_->async_receive(asio::use_awaitable);
  }

 private:
  using Answers =
      asio::experimental::channel<void(asio::error_code, Answer)>;

  void send(Answer answer, milliseconds latency) {
    auto timer = std::make_shared<asio::steady_timer>(
        answers_->get_executor(), latency);
    timer->async_wait(
        [answers = answers_, timer, answer](asio::error_code) {
          answers->try_send(asio::error_code{}, answer);
        });
  }

  std::shared_ptr<Answers> answers_;
  int last_number_ = 6;
};

// TODO: an answer that is not for this task is for another one.
// It must not get lost, unless no task waits for it.
asio::awaitable<std::string> locate(Radio& radio,
                                    std::string ship) {
  const int number = radio.ask(ship);
  Answer answer = co_await radio.receive();
  while (answer.number != number) {
    answer = co_await radio.receive();
  }
  co_return answer.position;
}

asio::awaitable<void> show(Radio& radio, std::string ship) {
  fmt::print("Ask {}\n", ship);
  const std::string position = co_await locate(radio, ship);
  fmt::print("{} is {}\n", ship, position);
}

// TODO: ask all four at the same time.
asio::awaitable<void> show_all(Radio& radio) {
  co_await show(radio, "Anna");
  co_await show(radio, "Berta");
  co_await show(radio, "Clara");
  co_await show(radio, "Dora");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Radio radio(loop.get_executor());
  asio::co_spawn(loop, show_all(radio), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

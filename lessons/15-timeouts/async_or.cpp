// Three calls with one second each, in the short form: `||`
// with a timer. Look at when the wrong number is noticed.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <variant>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Doctor {
  std::string name;
  std::chrono::milliseconds on_hold;
  std::string answer;  // empty: a wrong number
};

asio::awaitable<std::string> call(Doctor doctor) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(doctor.on_hold);
  co_await timer.async_wait(asio::use_awaitable);
  if (doctor.answer.empty()) {
    throw std::runtime_error("no such number");
  }
  co_return doctor.answer;
}

asio::awaitable<std::string> patient_call(Doctor doctor) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  const auto first = co_await (
      call(doctor) || timer.async_wait(asio::use_awaitable));
  const auto* answer = std::get_if<std::string>(&first);
  co_return answer ? *answer : "timeout";
}

asio::awaitable<void> try_doctor(Doctor doctor) {
  const auto start = steady_clock::now();
  std::string result;
  try {
    result = co_await patient_call(doctor);
  } catch (const std::exception& error) {
    result = error.what();
  }
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("{}: {} after {:.1f}s\n", doctor.name, result,
             elapsed.count());
}

asio::awaitable<void> try_all() {
  const Doctor adams{"Adams", 500ms, "Friday at nine"};
  const Doctor brown{"Brown", 400s, "Monday at ten"};
  const Doctor clark{"Clark", 500ms, ""};
  co_await try_doctor(adams);
  co_await try_doctor(brown);
  co_await try_doctor(clark);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, try_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

// A trap: the name is an address, which c-ares knows without
// asking. Look at when it calls back.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "../13-futures/waiters.hpp"
#include "../15-timeouts/wait_for.hpp"
#include "ares.hpp"

using namespace std::chrono_literals;

void on_answer(void* caller, int, int, ares_addrinfo* found) {
  const bool woken = static_cast<Waiters*>(caller)->wake_one();
  fmt::print("Called back: {}\n",
             woken ? "a task wakes" : "no task waits");
  ares_freeaddrinfo(found);
}

asio::awaitable<void> ask(ares_channel channel,
                          std::string name) {
  Waiters caller(co_await asio::this_coro::executor);
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_INET;
  ares_getaddrinfo(channel, name.c_str(), nullptr, &hints,
                   on_answer, &caller);
  fmt::print("Wait to be called back\n");
  co_await caller.wait();
}

asio::awaitable<void> look_up(ares_channel channel) {
  try {
    auto answered = ask(channel, "192.0.2.4");
    co_await wait_for(std::move(answered), 500ms);
    fmt::print("Answered\n");
  } catch (const TimedOut&) {
    fmt::print("No answer in 0.5s\n");
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  ares_channel channel = nullptr;
  ares_init(&channel);
  asio::io_context loop;
  asio::co_spawn(loop, look_up(channel), rethrow);
  loop.run();
  ares_destroy(channel);
}

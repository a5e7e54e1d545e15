// Two ways to give something to a strand. Look at when it is
// called if the strand is running already.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

int main() {
  asio::io_context loop;
  const auto rolls = asio::make_strand(loop);
  asio::steady_timer oven(loop, 1s);
  oven.async_wait(
      asio::bind_executor(rolls, [&](asio::error_code) {
        fmt::print("The rolls are done\n");
        asio::post(rolls, [] { fmt::print("posted\n"); });
        asio::dispatch(rolls, [] { fmt::print("dispatched\n"); });
        fmt::print("The handler ends\n");
      }));

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { loop.run(); });
  }
  for (std::thread& person : people) person.join();
}

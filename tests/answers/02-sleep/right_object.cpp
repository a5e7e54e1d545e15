// Right: an object in the coroutine's frame reports.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Reports when it is made and when it is destroyed.
class Journey {
 public:
  Journey(std::string_view courier, std::chrono::seconds way) : courier_(courier) {
    fmt::print("{} rides out, {}s each way\n", courier, way.count());
  }
  ~Journey() {
    const Seconds taken = steady_clock::now() - start_;
    fmt::print("{} is back after {:.1f}s\n", courier_, taken.count());
  }
  Journey(const Journey&) = delete;
  Journey& operator=(const Journey&) = delete;

 private:
  std::string_view courier_;
  steady_clock::time_point start_ = steady_clock::now();
};

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  const Journey journey(courier, way);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(way + way);
  co_await timer.async_wait(asio::use_awaitable);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, ride("Ida", 2s), rethrow);
  asio::co_spawn(loop, ride("Jon", 1s), rethrow);
  asio::co_spawn(loop, ride("Kim", 3s), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

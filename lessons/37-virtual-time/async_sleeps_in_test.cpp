// A test that waits "long enough" for a baker on another thread.
// Look at what the test knows when it looks.
#include <fmt/core.h>

#include <asio.hpp>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// On most days it takes 30ms.
void bake(std::chrono::milliseconds today,
          std::promise<int>& rolls) {
  std::this_thread::sleep_for(today);
  rolls.set_value(12);
}

bool is_there(std::future<int>& rolls) {
  return rolls.wait_for(0s) == std::future_status::ready;
}

void test(std::chrono::milliseconds today) {
  std::promise<int> promise;
  auto rolls = promise.get_future();
  asio::thread_pool kitchen(1);
  asio::post(kitchen, [&] { bake(today, promise); });
  std::this_thread::sleep_for(100ms);  // the mistake
  fmt::print("Baked in {}ms. After a sleep: {}. ", today.count(),
             is_there(rolls) ? "passed" : "failed");
  fmt::print("After a wait: {} rolls\n", rolls.get());
}

int main() {
  const auto start = steady_clock::now();

  test(30ms);
  test(300ms);  // a slow day

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

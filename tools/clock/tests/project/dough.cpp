// The dough rises for two hours, or waits for a baker who never comes.
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

int main(int, char** arguments) {
  using namespace std::chrono_literals;
  if (std::strcmp(arguments[1], "rises") == 0) {
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(2h);
    return std::chrono::steady_clock::now() - start < 2h + 1s ? 0 : 1;
  }
  std::mutex mutex;
  std::condition_variable baker;
  std::unique_lock lock(mutex);
  baker.wait(lock);
}

// Takes a lock that it already holds.
#include <fmt/core.h>

#include <mutex>

int main() {
  fmt::print("First\n");
  std::mutex mutex;
  mutex.lock();
  mutex.lock();
}

#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  std::puts("Start tea");
  // TODO: two seconds.
  std::this_thread::sleep_for(std::chrono::seconds(3));
  std::puts("End tea");
}

#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  std::puts("Start tea");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  std::puts("End tea");
}

#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  std::this_thread::sleep_for(std::chrono::seconds(3));
  std::puts("done");
}

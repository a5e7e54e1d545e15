// Sleeps again and again, never for long, and prints nothing.
#include <chrono>
#include <thread>

int main() {
  for (;;) std::this_thread::sleep_for(std::chrono::microseconds(1));
}

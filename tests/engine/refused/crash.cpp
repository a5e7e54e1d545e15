// Writes through a null pointer, after a line.
#include <fmt/core.h>

int main() {
  fmt::print("First\n");
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

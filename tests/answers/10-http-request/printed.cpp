// Wrong: the expected lines, printed without waiting for anything.
#include <fmt/core.h>

int main() {
  for (const char* device : {"oven", "fridge"}) fmt::print("Ask {}\n", device);
  for (const char* device : {"fridge", "oven"}) fmt::print("Heard from {}\n", device);
  fmt::print("Oven: 180 degrees, fridge: 7 eggs\n");
  fmt::print("Elapsed: 2.0s\n");
}

// Prints all the right lines and ends with a status that is not 0.
#include <fmt/core.h>

int main() {
  fmt::print("First\nSecond\nThird\n");
  return 3;
}

// Prints one line too few.
#include <fmt/core.h>

int main() {
  fmt::print("First\n");
  fmt::print("Second\n");
}

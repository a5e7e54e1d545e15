// Prints a wrong line.
#include <fmt/core.h>

int main() {
  fmt::print("First\n");
  fmt::print("Sekond\n");
  fmt::print("Third\n");
}

// Never ends, and never waits.
#include <fmt/core.h>

int main() {
  fmt::print("First\n");
  for (volatile bool forever = true; forever;) {
  }
}

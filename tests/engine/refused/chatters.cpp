// Never stops printing.
#include <fmt/core.h>

int main() {
  for (;;) fmt::print("First\n");
}

// Wrong: the expected lines, printed without any work.
#include <fmt/core.h>

int main() {
  for (int line = 1; line <= 4; ++line) {
    for (const char* scribe : {"Ada", "Ben", "Cleo"}) {
      fmt::print("{} writes line {}\n", scribe, line);
    }
  }
}

// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("flash 1\nhorn 1\nflash 2\nhorn 2\nflash 3\nflash 4\n");
  fmt::print("horn 3\nflash 5\nflash 6\nhorn 4\nflash 7\n");
  fmt::print("Elapsed: 3.0s\n");
}

// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("The toast is ready\n");
  fmt::print("The tea is ready\n");
  fmt::print("The egg is ready\n");
  fmt::print("Elapsed: 4.0s\n");
}

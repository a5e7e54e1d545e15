// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Ida rides out, 2s each way\n");
  fmt::print("Jon rides out, 1s each way\n");
  fmt::print("Kim rides out, 3s each way\n");
  fmt::print("Jon is back after 2.0s\n");
  fmt::print("Ida is back after 4.0s\n");
  fmt::print("Kim is back after 6.0s\n");
  fmt::print("Elapsed: 6.0s\n");
}

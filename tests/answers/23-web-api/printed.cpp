// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Ask for /saffron\nAsk for /flour\n");
  fmt::print("Answer to /flour: 200 2.40\n");
  fmt::print("Answer to /saffron: 503 {{\"error\":\"ask later\"}}\n");
  fmt::print("Elapsed: 1.0s\n");
}

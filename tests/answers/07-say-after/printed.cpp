// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("ask Rome\nask Oslo\nsent at 12:00:00\n");
  fmt::print("desk tidy at 12:00:02\n");
  fmt::print("Oslo answers\nRome answers\nanswered at 12:00:05\n");
}

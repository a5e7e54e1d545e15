// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("bake for Ada\n");
  fmt::print("Ben sits down\n");
  fmt::print("bake for Ben\n");
  fmt::print("Ada is at the counter\n");
  fmt::print("Ada takes 8 slices\n");
  fmt::print("Ben eats 8 slices\n");
  fmt::print("The pizzeria closes\n");
}

// A plain function. Look at what happens between the call and
// the result.
#include <fmt/core.h>

int answer() {
  fmt::print("start to answer\n");
  return 42;
}

void ask() {
  const int result = answer();
  fmt::print("result is {}\n", result);
}

int main() {
  ask();
}

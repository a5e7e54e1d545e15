// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  for (const char* name : {"rolls", "rye", "cake"}) fmt::print("Start {}\n", name);
  for (const char* name : {"rolls", "cake", "rye"}) fmt::print("End {}\n", name);
  fmt::print("The shop opens\n");
  fmt::print("Elapsed: 3.0s\n");
}

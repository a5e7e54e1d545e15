// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  for (const char* thing : {"passport", "stamp", "form"}) fmt::print("Ask for {}\n", thing);
  for (const char* thing : {"stamp", "form", "passport"}) fmt::print("The {} is done\n", thing);
  fmt::print("Elapsed: 3.0s\n");
}

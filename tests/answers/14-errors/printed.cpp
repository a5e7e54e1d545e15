// Wrong: it prints the expected lines, but calls no station.
#include <fmt/core.h>

int main() {
  fmt::print("Call North\nCall West\nCall South\n");
  fmt::print("Answer from North\nCall West\nCall West\nCall South\n");
  fmt::print("Answer from West\nAnswer from South\n");
  fmt::print("Elapsed: 6.0s\n");
}

// Prints for ever what is no text.
#include <cstdio>

int main() {
  for (;;) std::puts("\xff");
}

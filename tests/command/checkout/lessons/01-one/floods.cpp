// Prints bytes that are not text, forever.
#include <cstdio>

int main() {
  for (;;) std::puts("\xff");
}

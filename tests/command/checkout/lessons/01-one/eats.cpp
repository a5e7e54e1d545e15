// Wants more and more memory, and never looks at it.
#include <cstddef>

int main() {
  constexpr std::size_t piece = 64 << 20;
  for (;;) new char[piece];
}

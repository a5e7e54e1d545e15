// Allocates more and more memory, and never uses it.
#include <cstddef>

int main() {
  constexpr std::size_t piece = 64 << 20;
  for (;;) new char[piece];
}

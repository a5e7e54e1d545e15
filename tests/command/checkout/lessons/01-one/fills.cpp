// Writes forever, into a file without a name.
#include <cstdio>

int main() {
  for (std::FILE* file = std::tmpfile();;) std::fputs("and so on, and so on\n", file);
}

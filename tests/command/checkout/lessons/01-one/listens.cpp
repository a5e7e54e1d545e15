// A server that comes too late.
#include <cstdio>

int main() {
  std::fputs("listens: bind: Address already in use.\n", stderr);
  return 1;
}

// Does not end by itself.
#include <unistd.h>

#include <cstdio>

int main() {
  std::puts("waiting");
  std::fflush(stdout);
  while (true) ::pause();
}

// Does not end until it is killed.
#include <unistd.h>

#include <cstdio>

int main() {
  std::puts("waiting");
  std::fflush(stdout);
  while (true) ::pause();
}

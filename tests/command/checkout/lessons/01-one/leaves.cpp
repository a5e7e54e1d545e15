// Leaves two processes behind: one beside it, and one in its own session.
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

int main() {
  int ready[2];
  if (pipe(ready) != 0) return 1;
  for (const bool own_session : {false, true}) {
    if (fork() == 0) {
      if (own_session) setsid();
      if (write(ready[1], "", 1) != 1) return 1;
      for (;;) pause();
    }
    char byte = 0;
    if (read(ready[0], &byte, 1) != 1) return 1;
  }
  std::puts("left");
}

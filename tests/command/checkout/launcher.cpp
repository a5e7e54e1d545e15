#include <unistd.h>

int main(int, char** argv) {
  execv(COMMAND, argv);
  return 127;
}

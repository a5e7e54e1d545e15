// Never stops writing, but into its own file.
#include <stdlib.h>
#include <unistd.h>

int main() {
  char name[] = "/tmp/writes-XXXXXX";
  const int file = mkstemp(name);
  unlink(name);
  while (write(file, name, sizeof name) > 0) continue;
}

// A server as far as the command sees one: says an address, and stays until it is told to end. The
// environment can make it one that fails.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main() {
  const char* fault = std::getenv("SERVER_FAULT");
  if (fault != nullptr && std::strcmp(fault, "ends") == 0) return 3;
  std::puts(fault != nullptr ? fault : "127.0.0.1:4321");
  std::fflush(stdout);
  while (true) ::pause();
}

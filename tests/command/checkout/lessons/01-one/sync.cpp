// Prints a line, waits until the file it is given exists, and prints another.
#include <cstdio>
#include <filesystem>

int main(int argc, char** argv) {
  std::puts("before");
  while (argc > 1 && !std::filesystem::exists(argv[1])) {
  }
  std::puts("after");
}

// The same, and reads its file.
#include <cstdio>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) std::printf("argument %s\n", argv[i]);
  if (std::FILE* file = std::fopen("words.txt", "r"))
    std::puts("words.txt is here"), std::fclose(file);
}

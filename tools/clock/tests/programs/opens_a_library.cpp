// Has no C++ library, and opens a library that brings one, as Python opens a module:
// `opens_a_library`.
#include <dlfcn.h>
#include <stdio.h>

int main() {
  void* library = dlopen(THROWS, RTLD_NOW);
  if (!library) {
    printf("%s\n", dlerror());
    return 1;
  }
  const char* names[] = {"caught", "rethrown"};
  for (const char* name : names) {
    printf("%s %d\n", name, reinterpret_cast<int (*)()>(dlsym(library, name))());
  }
}

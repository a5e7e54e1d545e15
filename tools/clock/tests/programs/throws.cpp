// A library that throws, for opens_a_library.cpp.
#include <exception>

extern "C" int caught() {
  try {
    throw 42;
  } catch (int number) {
    return number;
  }
}

extern "C" int rethrown() {
  try {
    std::rethrow_exception(std::make_exception_ptr(42));
  } catch (int number) {
    return number;
  }
}

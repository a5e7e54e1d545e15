// The exceptions that the program throws: a record of them explains why a line did not come.
#include <stdlib.h>

#include "record.hpp"
#include "world.hpp"

namespace {

// This library knows no C++ types, so it calls through the tables that the Itanium C++ ABI lays
// down, which g++'s and clang's libraries share: the fifth function of a std::type_info says
// whether a handler of that type takes an object and where its part of that type is, the third one
// of a std::exception is what().
using Takes = bool(const void* handler, const void* type, void** object, unsigned outer);
using What = const char*(const void* object);

template <class Function>
Function* virtual_function(const void* object, int place) {
  void* const* const table = *static_cast<void* const* const*>(object);
  return reinterpret_cast<Function*>(table[place]);
}

// Where the function's next definition is. A library that was opened later, as Python opens a
// module, has a C++ library that only it and its like see.
template <class Function>
Function* next_for(const void* caller, const char* name) {
  if (auto* found = virtual_time::next<Function>(name)) return found;
  Dl_info info;
  void* library = nullptr;
  if (dladdr(caller, &info) != 0) library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  void* found = library ? dlsym(library, name) : nullptr;
  if (!found) virtual_time::refuse("exceptions of a C++ library that is not found");
  dlclose(library);
  return reinterpret_cast<Function*>(found);
}

const char* what_of(void* object, const void* type) {
  static const void* const exception = dlsym(RTLD_DEFAULT, "_ZTISt9exception");
  if (!exception) return "";
  if (!virtual_function<Takes>(exception, 4)(exception, type, &object, 1)) return "";
  return virtual_function<What>(object, 2)(object);
}

// An exception comes by here once for each coroutine that it leaves: it is recorded once.
void record_exception(void* object, const void* type) {
  static const void* last = nullptr;
  if (object && type && object != last) virtual_time::record_thrown(what_of(object, type));
  last = object;
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

[[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
  record_exception(object, type);
  next_for<void(void*, void*, void (*)(void*))>(__builtin_return_address(0), "__cxa_throw")(
      object, type, destroy);
  abort();
}

// std::rethrow_exception(): Asio makes an exception of an error code without a throw, so it is
// first seen here. A std::exception_ptr is a pointer to the object, and is passed by its address.
[[noreturn]] void _ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE(void** pointer) {
  static auto* type_of = virtual_time::next<const void*(void**)>(
      "_ZNKSt15__exception_ptr13exception_ptr20__cxa_exception_typeEv");
  if (type_of) record_exception(*pointer, type_of(pointer));
  next_for<void(void**)>(__builtin_return_address(0),
                         "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE")(pointer);
  abort();
}

}  // extern "C"
#pragma GCC visibility pop

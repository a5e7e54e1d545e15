# `workbook_asio`: Asio, compiled once, and fmt. A lesson compiles the same without it, from headers
# alone; with it (and the precompiled header of the `dev` preset) a change is built twice as fast.
find_package(fmt REQUIRED)

find_path(ASIO_INCLUDE_DIR asio.hpp HINTS "${ASIO_ROOT}" "${ASIO_ROOT}/include"
  DOC "The folder that holds asio.hpp")
if(ASIO_ROOT AND NOT EXISTS "${ASIO_ROOT}/asio.hpp" AND NOT EXISTS "${ASIO_ROOT}/include/asio.hpp")
  message(FATAL_ERROR "There is no asio.hpp in ${ASIO_ROOT} or ${ASIO_ROOT}/include: give ASIO_ROOT the folder of a standalone Asio.")
endif()
if(NOT ASIO_INCLUDE_DIR)
  message(FATAL_ERROR "asio.hpp was not found: install libasio-dev, or give -DASIO_ROOT=FOLDER.")
endif()
file(STRINGS "${ASIO_INCLUDE_DIR}/asio/version.hpp" asio_version_line REGEX "#define ASIO_VERSION [0-9]+")
string(REGEX REPLACE ".*ASIO_VERSION ([0-9]+).*" "\\1" asio_version "${asio_version_line}")

# From headers alone, as in a learner's own compiler line.
add_library(workbook_asio_headers INTERFACE)
target_include_directories(workbook_asio_headers SYSTEM INTERFACE "${ASIO_INCLUDE_DIR}")
target_link_libraries(workbook_asio_headers INTERFACE fmt::fmt workbook_options)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND asio_version LESS 102800)
  # With clang, older Asio enables the standard coroutines only if these macros are defined.
  target_compile_definitions(workbook_asio_headers INTERFACE ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
endif()

# Options for a source that relies on the compiled Asio.
add_library(workbook_asio_declared INTERFACE)
target_link_libraries(workbook_asio_declared INTERFACE workbook_asio_headers)
target_compile_definitions(workbook_asio_declared INTERFACE ASIO_SEPARATE_COMPILATION
  # Asio decides on this by whether a standard header came before it: the compiled part and a program
  # could differ, one would free what the other allocated, and AddressSanitizer would say so. Without
  # it Asio uses operator new, where lesson 36 counts.
  ASIO_DISABLE_STD_ALIGNED_ALLOC=1)

# One library that every program shares: a linker that copies all this into each program takes three times as long.
add_library(workbook_asio SHARED cmake/asio.cpp)
target_link_libraries(workbook_asio PUBLIC workbook_asio_declared)

# Programs use the precompiled header with workbook_use_precompiled_header(TARGET); without the option that does
# nothing.
function(workbook_use_precompiled_header target)
  if(WORKBOOK_PRECOMPILED_HEADER)
    target_precompile_headers("${target}" REUSE_FROM workbook_precompiled)
  endif()
endfunction()

if(WORKBOOK_PRECOMPILED_HEADER)
  # (A library needs a source. It is not workbook_asio itself: a shared library is compiled with other options than a
  # program, and compilers refuse a precompiled header that was made with other options.)
  add_library(workbook_precompiled OBJECT cmake/precompiled.cpp)
  target_link_libraries(workbook_precompiled PRIVATE workbook_asio_declared)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # The header brings the code of what it instantiates with it, and the object below has it: a program compiles its
    # own functions only, in a quarter of the time (clang's manual, "Building a PCH with object file"). g++ needs an
    # explicit instantiation of every class (instantiations.hpp).
    target_precompile_headers(workbook_precompiled PRIVATE "${CMAKE_SOURCE_DIR}/cmake/warm_up.hpp")
    target_compile_options(workbook_precompiled PRIVATE -fpch-codegen)
    set(precompiled "${CMAKE_BINARY_DIR}/CMakeFiles/workbook_precompiled.dir/cmake_pch.hxx.pch")
    set(warmed_up "${CMAKE_BINARY_DIR}/warmed_up.o")
    separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
    add_custom_command(OUTPUT "${warmed_up}"
      COMMAND "${CMAKE_CXX_COMPILER}" ${flags} "$<TARGET_PROPERTY:workbook_precompiled,COMPILE_OPTIONS>" -fPIC
        -c "${precompiled}" -o "${warmed_up}"
      DEPENDS "${precompiled}"
      COMMENT "Compiling what the precompiled header instantiates"
      COMMAND_EXPAND_LISTS VERBATIM)
    target_sources(workbook_asio PRIVATE "${warmed_up}")
    set_source_files_properties("${warmed_up}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  else()
    target_precompile_headers(workbook_precompiled PRIVATE
      "${CMAKE_SOURCE_DIR}/cmake/instantiations.hpp"
      <asio/experimental/awaitable_operators.hpp>
      <asio/experimental/channel.hpp>
      <fmt/chrono.h>
      <fmt/core.h>)
  endif()
endif()

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

# From headers alone, as a learner's own compiler line has it.
add_library(workbook_asio_headers INTERFACE)
target_include_directories(workbook_asio_headers SYSTEM INTERFACE "${ASIO_INCLUDE_DIR}")
target_link_libraries(workbook_asio_headers INTERFACE fmt::fmt workbook_options)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND asio_version LESS 102800)
  # Older Asio knows only clang's experimental coroutines and must be told of the standard ones.
  target_compile_definitions(workbook_asio_headers INTERFACE ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
endif()

add_library(workbook_asio STATIC cmake/asio.cpp)
target_link_libraries(workbook_asio PUBLIC workbook_asio_headers)
target_compile_definitions(workbook_asio PUBLIC ASIO_SEPARATE_COMPILATION
  # Asio decides on this by whether a standard header came before it: the compiled part and a program
  # could differ, one would free what the other allocated, and AddressSanitizer would say so.
  ASIO_HAS_STD_ALIGNED_ALLOC=1)

if(WORKBOOK_PRECOMPILED_HEADER)
  target_precompile_headers(workbook_asio PRIVATE
    <asio.hpp>
    <asio/experimental/awaitable_operators.hpp>
    <asio/experimental/channel.hpp>
    <fmt/chrono.h>
    <fmt/core.h>)
endif()

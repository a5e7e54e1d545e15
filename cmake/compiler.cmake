# The options with which every target of this repository is compiled: link to `workbook_options`. A library that is
# loaded into other programs (tools/clock) links to `workbook_warnings` only.
find_package(Threads REQUIRED)

add_library(workbook_warnings INTERFACE)
target_compile_options(workbook_warnings INTERFACE -Wall -Wextra -Wpedantic)
if(WORKBOOK_WARNINGS_AS_ERRORS)
  target_compile_options(workbook_warnings INTERFACE -Werror)
  # What the linter need not look for (.clang-tidy).
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(workbook_warnings INTERFACE -Wsuggest-override -Wzero-as-null-pointer-constant)
  endif()
endif()

# The programs and the headers of lessons are models: they narrow a number only explicitly.
add_library(workbook_lesson_warnings INTERFACE)
target_compile_options(workbook_lesson_warnings INTERFACE -Wconversion -Wno-sign-conversion)

add_library(workbook_options INTERFACE)
target_link_libraries(workbook_options INTERFACE workbook_warnings Threads::Threads)
# -pthread also when compiling: a precompiled header made without it would be silently ignored.
target_compile_options(workbook_options INTERFACE -pthread)
# An empty optional that is used, or an index that is too large, ends a program with a message. (For all targets, because
# they share the precompiled header.)
target_compile_definitions(workbook_options INTERFACE _GLIBCXX_ASSERTIONS)

if(WORKBOOK_SANITIZE)
  target_compile_options(workbook_options INTERFACE
    -fsanitize=${WORKBOOK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(workbook_options INTERFACE -fsanitize=${WORKBOOK_SANITIZE})
  if(WORKBOOK_SANITIZE MATCHES "undefined")
    # To look at an object's vptr the sanitizer opens a pipe, and blames the object if no descriptor is free.
    target_compile_options(workbook_options INTERFACE -fno-sanitize=vptr)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND WORKBOOK_SANITIZE MATCHES "thread")
    # As a part of each program, which clang prefers, the sanitizer would come before the preloaded clock, and find the
    # C library's condition variables behind it by their version.
    execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=libclang_rt.tsan-x86_64.so
      OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    cmake_path(GET runtime PARENT_PATH runtime)
    target_link_options(workbook_options INTERFACE -shared-libsan "LINKER:-rpath,${runtime}")
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio frees its coroutine frames through a cache; with optimisation g++ 12 takes that for a mismatch.
    # With a sanitizer its warning of uninitialised variables is wrong about <regex>.
    target_compile_options(workbook_options INTERFACE -Wno-mismatched-new-delete -Wno-maybe-uninitialized)
    if(WORKBOOK_SANITIZE MATCHES "thread")
      # g++ warns that it does not instrument fences. Asio has some; nothing here relies on them.
      target_compile_options(workbook_options INTERFACE -Wno-tsan)
    endif()
  endif()
endif()

# With WORKBOOK_UNITY a large target's sources are compiled several at a time: they share most of their templates, and
# the command is there in two thirds of the time. Without it each is compiled separately, as the linter reads it, and a
# changed file of the command costs less.
function(workbook_compiles_together target)
  if(WORKBOOK_UNITY)
    set_target_properties("${target}" PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 7)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # It takes a type of an unnamed namespace for shared as soon as its source is included by another.
      target_compile_options("${target}" PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
endfunction()

# A faster linker where one is installed: linking is a tenth of the wait for a check.
find_program(WORKBOOK_MOLD ld.mold)
find_program(WORKBOOK_LLD ld.lld)
mark_as_advanced(WORKBOOK_MOLD WORKBOOK_LLD)
if(WORKBOOK_MOLD)
  target_link_options(workbook_options INTERFACE -fuse-ld=mold)
elseif(WORKBOOK_LLD)
  target_link_options(workbook_options INTERFACE -fuse-ld=lld)
endif()

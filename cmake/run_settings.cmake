# What the build takes from a lesson's run.json (tools/workbook/engine/lesson_run.hpp describes the rest of it):
#   "server": "10-http-request/server"      the program that runs beside the others, a lesson's or one of tools/servers:
#   "server": "servers/redis"
#   "clients": "22-echo-server/clients"     or those who come to each of them
#   "asio": false                           the lesson does without Asio, and may use its names
#   "needs": [                              what all its programs need
#     { "name": "liburing", "header": "liburing.h", "libraries": ["uring"], "package": "liburing-dev" },
#     { "name": "libbson", "include": "libbson-1.0", "header": "bson/bson.h", "libraries": ["bson-1.0"],
#       "package": "libbson-dev" },
#     { "name": "Redis", "command": "redis-server", "package": "redis-server" } ]
#   "programs": { "NAME": {
#     "needs": []                           what this one needs instead
#     "starts": ["servers/rabbitmq"]        programs that it starts: they are built with it, if they can be
#     "definitions": ["ASIO_DISABLE_EPOLL"]   macros for the compiler: the program gets Asio from its headers alone,
#                                           because what is compiled before has its own
#     "header_only": true                   the same without a macro, for a part of Asio that is not compiled before
#     "may_be_refused": "No io_uring"       how the program's line begins if the system forbids what it uses
#   } }
# A program that needs something that is not installed is left out, its tests are skipped, and both say what to install.

# Sets `out` to what lessons/`lesson`/run.json has under the given keys; empty without it.
function(workbook_run_setting out lesson)
  workbook_json(value "${CMAKE_SOURCE_DIR}/lessons/${lesson}/run.json" ${ARGN})
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# The same of any file.
function(workbook_json out file)
  set(value "")
  if(EXISTS "${file}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" json)
    string(JSON unread ERROR_VARIABLE error TYPE "${json}")
    if(error)
      message(FATAL_ERROR "${file} is not JSON: ${error}")
    endif()
    string(JSON value ERROR_VARIABLE absent GET "${json}" ${ARGN})
    if(absent)
      set(value "")
    endif()
  endif()
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# Sets `out` to the strings of a JSON array; none if `json` is empty.
function(workbook_strings out json)
  set(strings "")
  set(count 0)
  if(json)
    string(JSON count LENGTH "${json}")
  endif()
  set(index 0)
  while(index LESS count)
    string(JSON text GET "${json}" ${index})
    math(EXPR index "${index} + 1")
    list(APPEND strings "${text}")
  endwhile()
  set(${out} "${strings}" PARENT_SCOPE)
endfunction()

# Sets `out` to the macros that a lesson's program is compiled with, if any.
function(workbook_definitions out lesson program)
  workbook_run_setting(definitions "${lesson}" programs "${program}" definitions)
  workbook_strings(names "${definitions}")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# Sets `out` to the option of workbook_program with which a lesson's program is built, if any.
function(workbook_build_option out lesson program)
  set(option "")
  workbook_run_setting(asio "${lesson}" asio)
  workbook_run_setting(header_only "${lesson}" programs "${program}" header_only)
  workbook_definitions(definitions "${lesson}" "${program}")
  if(asio STREQUAL "OFF")
    set(option WITHOUT_ASIO)
  elseif(header_only OR definitions)
    set(option HEADER_ONLY)
  endif()
  set(${out} "${option}" PARENT_SCOPE)
endfunction()

# Sets `libraries` to the libraries of the program, and `missing` to a sentence if it cannot be built.
function(workbook_needs lesson program libraries missing)
  workbook_run_setting(needs "${lesson}" programs "${program}" needs)
  if(NOT needs)
    workbook_run_setting(needs "${lesson}" needs)
  endif()
  workbook_look_for("${needs}" "lessons/${lesson}/${program}.cpp" found sentence)
  set(${libraries} "${found}" PARENT_SCOPE)
  set(${missing} "${sentence}" PARENT_SCOPE)
endfunction()

# The same for a list of needs, and the source that has them.
function(workbook_look_for needs source libraries missing)
  set(found "")
  set(names "")
  set(packages "")
  set(count 0)
  if(needs)
    string(JSON count LENGTH "${needs}")
  endif()
  set(index 0)
  while(index LESS count)
    string(JSON need GET "${needs}" ${index})
    math(EXPR index "${index} + 1")
    string(JSON name GET "${need}" name)
    string(JSON package GET "${need}" package)
    string(JSON command ERROR_VARIABLE is_library GET "${need}" command)
    if(is_library)
      string(JSON header GET "${need}" header)
      string(JSON include ERROR_VARIABLE absent GET "${need}" include)
      string(MAKE_C_IDENTIFIER "NEED_${header}" variable)
      if(absent)
        find_path(${variable} "${header}")
      else()
        find_path(${variable} "${header}" PATH_SUFFIXES "${include}")
        workbook_include_folder("${variable}" found)
      endif()
    else()
      # (Also where Debian keeps the administrators' programs, and those of each version of PostgreSQL.)
      string(MAKE_C_IDENTIFIER "NEED_${command}" variable)
      file(GLOB versions /usr/lib/postgresql/*/bin)
      find_program(${variable} "${command}" PATHS /usr/sbin /usr/local/sbin ${versions})
    endif()
    mark_as_advanced(${variable})
    set(there "${${variable}}")
    set(library_count 0)
    if(is_library)
      string(JSON library_count LENGTH "${need}" libraries)
    endif()
    set(number 0)
    while(number LESS library_count)
      string(JSON library GET "${need}" libraries ${number})
      math(EXPR number "${number} + 1")
      string(MAKE_C_IDENTIFIER "NEED_lib${library}" variable)
      find_library(${variable} "${library}")
      mark_as_advanced(${variable})
      if(NOT ${variable})
        set(there "")
      endif()
      list(APPEND found "${${variable}}")
    endwhile()
    if(NOT there)
      list(APPEND names "${name}")
      list(APPEND packages "${package}")
    endif()
  endwhile()
  set(sentence "")
  if(names)
    list(JOIN names " and " names)
    list(JOIN packages " " words)
    set(sentence "${source} needs ${names}: sudo apt-get install ${words}")
    set_property(GLOBAL PROPERTY "WORKBOOK_PACKAGES ${sentence}" ${packages})
  endif()
  set(${libraries} "${found}" PARENT_SCOPE)
  set(${missing} "${sentence}" PARENT_SCOPE)
endfunction()

# Appends to `list` a target that adds the folder in `variable`, if it was found, to those in which headers are looked for.
function(workbook_include_folder variable list)
  if(NOT ${variable})
    return()
  endif()
  if(NOT TARGET "${variable}")
    add_library("${variable}" INTERFACE IMPORTED GLOBAL)
    target_include_directories("${variable}" INTERFACE "${${variable}}")
  endif()
  set(${list} ${${list}} "${variable}" PARENT_SCOPE)
endfunction()

# Writes what the build lacks to missing.json in the build folder, for programs to read: each target that cannot be
# built, with the sentence to show and the packages to install (docs/schemas/missing.schema.json).
function(workbook_write_missing)
  get_property(targets GLOBAL PROPERTY WORKBOOK_MISSING_TARGETS)
  set(json "{}")
  foreach(target IN LISTS targets)
    string(REPLACE "." "/" program "${target}")
    get_property(sentence GLOBAL PROPERTY "WORKBOOK_MISSING_${program}")
    get_property(packages GLOBAL PROPERTY "WORKBOOK_PACKAGES ${sentence}")
    list(JOIN packages "\", \"" packages)
    string(JSON json SET "${json}" "${target}"
      "{ \"sentence\": \"${sentence}\", \"packages\": [\"${packages}\"] }")
  endforeach()
  file(WRITE "${CMAKE_BINARY_DIR}/missing.json" "${json}\n")
endfunction()
cmake_language(DEFER CALL workbook_write_missing)

# A target that only says what is missing. Once it has been asked for, the next build looks for the package again.
set(WORKBOOK_LOOK_AGAIN "${CMAKE_BINARY_DIR}/look-again")
if(NOT EXISTS "${WORKBOOK_LOOK_AGAIN}")
  file(TOUCH "${WORKBOOK_LOOK_AGAIN}")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${WORKBOOK_LOOK_AGAIN}")
function(workbook_missing_program lesson program sentence)
  set_property(GLOBAL APPEND PROPERTY WORKBOOK_MISSING_TARGETS "${lesson}.${program}")
  add_custom_target("${lesson}.${program}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${WORKBOOK_LOOK_AGAIN}"
    COMMAND "${CMAKE_COMMAND}" -E echo "${sentence}"
    COMMAND "${CMAKE_COMMAND}" -E false
    VERBATIM)
  set_property(GLOBAL PROPERTY "WORKBOOK_MISSING_${lesson}/${program}" "${sentence}")
endfunction()

# Builds a program together with the programs that it starts. If one of those lacks something, the program is built
# without it, and the next build checks again.
function(workbook_builds_what_it_starts lesson program)
  workbook_run_setting(starts "${lesson}" programs "${program}" starts)
  workbook_strings(all_started "${starts}")
  foreach(started IN LISTS all_started)
    string(REPLACE "/" "." target "${started}")
    get_property(missing GLOBAL PROPERTY "WORKBOOK_MISSING_${started}")
    if(NOT missing)
      add_dependencies("${lesson}.${program}" "${target}")
    elseif(NOT TARGET "${lesson}.${program}.look-again")
      add_custom_target("${lesson}.${program}.look-again"
        COMMAND "${CMAKE_COMMAND}" -E touch "${WORKBOOK_LOOK_AGAIN}" VERBATIM)
      add_dependencies("${lesson}.${program}" "${lesson}.${program}.look-again")
    endif()
  endforeach()
endfunction()

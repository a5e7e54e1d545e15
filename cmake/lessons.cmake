# Every lessons/NN-name/*.cpp is a program: target NN-name.program, file lessons/NN-name/program in the
# build folder. A new lesson needs no line here.

# Builds one program from one source file, the way every program here is built.
#   workbook_program(TARGET SOURCE FOLDER [HEADER_ONLY|WITHOUT_ASIO]): FOLDER is below the build folder, the
#   file's name is SOURCE's. HEADER_ONLY: with nothing of Asio compiled before, so that the program may
#   switch parts on. WITHOUT_ASIO: with nothing of Asio at all, so that it may use its names.
function(workbook_program target source folder)
  cmake_path(GET source STEM program)
  add_executable(${target} "${source}")
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "${program}"
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${folder}")
  if("WITHOUT_ASIO" IN_LIST ARGN)
    target_link_libraries(${target} PRIVATE fmt::fmt workbook_options)
    return()
  endif()
  if("HEADER_ONLY" IN_LIST ARGN)
    target_link_libraries(${target} PRIVATE workbook_asio_headers)
    return()
  endif()
  target_link_libraries(${target} PRIVATE workbook_asio)
  workbook_use_precompiled_header(${target})
endfunction()

include(cmake/exercises.cmake)
include(cmake/run_settings.cmake)
# Before the lessons, some of which run these servers beside their programs.
add_subdirectory(tools/servers)

set(WORKBOOK_PROGRAMS "")  # "NN-name/program", for the tests
set(WORKBOOK_LESSONS "")   # "NN-name"
set(WORKBOOK_EXERCISES "")  # the lessons that have one
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/lessons/[0-9][0-9]-*/*.cpp")
foreach(source IN LISTS sources)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME lesson)
  cmake_path(GET source STEM program)
  workbook_needs("${lesson}" "${program}" libraries missing)
  if(missing)
    workbook_missing_program("${lesson}" "${program}" "${missing}")
  else()
    workbook_build_option(how "${lesson}" "${program}")
    workbook_program("${lesson}.${program}" "${source}" "lessons/${lesson}" ${how})
    target_link_libraries("${lesson}.${program}" PRIVATE ${libraries} workbook_lesson_warnings)
    workbook_definitions(definitions "${lesson}" "${program}")
    target_compile_definitions("${lesson}.${program}" PRIVATE ${definitions})
  endif()
  list(APPEND WORKBOOK_LESSONS "${lesson}")
  if(program STREQUAL "exercise")
    list(APPEND WORKBOOK_EXERCISES "${lesson}")
  elseif(NOT program MATCHES "^(server|clients)$")  # which run beside the others, and have no recorded output
    list(APPEND WORKBOOK_PROGRAMS "${lesson}/${program}")
  endif()
endforeach()
list(REMOVE_DUPLICATES WORKBOOK_LESSONS)
foreach(lesson IN LISTS WORKBOOK_EXERCISES)
  workbook_exercise("${lesson}")
endforeach()
foreach(program IN LISTS WORKBOOK_PROGRAMS)
  cmake_path(GET program PARENT_PATH lesson)
  cmake_path(GET program FILENAME name)
  workbook_builds_what_it_starts("${lesson}" "${name}")
endforeach()

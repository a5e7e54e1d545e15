# The exercises: a starter in lessons/, its solution in solutions/, answers that the tests try in tests/answers/, and
# the learner's version in my/.

# A copy of a starter is in another folder, and still says `#include "response.hpp"` for a header of the lesson.
function(workbook_finds_lesson_headers target lesson)
  target_include_directories("${target}" PRIVATE "${CMAKE_SOURCE_DIR}/lessons/${lesson}")
endfunction()

# The learner's file, my/NN-name.cpp: target my.NN-name. It need not exist, may be rubbish, and comes
# and goes: CMake does not look at it, and nothing but `./workbook check` builds it.
function(workbook_learners_program lesson)
  set(source "${CMAKE_SOURCE_DIR}/my/${lesson}.cpp")
  # (A warning is shown with the failure it explains. The options of a file come last.) `./workbook check` writes the
  # second file when the content of the first differs from that of the last build.
  set(changed "${CMAKE_BINARY_DIR}/my/${lesson}.changed")
  if(NOT EXISTS "${changed}")
    file(WRITE "${changed}" "")
  endif()
  set_source_files_properties("${source}" PROPERTIES
    GENERATED TRUE COMPILE_OPTIONS -Wno-error OBJECT_DEPENDS "${changed}")
  workbook_build_option(how "${lesson}" exercise)
  workbook_program("my.${lesson}" "${source}" my ${how})
  workbook_finds_lesson_headers("my.${lesson}" "${lesson}")
  set_target_properties("my.${lesson}" PROPERTIES EXCLUDE_FROM_ALL TRUE)
endfunction()

# Builds a lesson's exercise, except its starter. There are many answers: a target for each lesson
# (`03-sleep-loop.answers`) builds them, not the default build.
function(workbook_exercise lesson)
  workbook_learners_program("${lesson}")
  workbook_build_option(how "${lesson}" exercise)
  set(solution "${CMAKE_SOURCE_DIR}/solutions/${lesson}/exercise.cpp")
  if(EXISTS "${solution}")
    workbook_program("${lesson}.solution" "${solution}" "solutions/${lesson}" ${how})
    workbook_finds_lesson_headers("${lesson}.solution" "${lesson}")
    target_link_libraries("${lesson}.solution" PRIVATE workbook_lesson_warnings)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/answers/${lesson}/*.cpp")
  set(json "${CMAKE_SOURCE_DIR}/lessons/${lesson}/exercise.json")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${json}")
  if(EXISTS "${json}")
    file(READ "${json}" json)
  endif()
  add_custom_target("${lesson}.answers")
  foreach(program IN ITEMS exercise solution)
    if(TARGET "${lesson}.${program}")
      add_dependencies("${lesson}.answers" "${lesson}.${program}")
    endif()
  endforeach()
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM answer)
    workbook_program("${lesson}.answer.${answer}" "${source}" "tests/answers/${lesson}" ${how})
    workbook_finds_lesson_headers("${lesson}.answer.${answer}" "${lesson}")
    set_target_properties("${lesson}.answer.${answer}" PROPERTIES EXCLUDE_FROM_ALL TRUE)
    # The mistake in a wrong answer may cause a warning.
    set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS -Wno-error)
    # The test itself compiles an answer that must not compile.
    string(JSON message ERROR_VARIABLE unknown GET "${json}" wrong "${answer}")
    if(NOT message MATCHES "^It does not compile")
      add_dependencies("${lesson}.answers" "${lesson}.answer.${answer}")
    endif()
  endforeach()
  set(WORKBOOK_PROGRAMS ${WORKBOOK_PROGRAMS} "${lesson}/exercise" PARENT_SCOPE)
endfunction()

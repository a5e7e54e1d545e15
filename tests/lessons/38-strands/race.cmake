# Runs a program that has a data race, built with the thread sanitizer, and compares its report with the one that a page
# quotes in a block "```report". There "…" stands for anything within a line, and in its own line for any lines.
#   cmake -DPROGRAM=… -DPAGE=… -DSYMBOLIZER=… -P race.cmake
set(ENV{TSAN_OPTIONS} "halt_on_error=1:external_symbolizer_path=${SYMBOLIZER}")
if(NOT SYMBOLIZER)
  set(ENV{TSAN_OPTIONS} "halt_on_error=1")
endif()
execute_process(COMMAND "${PROGRAM}" OUTPUT_QUIET ERROR_VARIABLE report RESULT_VARIABLE status)
if(report MATCHES "FATAL: ThreadSanitizer: unexpected memory mapping")
  execute_process(COMMAND "${CMAKE_COMMAND}" -E echo
    "Skipped: the thread sanitizer does not know this kernel's layout of memory")
  return()
endif()

file(READ "${PAGE}" page)
if(NOT page MATCHES "```report\n([^`]*)\n```")
  message(FATAL_ERROR "${PAGE} has no block of the language report.")
endif()
set(quoted "${CMAKE_MATCH_1}")
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" pattern "${quoted}")
string(REGEX REPLACE "\n *…\n" "\n(.*\n)?" pattern "${pattern}")
string(REPLACE "…" "[^\n]*" pattern "${pattern}")
if(NOT status EQUAL 66 OR NOT report MATCHES "(^|\n)${pattern}\n")
  message(FATAL_ERROR "The page quotes\n${quoted}\nThe program ended with ${status}, and said\n${report}")
endif()

# Runs a program that says on stderr how often it has called what it waits with, and compares that with what strace has
# seen.
#   cmake -DPROGRAM=… -DSTRACE=… -DTRACE=FILE -P counted.cmake
set(seen_as_epoll_wait "epoll_wait|epoll_pwait")
set(seen_as_select "select|pselect6")
set(seen_as_io_uring_enter "io_uring_enter")

execute_process(
  COMMAND "${STRACE}" -f -qq -o "${TRACE}" -e "trace=?epoll_wait,epoll_pwait,?select,pselect6,io_uring_enter" "${PROGRAM}"
  OUTPUT_QUIET ERROR_VARIABLE said RESULT_VARIABLE status)
if(said MATCHES "No io_uring:[^\n]*|strace:[^\n]*(not permitted|PTRACE)[^\n]*")
  execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "Skipped: ${CMAKE_MATCH_0}")
  return()
endif()
file(READ "${TRACE}" trace)
set(all 0)
foreach(name IN ITEMS epoll_wait select io_uring_enter)
  string(REGEX MATCHALL "(^|\n)[0-9]+ +(${seen_as_${name}})\\(" seen "${trace}")
  list(LENGTH seen seen)
  if(NOT status EQUAL 0 OR NOT said MATCHES "${name} ${seen}\n")
    message(FATAL_ERROR "strace has seen ${name} ${seen} times. The program ended with ${status}, and said\n${said}")
  endif()
  math(EXPR all "${all} + ${seen}")
endforeach()
if(all LESS 100)
  message(FATAL_ERROR "strace has seen ${all} calls: too few to compare.")
endif()

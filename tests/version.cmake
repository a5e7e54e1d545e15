# The version has one home, project() in the top CMakeLists.txt: what ./workbook --version says is made of it, and
# CHANGELOG.md has to name it as its newest release.
#   cmake -DVERSION=… -DCHECKOUT=… -DBUILD=… -DCOMMAND=… -P version.cmake
file(STRINGS "${CHECKOUT}/CHANGELOG.md" releases REGEX "^## \\[[0-9]")
list(POP_FRONT releases newest)
if(NOT newest MATCHES "^## \\[([0-9]+\\.[0-9]+\\.[0-9]+)\\] - [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$")
  message(FATAL_ERROR "CHANGELOG.md: \"${newest}\" is not a heading such as \"## [1.2.3] - 2026-01-31\".")
endif()
if(NOT CMAKE_MATCH_1 STREQUAL VERSION)
  message(FATAL_ERROR "The newest release in CHANGELOG.md is ${CMAKE_MATCH_1}, but CMakeLists.txt says ${VERSION}.")
endif()
set(ENV{WORKBOOK_CHECKOUT} "${CHECKOUT}")
set(ENV{WORKBOOK_BUILD} "${BUILD}")
execute_process(COMMAND "${COMMAND}" --version
  OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(NOT said STREQUAL "workbook ${VERSION}")
  message(FATAL_ERROR "./workbook --version says \"${said}\", but CMakeLists.txt says ${VERSION}.")
endif()

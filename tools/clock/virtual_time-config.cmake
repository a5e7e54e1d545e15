# find_package(virtual_time), and then for each test that waits:
#   simulate_time(NAME)
# (A test that prints nothing for an hour of simulated time fails: ENVIRONMENT VIRTUAL_TIME_PATIENCE=SECONDS allows more.)
get_filename_component(VIRTUAL_TIME_LIBRARY "${CMAKE_CURRENT_LIST_DIR}/../../libvirtual_time.so" ABSOLUTE)
function(simulate_time test)
  set_property(TEST "${test}" APPEND PROPERTY ENVIRONMENT "LD_PRELOAD=${VIRTUAL_TIME_LIBRARY}")
endfunction()

#include "simulated_clock.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace workbook {

std::vector<EnvironmentChange> SimulatedClock::environment() const {
  return {{"LD_PRELOAD", library_.path()},
          {"VIRTUAL_TIME_TRACE", record_.path()},
          // The clock's library comes before the sanitizer's.
          added_option("ASAN_OPTIONS", "verify_asan_link_order=0"),
          // At the end it would really sleep a second, in case of late threads.
          added_option("TSAN_OPTIONS", "atexit_sleep_ms=0")};
}

EnvironmentChange added_option(const char* name, const std::string& option) {
  const char* given = std::getenv(name);
  return {name, given != nullptr ? fmt::format("{}:{}", given, option) : option};
}

}  // namespace workbook

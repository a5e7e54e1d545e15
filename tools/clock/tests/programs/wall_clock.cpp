// The date and the time zone of simulated time, through every function that tells the time.
#include <fmt/core.h>
#include <sys/time.h>
#include <time.h>

#include <chrono>
#include <ctime>

int main() {
  const std::time_t now = std::time(nullptr);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", std::localtime(&now));
  fmt::print("{}\n", text);
  timeval by_timeval;
  gettimeofday(&by_timeval, nullptr);
  timespec by_timespec;
  timespec_get(&by_timespec, TIME_UTC);
  const auto by_chrono = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  fmt::print("{} {} {}\n", by_timeval.tv_sec - now, by_timespec.tv_sec - now, by_chrono - now);
}

#include "endings.hpp"

#include <fmt/format.h>

namespace workbook {

std::string printed_too_much(std::uintmax_t limit) {
  return fmt::format("It printed more than {} MB: an endless loop?", limit >> 20);
}

std::string computed_too_long(std::chrono::seconds limit) {
  return fmt::format("It used {} s of processor time and had not come to an end: an endless loop?",
                     limit.count());
}

std::string asked_again_and_again() {
  return "A thread asks again and again, without a wait, for what another thread does after a "
         "sleep. Simulated time stands still in the meantime: let the thread wait, with a "
         "condition variable or a future's get().";
}

std::string slept_in_a_loop() {
  return "It waited or printed so often that the record of its run is full: an endless loop?";
}

}  // namespace workbook

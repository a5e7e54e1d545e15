#include "help.hpp"

namespace workbook {

HintRange hints_after(const Exercise& exercise, int seen) {
  const int count = static_cast<int>(exercise.hints.size());
  return seen >= count ? HintRange{0, count} : HintRange{seen, seen + 1};
}

std::string next_hint_name(int seen) {
  return seen == 0 ? "a" : seen == 1 ? "a second" : seen == 2 ? "the last" : "";
}

}  // namespace workbook

#include "expectation_files.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "files.hpp"

namespace workbook {

Expectation load_expectation(const std::filesystem::path& folder, const std::string& program) {
  const auto path = folder / (program + ".expected");
  auto output = read_file(path);
  if (!output) {
    throw std::runtime_error(fmt::format(
        "{} is missing. UPDATE_EXPECTED=1 makes it from what the program prints.", path.string()));
  }
  Expectation expectation;
  expectation.output = std::move(*output);
  expectation.times = load_times(folder, program);
  return expectation;
}

std::optional<ExpectedTimes> load_times(const std::filesystem::path& folder,
                                        const std::string& program) {
  const auto replay = folder / "replay.json";
  return parse_expectation({}, read_file(replay).value_or("{}"), program, replay.string()).times;
}

bool updating_expectations() {
  const char* update = std::getenv("UPDATE_EXPECTED");
  return update != nullptr && std::string_view(update) == "1";
}

}  // namespace workbook

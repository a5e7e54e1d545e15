// What every command of ./workbook works with.
#pragma once

#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "console.hpp"
#include "supervisor.hpp"

namespace workbook {

struct Context {
  std::filesystem::path checkout;
  std::filesystem::path build;  // the build folder of the preset `dev`
  Console& console;
  Supervisor& supervisor;

  std::filesystem::path lesson_program(const std::string& lesson,
                                       const std::string& program) const {
    return build / "lessons" / lesson / program;
  }
  // The simulated clock, to be loaded into a program.
  std::filesystem::path virtual_time() const {
    return build / "tools" / "clock" / "libvirtual_time.so";
  }
};

// For programs that we run on a pseudo-terminal: colours only where we would use them.
inline std::vector<EnvironmentChange> colours(const Console& console) {
  if (console.colours()) return {};
  return {{"NO_COLOR", "1"}, {"CLICOLOR", "0"}, {"TERM", "dumb"}};
}

// Something failed that the user can fix: what() is the sentence to show, the exit status is 1.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What went wrong, as a sentence.
inline std::string sentence_of(const std::exception& error) {
  const bool of_system = dynamic_cast<const std::system_error*>(&error) != nullptr;
  return error.what() + std::string(of_system ? "." : "");
}

}  // namespace workbook

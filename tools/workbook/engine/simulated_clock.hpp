// The simulated clock (tools/clock) for one run of a program, and its record.
#pragma once

#include <filesystem>
#include <vector>

#include "memory_file.hpp"
#include "start_process.hpp"

namespace workbook {

class SimulatedClock {
 public:
  // Throws std::system_error when `library` cannot be opened.
  explicit SimulatedClock(const std::filesystem::path& library)
      : library_(library), record_("trace") {}

  // With which the program has to be started.
  std::vector<EnvironmentChange> environment() const;
  const MemoryFile& record() const { return record_; }

 private:
  const OpenFile library_;
  const MemoryFile record_;
};

// The options of a library or sanitizer in our own environment, with one more.
EnvironmentChange added_option(const char* name, const std::string& option);

}  // namespace workbook

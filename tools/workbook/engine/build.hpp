// Builds targets in the build folder, one ./workbook at a time.
#pragma once

#include <asio/awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "context.hpp"

namespace workbook {

struct BuildResult {
  bool succeeded = false;
  bool worked = false;  // false: everything was up to date
  std::string said;     // what the compiler and ninja said, without the progress
};

// Brings `targets` up to date and shows the progress as "Building `what`". Throws Failure when the
// disk is full.
asio::awaitable<BuildResult> try_build(Context& context, std::string what,
                                       std::vector<std::string> targets);

// A program needs packages that are not installed. what() names them, and the line that installs
// them.
class PackagesMissing : public Failure {
 public:
  PackagesMissing(const std::string& sentences, std::string packages)
      : Failure(sentences), packages_(std::move(packages)) {}
  const std::string& packages() const {
    return packages_;
  }  // their names on Debian, with blanks between

 private:
  std::string packages_;
};

// Brings `targets` up to date and shows the progress as "Building `what`". The compiler's other
// messages are shown. Throws PackagesMissing, or Failure when something cannot be built for another
// reason.
asio::awaitable<void> build(Context& context, std::string what, std::vector<std::string> targets);

// The compiler that this build folder is made with, as ProgramRun has it.
std::string compiler_of_builds();

// The value of an entry in the build folder's CMakeCache.txt; empty without one.
std::string cache_entry(const Context& context, std::string_view name);

}  // namespace workbook

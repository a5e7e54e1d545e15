// Builds targets in the build folder, one ./workbook at a time.
#pragma once

#include <asio/awaitable.hpp>
#include <string>
#include <vector>

#include "context.hpp"

namespace workbook {

struct BuildResult {
  bool succeeded = false;
  bool worked = false;  // false: everything was up to date
  std::string said;     // what the compiler and ninja said, but for the progress
};

// Brings `targets` up to date and shows the progress as "Building `what`". Throws Failure when the
// disk is full.
asio::awaitable<BuildResult> try_build(Context& context, std::string what,
                                       std::vector<std::string> targets);

// Brings `targets` up to date and shows the progress as "Building `what`". What the compiler says
// besides is shown. Throws Failure when something cannot be built.
asio::awaitable<void> build(Context& context, std::string what, std::vector<std::string> targets);

// The value of an entry in the build folder's CMakeCache.txt; empty without one.
std::string cache_entry(const Context& context, std::string_view name);

}  // namespace workbook

// A private folder, deleted with everything in it when its user is done. (In a namespace: lesson 09
// has a class of this name.)
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace workbook {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name = "workbook") {
    std::string pattern = std::filesystem::temp_directory_path() / (name + ".XXXXXX");
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace workbook

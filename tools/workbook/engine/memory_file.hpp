// Files that children open by a path of ours: one in memory, and one that is there already.
#pragma once

#include <filesystem>
#include <string>

#include "descriptor.hpp"

namespace workbook {

// A file without a name: nothing is left behind, whatever happens. What is written is appended.
class MemoryFile {
 public:
  // Throws std::system_error, with a sentence.
  explicit MemoryFile(const char* name);

  int descriptor() const { return file_.get(); }
  // Under which a child can open it, too.
  std::string path() const;
  // In bytes.
  std::size_t size() const;
  std::string content() const { return content_from(0); }
  // What follows the first `begin` bytes.
  std::string content_from(std::size_t begin) const;

 private:
  const Descriptor file_;
};

// A file for a child to open under a path without blanks and colons, at which LD_PRELOAD is split.
class OpenFile {
 public:
  // Throws std::system_error, with a sentence.
  explicit OpenFile(const std::filesystem::path& path);
  std::string path() const;

 private:
  const Descriptor file_;
};

}  // namespace workbook

#include "memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace workbook {
namespace {

std::string path_for_children(int descriptor) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor);
}

}  // namespace

MemoryFile::MemoryFile(const char* name) : file_(::memfd_create(name, MFD_CLOEXEC)) {
  if (file_.get() < 0) {
    throw std::system_error(errno, std::generic_category(), "No memory file could be opened");
  }
  ::fcntl(file_.get(), F_SETFL, O_APPEND);
}

std::string MemoryFile::path() const {
  return path_for_children(file_.get());
}

std::size_t MemoryFile::size() const {
  struct stat status {};
  return ::fstat(file_.get(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

std::string MemoryFile::content_from(std::size_t begin) const {
  const std::size_t end = size();
  if (end <= begin) return {};
  std::string text(end - begin, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto part = ::pread(file_.get(), text.data() + done, text.size() - done,
                              static_cast<off_t>(begin + done));
    if (part <= 0) break;
    done += static_cast<std::size_t>(part);
  }
  text.resize(done);
  return text;
}

OpenFile::OpenFile(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_.get() < 0) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("{} could not be opened", path.string()));
  }
}

std::string OpenFile::path() const {
  return path_for_children(file_.get());
}

}  // namespace workbook

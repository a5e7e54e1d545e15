#include "files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace workbook {

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path temporary = path.string() + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (!file || error) {
    std::filesystem::remove(temporary, error);
    throw std::runtime_error(fmt::format("{} could not be written.", path.string()));
  }
}

void save_file(const std::filesystem::path& path, const std::string& text) {
  const auto fail = [&path](int error) {
    throw std::runtime_error(
        fmt::format("{} could not be saved: {}.", path.string(), std::strerror(error)));
  };
  // Two servers may save the same file: each has its own temporary file.
  const std::string temporary = fmt::format("{}.{}.new", path.string(), ::getpid());
  struct stat before {};
  const bool is_there = ::stat(path.c_str(), &before) == 0;
  const int file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file < 0) fail(errno);
  bool good = !is_there || ::fchmod(file, before.st_mode & 07777) == 0;
  for (std::string_view rest = text; good && !rest.empty();) {
    const ssize_t written = ::write(file, rest.data(), rest.size());
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    good = written > 0 || (written < 0 && errno == EINTR);
  }
  good = good && ::fsync(file) == 0;
  int error = errno;
  ::close(file);
  if (good && ::rename(temporary.c_str(), path.c_str()) != 0) {
    good = false;
    error = errno;
  }
  if (!good) {
    ::unlink(temporary.c_str());
    fail(error);
  }
  // The new name as well.
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

std::string fingerprint(std::string_view text) {
  std::uint64_t value = 14695981039346656037U;
  for (const char byte : text) value = (value ^ static_cast<unsigned char>(byte)) * 1099511628211U;
  return fmt::format("{:016x}", value);
}

}  // namespace workbook

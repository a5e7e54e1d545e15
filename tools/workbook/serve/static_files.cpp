#include "static_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../../lessons/23-web-api/words.hpp"

namespace workbook {
namespace {

class File {
 public:
  explicit File(int descriptor = -1) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

http::Response sentence(int status, std::string text) {
  http::Response response{status, std::move(text) + "\n", {}};
  response.headers["Content-Type"] = "text/plain; charset=utf-8";
  return response;
}

// "%20" is a blank. Nothing if an escape is malformed.
std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    char byte = text.front();
    std::size_t size = 1;
    if (byte == '%') {
      unsigned value = 0;
      size = 3;
      if (text.size() < size) return std::nullopt;
      const auto [end, error] = std::from_chars(text.data() + 1, text.data() + size, value, 16);
      if (error != std::errc{} || end != text.data() + size || value == 0) return std::nullopt;
      byte = static_cast<char>(value);
    }
    result += byte;
    text.remove_prefix(size);
  }
  return result;
}

// The names in a path, from the folder on; nothing if one of them is not a file name.
std::optional<std::vector<std::string>> names_of(std::string_view path) {
  std::vector<std::string> names;
  path.remove_prefix(1);
  while (!path.empty()) {
    const auto name = decoded(http::next_part(path, '/'));
    // (Hidden files, "." and ".." begin with a dot.)
    if (!name || name->empty() || name->front() == '.') return std::nullopt;
    if (name->find('/') != std::string::npos) return std::nullopt;
    names.push_back(*name);
  }
  return names;
}

// One name after the other, so that no link on the way is followed.
File open_in(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const std::string& name : names) {
    if (file.get() < 0) break;
    // (O_NONBLOCK, because opening a named pipe would block.)
    file = File(::openat(file.get(), name.c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  }
  return file;
}

std::optional<std::string> content_of(const File& file, std::size_t size) {
  std::string text(size, '\0');
  std::size_t read = 0;
  while (read < size) {
    const ssize_t more = ::read(file.get(), text.data() + read, size - read);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return std::nullopt;
    if (more == 0) break;
    read += static_cast<std::size_t>(more);
  }
  text.resize(read);
  return text;
}

std::string content_type(const std::string& name) {
  static const std::map<std::string, std::string> types{{".html", "text/html; charset=utf-8"},
                                                        {".css", "text/css; charset=utf-8"},
                                                        {".js", "text/javascript; charset=utf-8"},
                                                        {".mjs", "text/javascript; charset=utf-8"},
                                                        {".json", "application/json"},
                                                        {".map", "application/json"},
                                                        {".svg", "image/svg+xml"},
                                                        {".png", "image/png"},
                                                        {".ico", "image/x-icon"},
                                                        {".woff2", "font/woff2"},
                                                        {".xml", "application/xml"},
                                                        {".cpp", "text/plain; charset=utf-8"},
                                                        {".hpp", "text/plain; charset=utf-8"},
                                                        {".expected", "text/plain; charset=utf-8"},
                                                        {".md", "text/plain; charset=utf-8"},
                                                        {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(std::filesystem::path(name).extension().string());
  return found != types.end() ? found->second : "application/octet-stream";
}

}  // namespace

http::Response StaticFiles::answer(const http::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refusal = sentence(405, "The pages can only be read, with GET or HEAD.");
    refusal.headers["Allow"] = "GET, HEAD";
    return refusal;
  }
  const http::Response none = sentence(404, "There is no such page.");
  auto names = names_of(request.path);
  if (!names) return none;
  if (request.path.ends_with('/')) names->emplace_back("index.html");
  const File file = open_in(folder_, *names);
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return none;
  if (S_ISDIR(about.st_mode)) {
    http::Response elsewhere = sentence(308, "The path of a folder ends in /.");
    elsewhere.headers["Location"] = request.path + "/";
    return elsewhere;
  }
  if (!S_ISREG(about.st_mode)) return none;
  auto content = content_of(file, static_cast<std::size_t>(about.st_size));
  if (!content) return sentence(500, "The page cannot be read.");
  http::Response response{200, std::move(*content), {}};
  response.headers["Content-Type"] = content_type(names->back());
  return response;
}

}  // namespace workbook

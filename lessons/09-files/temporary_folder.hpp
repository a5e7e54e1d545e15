// A folder that is removed at the end: on success, on failure,
// and on Ctrl-C.
#pragma once

#include <fmt/core.h>
#include <stdlib.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

// One sentence: what could not be done, where, and why.
inline std::runtime_error failure(
    std::string_view what, const std::filesystem::path& where,
    std::error_code why) {
  return std::runtime_error(fmt::format("Could not {} {}: {}.",
                                        what, where.string(),
                                        why.message()));
}

// The error of the last system call.
inline std::error_code last_error() {
  return {errno, std::generic_category()};
}

// A signal handler may do next to nothing. Ours sets a flag,
// which `save` and `load` check before each file.
inline std::atomic<bool> interrupted = false;

inline void stop_if_interrupted() {
  if (interrupted) throw std::runtime_error("Interrupted.");
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    for (int signal : {SIGINT, SIGTERM}) {
      std::signal(signal, [](int) { interrupted = true; });
    }
    const char* chosen = std::getenv("TMPDIR");
    const std::string place = chosen ? chosen : "/tmp";
    std::string name = place + "/photos.XXXXXX";
    if (!mkdtemp(name.data())) {
      throw failure("make a folder in", place, last_error());
    }
    path_ = name;
  }

  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    if (error) {
      fmt::print(stderr, "{}\n",
                 failure("remove", path_, error).what());
    }
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path photo(int number) const {
    return path_ / fmt::format("photo-{:03}", number);
  }

 private:
  std::filesystem::path path_;
};

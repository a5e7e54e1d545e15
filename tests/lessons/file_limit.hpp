// Reaches the limit of open files.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

// No more than this many descriptors, from now on.
class FileLimit {
 public:
  explicit FileLimit(int more) {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    REQUIRE(next != -1);
    close(next);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(next + more);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// Another program as our child. Look at how we learn that it
// could not be started.
#pragma once

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../26-redis/child.hpp"

struct Program {
  std::vector<std::string> command;
  int output = STDOUT_FILENO;  // a descriptor of ours
  int if_we_die = SIGKILL;     // a signal
};

inline std::vector<char*> pointers(
    std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// Closed with its object, unless that was done before.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { shut(); }

  int get() const { return number_; }
  void shut() {
    if (number_ != -1) close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

// Throws if there is no such program, or it cannot be started.
inline Child start_program(Program program) {
  const auto words = pointers(program.command);
  const auto fail = [&](int error) {
    throw std::system_error(
        error, std::generic_category(),
        program.command[0] + " cannot be started");
  };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail(errno);
  Descriptor failure(ends[0]);
  Descriptor tell_failure(ends[1]);
  const auto become = [&] {
    // It must not hold our sockets open.
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    const int input = open("/dev/null", O_RDONLY);
    if (dup2(input, STDIN_FILENO) != -1 &&
        dup2(program.output, STDOUT_FILENO) != -1) {
      execvp(words[0], words.data());
    }
    const int error = errno;
    [[maybe_unused]] const auto told =
        write(ends[1], &error, sizeof error);
    _exit(127);
  };
  Child child(become, program.if_we_die);
  tell_failure.shut();
  // A successful exec closes the pipe: there is nothing to read.
  int error = 0;
  ssize_t size = 0;
  do {
    size = read(failure.get(), &error, sizeof error);
  } while (size == -1 && errno == EINTR);
  if (size > 0) fail(error);
  return child;
}

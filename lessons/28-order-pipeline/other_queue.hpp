// The pipeline with a broker is a separate program, built if the
// broker's library is there: `async_rabbitmq` and others. For
// `--queue` this process becomes that program.
#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>

// Does not return.
[[noreturn]] inline void run_other(const std::string& queue,
                                   char* argv[]) {
  static const std::map<std::string, std::string> packages{
      {"rabbitmq", "librabbitmq-dev rabbitmq-server"},
      {"redis", "libhiredis-dev redis-server"},
      {"kafka", "librdkafka-dev"}};
  const auto found = packages.find(queue);
  if (found == packages.end()) {
    throw std::runtime_error(
        "--queue must be memory, rabbitmq, redis or kafka");
  }
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe")
          .replace_filename("async_" + queue);
  execv(program.c_str(), argv);
  if (errno != ENOENT) {
    throw std::system_error(errno, std::generic_category(),
                            program.string());
  }
  throw std::runtime_error(fmt::format(
      "{} is not built, because its library is missing: "
      "sudo apt-get install {}",
      program.filename().string(), found->second));
}

// What a broker of our own needs: a folder, ports, and a log of
// what it says. Look at what is left behind.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "program.hpp"

// Is deleted with everything in it.
class PrivateFolder {
 public:
  explicit PrivateFolder(const std::string& name) {
    const auto parent = std::filesystem::temp_directory_path();
    std::string path = (parent / (name + "-XXXXXX")).string();
    if (mkdtemp(path.data()) == nullptr) {
      throw std::system_error(
          errno, std::generic_category(),
          "No folder can be made in " + parent.string());
    }
    path_ = path;
  }
  ~PrivateFolder() {
    std::error_code error;  // there is nothing to do about it
    std::filesystem::remove_all(path_, error);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A port of loopback that nobody listens at. It is none of
// those that the system gives to outgoing connections: nobody
// gets it by accident while the engine is being restarted.
inline unsigned short free_port() {
  asio::io_context context;
  // Apart from those of the next process.
  static int port = 10'000 + getpid() % 2'200 * 10;
  for (; port < 32'768; ++port) {
    asio::ip::tcp::acceptor acceptor(context,
                                     asio::ip::tcp::v4());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    asio::error_code taken;
    acceptor.bind({asio::ip::address_v4::loopback(),
                   static_cast<unsigned short>(port)},
                  taken);
    if (!taken) acceptor.listen(1, taken);
    if (!taken) return static_cast<unsigned short>(port++);
  }
  throw std::runtime_error("There is no free port");
}

// What the engine prints is in the file "log" of its folder.
inline Child start_engine(std::vector<std::string> command,
                          std::vector<std::string> environment,
                          const std::filesystem::path& folder) {
  const auto file = folder / "log";
  const Descriptor log(
      open(file.c_str(),
           O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600));
  if (log.get() == -1) {
    throw std::system_error(errno, std::generic_category(),
                            file.string());
  }
  Program engine{std::move(command), std::move(environment),
                 folder};
  engine.output = log.get();
  engine.errors = log.get();
  return start_program(std::move(engine));
}

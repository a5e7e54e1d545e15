// What a private server needs: a folder, ports, and a log of its output. Nothing of it is left
// behind.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "child_process.hpp"
#include "descriptor.hpp"

namespace servers {

using workbook::ChildProcess;
using workbook::EnvironmentChange;

// Is deleted with everything in it.
class PrivateFolder {
 public:
  explicit PrivateFolder(const std::string& name) {
    const auto parent = std::filesystem::temp_directory_path();
    std::string path = (parent / (name + "-XXXXXX")).string();
    if (mkdtemp(path.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              "No folder can be created in " + parent.string());
    }
    path_ = path;
  }
  ~PrivateFolder() {
    std::error_code error;  // nothing can be done about it
    std::filesystem::remove_all(path_, error);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A port of loopback on which no program listens. It is not one of those that the system gives to
// outgoing connections: no program gets it by accident while the engine is being restarted.
inline unsigned short free_port() {
  asio::io_context context;
  static int port = 10'000 + getpid() % 2'200 * 10;  // different from those of the next process
  for (; port < 32'768; ++port) {
    asio::ip::tcp::acceptor acceptor(context, asio::ip::tcp::v4());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    const auto number = static_cast<unsigned short>(port);
    asio::error_code taken;
    acceptor.bind({asio::ip::address_v4::loopback(), number}, taken);
    if (!taken) acceptor.listen(1, taken);
    if (taken) continue;
    ++port;
    return number;
  }
  throw std::runtime_error("There is no free port");
}

// The program that does the work: the broker, the database. Its output goes to the file "log" in
// its folder. It dies with us, whatever the cause.
inline std::unique_ptr<ChildProcess> start_engine(asio::any_io_executor executor,
                                                  const std::vector<std::string>& command,
                                                  const std::vector<EnvironmentChange>& environment,
                                                  const std::filesystem::path& folder) {
  const auto file = folder / "log";
  const workbook::Descriptor log(
      open(file.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600));
  if (log.get() == -1) throw std::system_error(errno, std::generic_category(), file.string());
  workbook::ProcessOptions options;
  options.output = workbook::Output::to(log.get());
  options.errors = workbook::Output::to(log.get());
  options.environment = environment;
  options.folder = folder;
  options.limits.core_files = false;
  return std::make_unique<ChildProcess>(executor, command, options);
}

// What it has printed, in the same folder.
inline std::string log_in(const std::filesystem::path& folder) {
  std::ifstream file(folder / "log");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs the program that creates the files of the engine `name`. Throws an exception with its output
// if it fails.
inline asio::awaitable<void> create_files(std::string name, std::vector<std::string> command,
                                          std::vector<EnvironmentChange> environment,
                                          std::filesystem::path folder) {
  const auto setup = start_engine(co_await asio::this_coro::executor, command, environment, folder);
  const auto end = co_await setup->wait();
  if (!end.succeeded()) {
    throw std::runtime_error(name + "'s folder could not be created. It said:\n" + log_in(folder));
  }
}

}  // namespace servers

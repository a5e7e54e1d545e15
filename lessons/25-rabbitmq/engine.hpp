// Another program as our child, in a folder of its own. Look at
// how many ways to end there are, and what is left behind.
#pragma once

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <asio.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

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

class Engine {
 public:
  // `environment`: "NAME=value", before our own. What it prints
  // is in the file "log" of the folder. The thread that starts
  // it must live as long: the system takes its end for ours.
  Engine(asio::any_io_executor executor,
         std::vector<std::string> command,
         std::vector<std::string> environment,
         const std::filesystem::path& folder)
      : ended_(executor), log_(folder / "log") {
    for (char** own = environ; *own != nullptr; ++own) {
      if (!sets(environment, *own)) environment.push_back(*own);
    }
    const auto arguments = pointers(command);
    const auto variables = pointers(environment);
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) fail("pipe2", errno);
    const pid_t parent = getpid();
    id_ = fork();
    if (id_ == 0) {
      setsid();  // Ctrl-C is for us, and we end it
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // if we are killed
      if (getppid() != parent) _exit(1);
      // It must not hold our sockets open.
      close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, nullptr);
      const int log =
          open(log_.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0600);
      dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
      dup2(log, STDOUT_FILENO);
      dup2(log, STDERR_FILENO);
      if (chdir(folder.c_str()) == 0) {
        environ = const_cast<char**>(variables.data());
        execvp(arguments[0], arguments.data());
      }
      const int error = errno;
      [[maybe_unused]] const auto told =
          write(failure[1], &error, sizeof error);
      _exit(1);
    }
    close(failure[1]);
    int error = 0;
    const bool failed =
        read(failure[0], &error, sizeof error) > 0;
    close(failure[0]);
    if (id_ < 0) fail("fork", errno);
    if (failed) {
      waitpid(id_, nullptr, 0);
      fail(command[0], error);
    }
    ended_.assign(
        static_cast<int>(syscall(SYS_pidfd_open, id_, 0)));
  }
  ~Engine() { end(); }
  Engine(const Engine&) = delete;

  pid_t id() const { return id_; }
  void send(int signal) { ::kill(id_, signal); }

  // Its descriptor is ready to read when the process has ended.
  // (A loop may wake us for what had its number before.)
  asio::awaitable<void> wait_until_ended() {
    pollfd ended{ended_.native_handle(), POLLIN, 0};
    while (poll(&ended, 1, 0) != 1) {
      co_await ended_.async_wait(
          asio::posix::stream_descriptor::wait_read,
          asio::use_awaitable);
    }
  }

  // Blocks until it has ended. What does not end when asked to
  // is killed.
  void end(int signal = SIGTERM) {
    if (id_ == 0) return;
    send(SIGCONT);  // it may have been stopped
    send(signal);
    pollfd ended{ended_.native_handle(), POLLIN, 0};
    if (poll(&ended, 1, 8000) != 1) send(SIGKILL);
    waitpid(id_, nullptr, 0);
    id_ = 0;
  }

 private:
  // (Of two with one name a shell takes the last, and others
  // the first.)
  static bool sets(const std::vector<std::string>& environment,
                   std::string_view variable) {
    const auto name = variable.substr(0, variable.find('=') + 1);
    return std::any_of(environment.begin(), environment.end(),
                       [&](const std::string& other) {
                         return other.starts_with(name);
                       });
  }

  static std::vector<char*> pointers(
      std::vector<std::string>& words) {
    std::vector<char*> all;
    for (std::string& word : words) all.push_back(word.data());
    all.push_back(nullptr);
    return all;
  }

  [[noreturn]] static void fail(const std::string& what,
                                int error) {
    throw std::system_error(error, std::generic_category(),
                            what + " cannot be started");
  }

  pid_t id_ = 0;
  asio::posix::stream_descriptor ended_;  // a pidfd
  std::filesystem::path log_;
};

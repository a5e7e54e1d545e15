// One child process on Asio: started without a shell, awaited, and never left behind.
#pragma once

#include <sys/types.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "process_end.hpp"
#include "start_process.hpp"

namespace workbook {

// The child leads its own session, so a Ctrl-C on our terminal reaches us alone, and every process
// that the child starts can be found again. It dies when the thread that started it dies.
class ChildProcess {
 public:
  // Starts command[0] (looked up on PATH) with the arguments that follow. Throws std::system_error,
  // with a sentence, when it cannot be started; then there is no child.
  ChildProcess(asio::any_io_executor executor, const std::vector<std::string>& command,
               const ProcessOptions& options = {});
  // Ends and reaps all processes of the session that are still running. Blocks for at most the
  // grace.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }

  // Our side of the pseudo-terminal, for typing; closed when the child has none.
  asio::posix::stream_descriptor& terminal() { return terminal_; }

  // Some of the text printed on the pseudo-terminal, as it comes; 0 bytes once all users have
  // closed it and everything is read. Throws asio::system_error when cancelled.
  asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer);

  using OnOutput = std::function<void(std::string_view)>;

  // Hands on everything that is printed on the pseudo-terminal, to the end: until all users have
  // closed it, or until some time after the end of the child, because a process that it left
  // running may hold the terminal open forever. Throws what on_output throws.
  asio::awaitable<void> read_all(OnOutput on_output);

  // Waits for the end of the child, then kills the processes that it left running in its group. May
  // be called again. A cancelled wait leaves the child running.
  asio::awaitable<ProcessEnd> wait();

  // Does it have a handler for the signal?
  bool catches(int signal) const;

  // Sends a signal to the child's whole group, unless it has ended.
  void send(int signal);

  // Asks the whole session to end, waits for that, and kills the remaining processes after `grace`.
  asio::awaitable<void> ask_to_end(int signal, std::chrono::milliseconds grace);

  // Ends the whole session now: `signal`, then SIGKILL to the remaining processes after `grace`.
  // Blocks.
  void end(int signal, std::chrono::milliseconds grace);

 private:
  bool try_reap();

  pid_t id_ = -1;
  std::chrono::milliseconds grace_;
  std::optional<ProcessEnd> end_;
  asio::posix::stream_descriptor terminal_;
  asio::posix::stream_descriptor exit_;          // a pidfd: readable once the child has ended
  std::optional<asio::signal_set> child_ended_;  // where the kernel has no pidfd
};

}  // namespace workbook

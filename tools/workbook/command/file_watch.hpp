// Watches one file that may be created, changed and deleted, as may its folder.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace workbook {

class FileWatch {
 public:
  // With `poll` the file is read repeatedly from the start; otherwise it is read when the system
  // reports an event, for as long as the system can do that.
  FileWatch(asio::any_io_executor executor, std::filesystem::path file, bool poll);

  // Why the file is read repeatedly, as a clause; empty while the system reports its events.
  const std::string& why_polling() const { return why_polling_; }

  // The content of the file when it was last read; nothing if it could not be read.
  const std::optional<std::string>& content() const { return content_; }

  // Waits until the content is a different one. A cancelled wait loses nothing.
  asio::awaitable<void> changed();

 private:
  void listen();
  asio::awaitable<void> something_happened();
  asio::awaitable<void> sleep(std::chrono::milliseconds duration);

  std::filesystem::path file_;
  std::optional<std::string> content_;
  std::string why_polling_;
  asio::posix::stream_descriptor events_;  // of inotify
  asio::steady_timer timer_;
};

}  // namespace workbook

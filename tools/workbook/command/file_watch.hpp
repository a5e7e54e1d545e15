// One file that comes, changes and goes, and whose folder may do so, too.
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
  // With `poll` from the first the file is read again and again; else when the system tells that
  // something happened to it, as long as it does.
  FileWatch(asio::any_io_executor executor, std::filesystem::path file, bool poll);

  // Why it is read again and again, as a clause; empty while the system tells.
  const std::string& why_polling() const { return why_polling_; }

  // What the file held when it was last looked at; nothing when it could not be read.
  const std::optional<std::string>& content() const { return content_; }

  // Waits until it holds something else. A cancelled wait loses nothing.
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

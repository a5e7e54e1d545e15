#include "file_watch.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "files.hpp"

namespace workbook {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto polling_interval = 100ms;  // learners read "ten times a second"

// Editors write in several steps: a content that is read twice at this interval is what they saved.
constexpr auto settling_time = 20ms;
constexpr int settling_rounds = 3;

// File systems that report only changes made through this kernel, or none at all. Those of other
// machines, of a virtual machine's host, and of Windows below WSL are among them.
bool tells_of_changes(const fs::path& folder) {
  constexpr unsigned long silent[] = {
      NFS_SUPER_MAGIC, V9FS_MAGIC, FUSE_SUPER_MAGIC, PROC_SUPER_MAGIC, SMB_SUPER_MAGIC,
      0xFF534D42,  // CIFS
      0xFE534D42,  // SMB 2 and later
      0x786F4256,  // VirtualBox
  };
  struct statfs status;
  if (::statfs(folder.c_str(), &status) != 0) return true;
  const auto type = static_cast<unsigned long>(status.f_type) & 0xFFFFFFFF;
  return std::ranges::find(silent, type) == std::end(silent);
}

}  // namespace

FileWatch::FileWatch(asio::any_io_executor executor, fs::path file, bool poll)
    : file_(std::move(file)), content_(read_file(file_)), events_(executor), timer_(executor) {
  if (poll) {
    why_polling_ = "as --poll asks for";
  } else if (!tells_of_changes(file_.parent_path())) {
    why_polling_ = "because its file system does not report all changes";
  } else if (const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); descriptor >= 0) {
    std::error_code error;
    events_.assign(descriptor, error);
    if (error) {
      ::close(descriptor);
      throw std::system_error(error, "Changes to a file cannot be watched");
    }
    listen();
  } else {
    why_polling_ = fmt::format("because inotify is not available: {}", ::strerror(errno));
  }
}

// Called again before every look: a new folder has to be watched, and adding a known one changes
// nothing.
void FileWatch::listen() {
  constexpr std::uint32_t events = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                   IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;
  std::error_code error;
  const fs::path target = fs::canonical(file_, error);  // behind a link
  const fs::path folder = file_.parent_path();
  for (const fs::path& place : {folder.parent_path(), folder, target.parent_path()}) {
    if (place.empty()) continue;
    if (::inotify_add_watch(events_.native_handle(), place.c_str(), events) >= 0) continue;
    if (errno == ENOENT || errno == ENOTDIR) continue;
    why_polling_ = fmt::format("because {} cannot be watched by inotify: {}", place.string(),
                               ::strerror(errno));
    events_.close();
    return;
  }
}

asio::awaitable<void> FileWatch::changed() {
  while (true) {
    if (events_.is_open()) listen();
    auto now = read_file(file_);
    for (int round = 0; now != content_ && round < settling_rounds; ++round) {
      co_await sleep(settling_time);
      auto later = read_file(file_);
      if (std::exchange(now, std::move(later)) == now) break;
    }
    if (now != content_) {
      content_ = std::move(now);
      co_return;
    }
    co_await something_happened();
  }
}

// The kind of event does not matter: the file is read in any case.
asio::awaitable<void> FileWatch::something_happened() {
  if (!events_.is_open()) {
    co_await sleep(polling_interval);
    co_return;
  }
  co_await events_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  std::array<char, 4096> buffer;
  while (::read(events_.native_handle(), buffer.data(), buffer.size()) > 0) {
  }
}

asio::awaitable<void> FileWatch::sleep(std::chrono::milliseconds duration) {
  timer_.expires_after(duration);
  co_await timer_.async_wait(asio::use_awaitable);
}

}  // namespace workbook

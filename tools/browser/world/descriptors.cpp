// Descriptors in a page: standard input is empty, standard output and errors are the host's, and
// pipes are kept in memory. What to look for: select(), in which Asio waits.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wasi/api.h>

#include <deque>
#include <map>
#include <memory>

#include "../../clock/clock.hpp"
#include "../../clock/record.hpp"
#include "refused.hpp"
#include "wait.hpp"

namespace virtual_time {
namespace {

struct Pipe {
  std::deque<char> bytes;
  bool has_reader = true;
  bool has_writer = true;
};

// An end of a pipe. (The ends of a pipe have numbers that a program has not seen: 4 and 5 at
// first.)
struct End {
  std::shared_ptr<Pipe> pipe;
  bool writes = false;
  bool blocks = true;
};

std::map<int, End>& ends() {
  static std::map<int, End> all;
  return all;
}

End* end_of(int descriptor) {
  const auto found = ends().find(descriptor);
  return found == ends().end() ? nullptr : &found->second;
}

int free_descriptor() {
  int descriptor = 4;
  while (end_of(descriptor)) ++descriptor;
  return descriptor;
}

int fail(int error) {
  errno = error;
  return -1;
}

bool is_readable(int descriptor) {
  const End* end = end_of(descriptor);
  if (!end) return descriptor == 0;  // it is at its end at once
  return !end->writes && (!end->pipe->bytes.empty() || !end->pipe->has_writer);
}

bool is_writable(int descriptor) {
  const End* end = end_of(descriptor);
  return end ? end->writes : descriptor == 1 || descriptor == 2;
}

ssize_t read_pipe(End& end, char* data, size_t size) {
  if (end.writes) return fail(EBADF);
  Pipe& pipe = *end.pipe;
  if (pipe.bytes.empty()) {
    if (!pipe.has_writer) return 0;
    if (end.blocks) end_stuck();  // no other thread could write
    return fail(EAGAIN);
  }
  size_t count = 0;
  for (; count < size && !pipe.bytes.empty(); ++count) {
    data[count] = pipe.bytes.front();
    pipe.bytes.pop_front();
  }
  return static_cast<ssize_t>(count);
}

ssize_t write_pipe(End& end, const char* data, size_t size) {
  if (!end.writes) return fail(EBADF);
  if (!end.pipe->has_reader) return fail(EPIPE);
  end.pipe->bytes.insert(end.pipe->bytes.end(), data, data + size);
  return static_cast<ssize_t>(size);
}

// Waits until `ready()` is not 0 or the deadline has come, and returns its result.
template <class Ready>
int wait_for(long long deadline, Ready ready) {
  for (bool first = true;; first = false) {
    const bool late = deadline <= now;
    const int count = ready();
    if (count != 0) return count;
    if (late) {
      // A caller that does not wait only looks, and may do so until something happens.
      if (first) glance();
      return 0;
    }
    wait_until(deadline);
  }
}

}  // namespace
}  // namespace virtual_time

using namespace virtual_time;

extern "C" {

int pipe(int descriptors[2]) {
  const auto made = std::make_shared<Pipe>();
  descriptors[0] = free_descriptor();
  ends()[descriptors[0]] = {made, false};
  descriptors[1] = free_descriptor();
  ends()[descriptors[1]] = {made, true};
  return 0;
}

ssize_t read(int descriptor, void* data, size_t size) {
  if (End* end = end_of(descriptor)) return read_pipe(*end, static_cast<char*>(data), size);
  const __wasi_iovec_t part{static_cast<uint8_t*>(data), size};
  __wasi_size_t count = 0;
  const __wasi_errno_t error = __wasi_fd_read(descriptor, &part, 1, &count);
  return error ? fail(error) : static_cast<ssize_t>(count);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  if (End* end = end_of(descriptor)) {
    ssize_t written = 0;
    for (int i = 0; i < count; ++i) {
      const ssize_t more =
          write_pipe(*end, static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
      if (more < 0) return more;
      written += more;
    }
    return written;
  }
  __wasi_size_t written = 0;
  const __wasi_errno_t error =
      __wasi_fd_write(descriptor, reinterpret_cast<const __wasi_ciovec_t*>(parts), count, &written);
  if (error == EFBIG) end_process(1);  // the host takes no more
  return error ? fail(error) : static_cast<ssize_t>(written);
}

ssize_t write(int descriptor, const void* data, size_t size) {
  const iovec part{const_cast<void*>(data), size};
  return writev(descriptor, &part, 1);
}

int close(int descriptor) {
  End* end = end_of(descriptor);
  if (!end) return descriptor <= 2 ? 0 : fail(EBADF);
  (end->writes ? end->pipe->has_writer : end->pipe->has_reader) = false;
  ends().erase(descriptor);
  return 0;
}

int dup(int) {
  refuse_in_page("dup (a second name of a descriptor)");
}

int fcntl(int descriptor, int command, ...) {
  End* end = end_of(descriptor);
  va_list list;
  va_start(list, command);
  if (end && command == F_SETFL) end->blocks = !(va_arg(list, int) & O_NONBLOCK);
  va_end(list);
  return command == F_GETFL && end && !end->blocks ? O_NONBLOCK : 0;
}

int ioctl(int descriptor, int request, ...) {
  End* end = end_of(descriptor);
  va_list list;
  va_start(list, request);
  if (end && request == FIONBIO) end->blocks = !*va_arg(list, int*);
  va_end(list);
  return 0;
}

int pselect(int count, fd_set* __restrict read, fd_set* __restrict write, fd_set* __restrict except,
            const timespec* __restrict timeout, const sigset_t*) {
  fd_set readable;
  fd_set writable;
  bool watches = false;
  const long long deadline = timeout ? in(to_ns(*timeout)) : never;
  const auto look_at_all = [&] {
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    int ready = 0;
    for (int descriptor = 0; descriptor < count; ++descriptor) {
      const bool reads = read && FD_ISSET(descriptor, read);
      const bool writes = write && FD_ISSET(descriptor, write);
      watches = watches || reads || writes;
      if (reads && is_readable(descriptor)) {
        FD_SET(descriptor, &readable);
        ++ready;
      }
      if (writes && is_writable(descriptor)) {
        FD_SET(descriptor, &writable);
        ++ready;
      }
    }
    return ready;
  };
  look_at_all();
  if (!watches && timeout) record_sleep(deadline);  // as Asio's timer.wait() does
  const int ready = wait_for(deadline, look_at_all);
  if (read) *read = readable;
  if (write) *write = writable;
  if (except) FD_ZERO(except);
  return ready;
}

int select(int count, fd_set* __restrict read, fd_set* __restrict write, fd_set* __restrict except,
           timeval* __restrict timeout) {
  if (!timeout) return pselect(count, read, write, except, nullptr, nullptr);
  const timespec duration{timeout->tv_sec, static_cast<long>(timeout->tv_usec * 1000)};
  return pselect(count, read, write, except, &duration, nullptr);
}

int poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  const long long deadline = timeout_ms < 0 ? never : in(timeout_ms * (second / 1000));
  if (count == 0 && timeout_ms >= 0) record_sleep(deadline);  // nothing but time can end it
  return wait_for(deadline, [&] {
    int ready = 0;
    for (nfds_t i = 0; i < count; ++i) {
      pollfd& each = descriptors[i];
      each.revents = 0;
      if ((each.events & POLLIN) && is_readable(each.fd)) each.revents |= POLLIN;
      if ((each.events & POLLOUT) && is_writable(each.fd)) each.revents |= POLLOUT;
      if (each.revents) ++ready;
    }
    return ready;
  });
}

}  // extern "C"

// Wrappers for the functions of the C library that ask the kernel
// to wait, to receive or to send. A program's own function takes
// precedence over a library's, so Asio calls these. (Include this
// in only one source file of a program: the functions are not
// inline.)
#pragma once

#include <dlfcn.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

#include "count_calls.hpp"

// Counts a call, and makes it: calls the library's function.
template <typename Result, typename... Arguments>
Result counted(const char* name, Arguments... arguments) {
  count(name);
  using Function = Result(Arguments...);
  const auto original =
      reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
  return original(arguments...);
}

extern "C" {

int epoll_wait(int epoll, epoll_event* events, int room,
               int time) {
  return counted<int>("epoll_wait", epoll, events, room, time);
}

int select(int end, fd_set* to_read, fd_set* to_write,
           fd_set* rest, timeval* time) {
  return counted<int>("select", end, to_read, to_write, rest,
                      time);
}

int poll(pollfd* wanted, nfds_t size, int time) {
  return counted<int>("poll", wanted, size, time);
}

ssize_t recv(int socket, void* room, std::size_t size,
             int flags) {
  return counted<ssize_t>("recv", socket, room, size, flags);
}

ssize_t recvmsg(int socket, msghdr* rooms, int flags) {
  return counted<ssize_t>("recvmsg", socket, rooms, flags);
}

ssize_t send(int socket, const void* text, std::size_t size,
             int flags) {
  return counted<ssize_t>("send", socket, text, size, flags);
}

ssize_t sendmsg(int socket, const msghdr* texts, int flags) {
  return counted<ssize_t>("sendmsg", socket, texts, flags);
}

ssize_t read(int descriptor, void* room, std::size_t size) {
  return counted<ssize_t>("read", descriptor, room, size);
}

ssize_t write(int descriptor, const void* text,
              std::size_t size) {
  return counted<ssize_t>("write", descriptor, text, size);
}

}  // extern "C"

#if defined(ASIO_HAS_IO_URING)
#include "wrap_uring.hpp"
#endif

// Wrappers for the functions of the C library that ask the
// kernel to wait, to receive or to send. A program's own function
// goes before a library's, so Asio calls these. (They must be in
// one source file of a program, as functions that are not
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

// Counts, and returns the library's function of that name.
template <typename Function>
Function* counted(const char* name) {
  count(name);
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

extern "C" {

int epoll_wait(int epoll, epoll_event* events, int room,
               int time) {
  return counted<decltype(epoll_wait)>("epoll_wait")(
      epoll, events, room, time);
}

int select(int end, fd_set* to_read, fd_set* to_write,
           fd_set* rest, timeval* time) {
  return counted<decltype(select)>("select")(
      end, to_read, to_write, rest, time);
}

int poll(pollfd* wanted, nfds_t size, int time) {
  return counted<decltype(poll)>("poll")(wanted, size, time);
}

ssize_t recv(int socket, void* room, std::size_t size,
             int flags) {
  return counted<decltype(recv)>("recv")(socket, room, size,
                                         flags);
}

ssize_t recvmsg(int socket, msghdr* rooms, int flags) {
  return counted<decltype(recvmsg)>("recvmsg")(socket, rooms,
                                               flags);
}

ssize_t send(int socket, const void* text, std::size_t size,
             int flags) {
  return counted<decltype(send)>("send")(socket, text, size,
                                         flags);
}

ssize_t sendmsg(int socket, const msghdr* texts, int flags) {
  return counted<decltype(sendmsg)>("sendmsg")(socket, texts,
                                               flags);
}

ssize_t read(int descriptor, void* room, std::size_t size) {
  return counted<decltype(read)>("read")(descriptor, room, size);
}

ssize_t write(int descriptor, const void* text,
              std::size_t size) {
  return counted<decltype(write)>("write")(descriptor, text,
                                           size);
}

}  // extern "C"

#if defined(ASIO_HAS_IO_URING)
#include "wrap_uring.hpp"
#endif

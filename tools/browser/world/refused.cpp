// Functions that no page can provide. A program that calls one is ended, with the function's name.
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../clock/record.hpp"

using virtual_time::refuse;

namespace {

[[noreturn]] void refuse_network() {
  refuse("a socket (the network) in a page");
}

}  // namespace

extern "C" {

int socket(int, int, int) {
  refuse_network();
}
int socketpair(int, int, int, int[2]) {
  refuse_network();
}
int bind(int, const sockaddr*, socklen_t) {
  refuse_network();
}
int listen(int, int) {
  refuse_network();
}
int accept(int, sockaddr* __restrict, socklen_t* __restrict) {
  refuse_network();
}
int connect(int, const sockaddr*, socklen_t) {
  refuse_network();
}
int shutdown(int, int) {
  refuse_network();
}
int getsockname(int, sockaddr* __restrict, socklen_t* __restrict) {
  refuse_network();
}
int getpeername(int, sockaddr* __restrict, socklen_t* __restrict) {
  refuse_network();
}
int getsockopt(int, int, int, void* __restrict, socklen_t* __restrict) {
  refuse_network();
}
int setsockopt(int, int, int, const void*, socklen_t) {
  refuse_network();
}
int sockatmark(int) {
  refuse_network();
}
ssize_t send(int, const void*, size_t, int) {
  refuse_network();
}
ssize_t sendto(int, const void*, size_t, int, const sockaddr*, socklen_t) {
  refuse_network();
}
ssize_t sendmsg(int, const msghdr*, int) {
  refuse_network();
}
ssize_t recv(int, void*, size_t, int) {
  refuse_network();
}
ssize_t recvfrom(int, void* __restrict, size_t, int, sockaddr* __restrict, socklen_t* __restrict) {
  refuse_network();
}
ssize_t recvmsg(int, msghdr*, int) {
  refuse_network();
}

int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  refuse("getaddrinfo (a look-up of a machine's name) in a page");
}
void freeaddrinfo(addrinfo*) {}
int getnameinfo(const sockaddr*, socklen_t, char*, socklen_t, char*, socklen_t, int) {
  refuse("getnameinfo (a look-up of a machine's name) in a page");
}
const char* gai_strerror(int) {
  return "there is no network in a page";
}
unsigned if_nametoindex(const char*) {
  return 0;
}
char* if_indextoname(unsigned, char*) {
  return nullptr;
}

pid_t fork() {
  refuse("fork (another process) in a page");
}

}  // extern "C"

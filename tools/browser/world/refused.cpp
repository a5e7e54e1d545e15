// Functions that no page can provide. A program that calls one is ended, with the function's name.
#include "refused.hpp"

#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "../../clock/record.hpp"

namespace virtual_time {

void refuse_in_page(const char* what) {
  refuse((std::string(what) + " in a page").c_str());
}

}  // namespace virtual_time

using virtual_time::refuse_in_page;

namespace {

[[noreturn]] void refuse_network() {
  refuse_in_page("a socket (the network)");
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
  refuse_in_page("getaddrinfo (a look-up of a machine's name)");
}
void freeaddrinfo(addrinfo*) {}
int getnameinfo(const sockaddr*, socklen_t, char*, socklen_t, char*, socklen_t, int) {
  refuse_in_page("getnameinfo (a look-up of a machine's name)");
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
  refuse_in_page("fork (another process)");
}

}  // extern "C"

// Sockets in simulated time: a program may talk to itself over loopback, and to no other program,
// because others live in real time. What to look for: connecting and sending are allowed to an
// address that this program has bound, and refused by name otherwise.
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <atomic>

#include "clock.hpp"
#include "record.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

// The addresses that this program has bound: ports (of any loopback address) and socket files.
struct BoundAddress {
  sa_family_t family;
  in_port_t port;
  char path[sizeof(sockaddr_un::sun_path)];
};
BoundAddress bound[256];
std::atomic<int> bound_count{0};

BoundAddress describe(const sockaddr* address, socklen_t size) {
  BoundAddress result{};
  if (!address || size < sizeof(sa_family_t)) return result;
  result.family = address->sa_family;
  if (address->sa_family == AF_INET) {
    result.port = reinterpret_cast<const sockaddr_in*>(address)->sin_port;
  } else if (address->sa_family == AF_INET6) {
    result.port = reinterpret_cast<const sockaddr_in6*>(address)->sin6_port;
  } else if (address->sa_family == AF_UNIX && size > offsetof(sockaddr_un, sun_path)) {
    memcpy(result.path, reinterpret_cast<const sockaddr_un*>(address)->sun_path,
           size - offsetof(sockaddr_un, sun_path));
  }
  return result;
}

bool is_ours(const sockaddr* address, socklen_t size) {
  const BoundAddress wanted = describe(address, size);
  for (int i = 0; i < bound_count; ++i) {
    const bool same_kind = (bound[i].family == AF_UNIX) == (wanted.family == AF_UNIX);
    if (same_kind && bound[i].port == wanted.port &&
        memcmp(bound[i].path, wanted.path, sizeof wanted.path) == 0) {
      return true;
    }
  }
  return false;
}

void remember_address_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* pointer = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(fd, pointer, &size) != 0 || is_ours(pointer, size)) return;
  if (bound_count == sizeof bound / sizeof *bound) refuse("more than 256 bound sockets");
  bound[bound_count] = describe(pointer, size);
  ++bound_count;
}

bool is_loopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const in_addr_t ip = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    return ip >> 24 == 127 || ip == INADDR_ANY;
  }
  if (address->sa_family == AF_INET6) {
    const in6_addr& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&ip) || IN6_IS_ADDR_UNSPECIFIED(&ip) ||
           (IN6_IS_ADDR_V4MAPPED(&ip) && ip.s6_addr[12] == 127);
  }
  return address->sa_family == AF_UNIX || address->sa_family == AF_UNSPEC;
}

bool is_datagram(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
}

// A small write that follows another one would wait up to 40 ms, of real time, for an
// acknowledgement.
void send_at_once(int fd) {
  static auto* set = next<int(int, int, int, const void*, socklen_t)>("setsockopt");
  const int yes = 1;
  set(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void check_receiver(const sockaddr* address, socklen_t size) {
  if (!address || size == 0) return;
  if (!is_loopback(address)) refuse("a datagram to another machine");
  if (!is_ours(address, size)) refuse("a datagram to another process, or to an unused port");
}

// Whether a name is found without asking another machine.
bool is_known(const char* name) {
  if (!name || strcmp(name, "localhost") == 0) return true;
  addrinfo numeric{};
  numeric.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (next<decltype(getaddrinfo)>("getaddrinfo")(name, nullptr, &numeric, &found) != 0)
    return false;
  freeaddrinfo(found);
  return true;
}

bool is_loopback(const void* address, socklen_t length, int family) {
  if (family == AF_INET && length == sizeof(in_addr)) {
    return *static_cast<const unsigned char*>(address) == 127;
  }
  return family == AF_INET6 && length == sizeof(in6_addr) &&
         IN6_IS_ADDR_LOOPBACK(static_cast<const in6_addr*>(address));
}

// A connection to a port without a listener fails at once, in simulated time as in real time.
bool was_refused(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
}

}  // namespace
}  // namespace virtual_time

using namespace virtual_time;

#pragma GCC visibility push(default)
extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  const int fd = next<int(int, int, int)>("socket")(domain, type, protocol);
  if (domain == AF_INET || domain == AF_INET6) {
    has_network = true;
    if (!is_datagram(fd)) send_at_once(fd);
  }
  return fd;
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const int peer = next<int(int, sockaddr*, socklen_t*, int)>("accept4")(fd, address, size, flags);
  const int error = errno;
  if (peer >= 0) send_at_once(peer);
  errno = error;
  return peer;
}

int accept(int fd, sockaddr* address, socklen_t* size) {
  return accept4(fd, address, size, 0);
}

int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
  const int result = next<int(int, const sockaddr*, socklen_t)>("bind")(fd, address, size);
  if (result == 0) remember_address_of(fd);
  return result;
}

int listen(int fd, int backlog) noexcept {
  const int result = next<int(int, int)>("listen")(fd, backlog);
  if (result == 0) remember_address_of(fd);
  return result;
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  if (!is_loopback(address)) refuse("a connection to another machine");
  const int result = next<int(int, const sockaddr*, socklen_t)>("connect")(fd, address, size);
  const bool pending = result != 0 && (errno == EINPROGRESS || errno == EALREADY);
  if ((result == 0 || (pending && !was_refused(fd))) && address->sa_family != AF_UNSPEC &&
      !is_ours(address, size)) {
    refuse("a connection to another process");
  }
  if (result == 0 && is_datagram(fd)) remember_address_of(fd);  // the kernel gave it one
  if (pending) errno = EINPROGRESS;
  return result;
}

ssize_t sendto(int fd, const void* data, size_t length, int flags, const sockaddr* address,
               socklen_t size) {
  check_receiver(address, size);
  const ssize_t sent = next<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>(
      "sendto")(fd, data, length, flags, address, size);
  if (sent >= 0 && address) remember_address_of(fd);
  return sent;
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  check_receiver(static_cast<const sockaddr*>(message->msg_name), message->msg_namelen);
  const ssize_t sent = next<ssize_t(int, const msghdr*, int)>("sendmsg")(fd, message, flags);
  if (sent >= 0 && message->msg_name) remember_address_of(fd);
  return sent;
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
  if (level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO)) {
    refuse(name == SO_RCVTIMEO ? "SO_RCVTIMEO (a socket's own time-out)"
                               : "SO_SNDTIMEO (a socket's own time-out)");
  }
  return next<int(int, int, int, const void*, socklen_t)>("setsockopt")(fd, level, name, value,
                                                                        size);
}

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  if (!is_known(node)) refuse("getaddrinfo (a look-up of a machine's name)");
  return next<decltype(getaddrinfo)>("getaddrinfo")(node, service, hints, result);
}

int getnameinfo(const sockaddr* address, socklen_t size, char* host, socklen_t host_size,
                char* service, socklen_t service_size, int flags) {
  if (host && (flags & NI_NUMERICHOST) == 0 && !is_loopback(address)) {
    refuse("getnameinfo (a look-up of a machine's name)");
  }
  return next<decltype(getnameinfo)>("getnameinfo")(address, size, host, host_size, service,
                                                    service_size, flags);
}

hostent* gethostbyname(const char* name) {
  if (!is_known(name)) refuse("gethostbyname (a look-up of a machine's name)");
  return next<decltype(gethostbyname)>("gethostbyname")(name);
}

int gethostbyname_r(const char* name, hostent* result, char* buffer, size_t size, hostent** found,
                    int* error) {
  if (!is_known(name)) refuse("gethostbyname_r (a look-up of a machine's name)");
  return next<decltype(gethostbyname_r)>("gethostbyname_r")(name, result, buffer, size, found,
                                                            error);
}

hostent* gethostbyname2(const char* name, int family) {
  if (!is_known(name)) refuse("gethostbyname2 (a look-up of a machine's name)");
  return next<decltype(gethostbyname2)>("gethostbyname2")(name, family);
}

int gethostbyname2_r(const char* name, int family, hostent* result, char* buffer, size_t size,
                     hostent** found, int* error) {
  if (!is_known(name)) refuse("gethostbyname2_r (a look-up of a machine's name)");
  return next<decltype(gethostbyname2_r)>("gethostbyname2_r")(name, family, result, buffer, size,
                                                              found, error);
}

hostent* gethostbyaddr(const void* address, socklen_t length, int family) {
  if (!is_loopback(address, length, family)) {
    refuse("gethostbyaddr (a look-up of a machine's name)");
  }
  return next<decltype(gethostbyaddr)>("gethostbyaddr")(address, length, family);
}

int gethostbyaddr_r(const void* address, socklen_t length, int family, hostent* result,
                    char* buffer, size_t size, hostent** found, int* error) {
  if (!is_loopback(address, length, family)) {
    refuse("gethostbyaddr_r (a look-up of a machine's name)");
  }
  return next<decltype(gethostbyaddr_r)>("gethostbyaddr_r")(address, length, family, result, buffer,
                                                            size, found, error);
}

}  // extern "C"
#pragma GCC visibility pop

// The socket calls and constants that Asio mentions and wasi-libc lacks. (Values are Linux's.)
#pragma once
#include_next <sys/socket.h>

#include <sys/uio.h>
#include <unistd.h>

#define SOCK_RAW 3
#define SOCK_SEQPACKET 5555
#define SOMAXCONN 128

#define MSG_OOB 0x01
#define MSG_DONTROUTE 0x04
#define MSG_CTRUNC 0x08
#define MSG_EOR 0x80
#define MSG_NOSIGNAL 0x4000

#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_LINGER 13
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19

#ifdef __cplusplus
extern "C" {
#endif
int socket(int, int, int);
int socketpair(int, int, int, int[2]);
int bind(int, const struct sockaddr*, socklen_t);
int listen(int, int);
int connect(int, const struct sockaddr*, socklen_t);
int getsockname(int, struct sockaddr* __restrict, socklen_t* __restrict);
int getpeername(int, struct sockaddr* __restrict, socklen_t* __restrict);
int setsockopt(int, int, int, const void*, socklen_t);
int sockatmark(int);
ssize_t sendto(int, const void*, size_t, int, const struct sockaddr*, socklen_t);
ssize_t sendmsg(int, const struct msghdr*, int);
ssize_t recvfrom(int, void* __restrict, size_t, int, struct sockaddr* __restrict,
                 socklen_t* __restrict);
ssize_t recvmsg(int, struct msghdr*, int);
#ifdef __cplusplus
}
#endif

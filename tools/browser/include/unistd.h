// Calls that Asio and the lessons make and wasi-libc does not declare (world/).
#pragma once
#include_next <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif
int pipe(int descriptors[2]);
int dup(int descriptor);
int pause(void);
pid_t fork(void);
#ifdef __cplusplus
}
#endif

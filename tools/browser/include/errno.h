// Errors that Asio mentions and wasi-libc lacks.
#pragma once
#include_next <errno.h>

#ifndef ESHUTDOWN
#define ESHUTDOWN 1108
#endif
#ifndef EHOSTDOWN
#define EHOSTDOWN 1112
#endif

// A trap: async_one_buffer.cpp, to the letter, on select: built
// with -DASIO_DISABLE_EPOLL. Look at what each client hears.
#include "async_one_buffer.cpp"

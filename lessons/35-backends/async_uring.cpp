// async.cpp, to the letter, on io_uring: built with
// -DASIO_HAS_IO_URING -DASIO_DISABLE_EPOLL.
#include "async.cpp"

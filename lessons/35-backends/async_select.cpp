// async.cpp, to the letter, on select: built with
// -DASIO_DISABLE_EPOLL.
#include "async.cpp"

// A trap: the definition comes after the first header of Asio.
// Look at which backend it has.
#include <asio.hpp>
#define ASIO_DISABLE_EPOLL
#include "async.cpp"

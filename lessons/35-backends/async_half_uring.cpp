// A trap: async.cpp, to the letter, built with
// -DASIO_HAS_IO_URING alone. Look at which backend it has.
#include "async.cpp"

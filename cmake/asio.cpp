// All of Asio that is not a template, compiled once for every program here.
#include <asio/impl/src.hpp>

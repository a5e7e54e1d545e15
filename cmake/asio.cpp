// All of Asio that is not a template, compiled once for every program here.
#include <asio/impl/src.hpp>

#ifndef __clang__
#define WORKBOOK_INSTANTIATION
#include "instantiations.hpp"
#endif

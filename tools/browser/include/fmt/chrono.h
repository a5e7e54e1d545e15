// For the page's clang a string literal has another address each time it is evaluated, so fmt's FMT_STRING is not a
// constant expression. fmt uses it once in this header, for one of its own format strings, which needs no check.
#pragma once
#include <fmt/format.h>
#undef FMT_STRING
#define FMT_STRING(literal) ::fmt::runtime(literal)
#include_next <fmt/chrono.h>

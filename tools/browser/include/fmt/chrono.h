// For the page's clang a string literal has another address each time it is evaluated, so fmt's FMT_STRING is no constant
// expression to it. A literal alone is checked just as well.
#pragma once
#include <fmt/format.h>
#undef FMT_STRING
#define FMT_STRING(literal) literal
#include_next <fmt/chrono.h>

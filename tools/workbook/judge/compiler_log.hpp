// A compiler's messages about one source file, made readable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace workbook {

struct Diagnostic {
  int line = 0;      // in the source file; 0 when the compiler names none
  std::string text;  // "error: …", without template noise
};

// The first error in `log` (g++ or clang++, and their linkers). For an error in a header, the line
// is the one of `file` that led there.
std::optional<Diagnostic> first_error(std::string_view log, std::string_view file);

// The first warning about `file` that may explain why a program does not do what it should: a
// result that is not used, a value that was never set, a coroutine that ends without co_return.
std::optional<Diagnostic> telling_warning(std::string_view log, std::string_view file);

// The same as a remark: "The compiler warned: line 3: …".
std::optional<std::string> warning_remark(std::string_view log, std::string_view file);

// A compiler's message without template noise.
std::string without_template_noise(std::string text);

}  // namespace workbook

// The words and lists that lines of HTTP are made of.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace http {

// "Content-Length" and "content-length" are the same to HTTP.
inline std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return text;
}

// The name of a method or of a header: one word, which HTTP
// calls a token.
inline bool is_word(std::string_view text) {
  const auto fits = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) !=
               std::string_view::npos;
  };
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), fits);
}

// Removes the next part of `text`, up to `end`, and returns it.
// Without an `end` that part is all of the text.
inline std::string_view next_part(std::string_view& text,
                                  char end) {
  const std::size_t size = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return part;
}

inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find_last_not_of(" \t");
  return text.substr(begin, end - begin + 1);
}

// Is `word` on a list like "keep-alive, Upgrade"?
inline bool has_word(std::string_view list,
                     std::string_view word) {
  while (!list.empty()) {
    const auto entry = trimmed(next_part(list, ','));
    if (lower_case(std::string(entry)) == word) return true;
  }
  return false;
}

}  // namespace http

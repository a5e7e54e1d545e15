// The title of a page, in UTF-8 whatever the page's charset.
// Look at which charset counts.
#pragma once

#include <fmt/core.h>
#include <iconv.h>

#include <cstddef>
#include <optional>
#include <string>

#include "../10-http-request/response.hpp"
#include "../10-http-request/title.hpp"

// The value after "charset=" in a header or in a <meta>.
inline std::string declared_charset(const std::string& text) {
  const std::string sign = "charset=";
  const std::size_t found = lower_case(text).find(sign);
  if (found == std::string::npos) return "";
  const std::string rest = text.substr(found + sign.size());
  const std::size_t begin = rest.find_first_not_of("\"' ");
  if (begin == std::string::npos) return "";
  const std::size_t end = rest.find_first_of("\"' ;/>", begin);
  return lower_case(rest.substr(begin, end - begin));
}

// The head of the answer counts, and then the page.
inline std::string declared_charset(const Response& response) {
  const std::string charset =
      declared_charset(response.header("content-type"));
  if (!charset.empty()) return charset;
  return declared_charset(response.body.substr(0, 1024));
}

// Nothing if the text is not in that charset, or if the system
// does not know a charset of that name.
inline std::optional<std::string> to_utf8(std::string text,
                                          std::string charset) {
  if (charset.empty()) return std::nullopt;
  // Pages that say Latin-1 mean its extension, and browsers read
  // them that way.
  if (charset == "iso-8859-1") charset = "windows-1252";
  const iconv_t converter = iconv_open("UTF-8", charset.c_str());
  if (converter == iconv_t(-1)) return std::nullopt;
  std::string utf8(4 * text.size() + 16, ' ');
  char* from = text.data();
  char* to = utf8.data();
  std::size_t unread = text.size();
  std::size_t room = utf8.size();
  const bool converted = iconv(converter, &from, &unread, &to,
                               &room) != std::size_t(-1);
  iconv_close(converter);
  if (!converted) return std::nullopt;
  utf8.resize(utf8.size() - room);
  return utf8;
}

// Names the charset of a page that declares none.
using Fallback = std::string (*)(const Response&);

inline std::string always_utf8(const Response&) {
  return "utf-8";
}

// What a page's line of output says about it. The fallback also
// counts if the title is not in the declared charset.
inline std::string page_title(const Response& response,
                              Fallback fallback = always_utf8) {
  if (response.status != 200) {
    return fmt::format("status {}", response.status);
  }
  const std::string bytes = title(response.body);
  auto text = to_utf8(bytes, declared_charset(response));
  if (!text) text = to_utf8(bytes, fallback(response));
  // (A decoded character may be one that controls a terminal.)
  return one_line(text.value_or("in an unknown charset"));
}

// The title of a page, in UTF-8 whatever the page's charset.
// Look at the order in which charsets are tried.
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

// Nothing if the text is not in that charset, or if the system
// does not know a charset of that name.
inline std::optional<std::string> to_utf8(
    std::string text, const std::string& charset) {
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

// The declared charset, if it fits; else UTF-8, which seldom
// fits by chance; else the usual charset of old pages.
inline std::string decoded(const std::string& text,
                           std::string declared) {
  // Pages that say Latin-1 mean its extension: browsers do this.
  if (declared == "iso-8859-1") declared = "windows-1252";
  for (const std::string& charset :
       {declared, std::string("utf-8"),
        std::string("windows-1252")}) {
    if (charset.empty()) continue;
    if (const auto utf8 = to_utf8(text, charset)) return *utf8;
  }
  return "in an unknown charset";
}

// What a page's line of output says about it.
inline std::string page_title(const Response& response) {
  if (response.status != 200) {
    return fmt::format("status {}", response.status);
  }
  std::string charset =
      declared_charset(response.header("content-type"));
  if (charset.empty()) {
    charset = declared_charset(response.body.substr(0, 1024));
  }
  // (A decoded character may be one that controls a terminal.)
  return one_line(decoded(title(response.body), charset));
}

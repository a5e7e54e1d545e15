// The title of a page. This is not an HTML parser: it looks for
// one element and knows nothing of the others.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "response.hpp"

// A run of blanks, line breaks and other control characters
// becomes one blank; at either end it is dropped.
inline std::string one_line(std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char c = text[at];
    const unsigned char next =
        at + 1 < text.size() ? text[at + 1] : ' ';
    const bool in_utf8 = c == 0xc2 && next >= 128 && next < 160;
    if (in_utf8) ++at;  // a control character of two bytes
    if (c > ' ' && c != 127 && !in_utf8) {
      line += static_cast<char>(c);
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

// Five characters that HTML must escape, or usually does.
inline std::string unescaped(std::string text) {
  using Name = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Name, 5> names{{{"&lt;", "<"},
                                              {"&gt;", ">"},
                                              {"&quot;", "\""},
                                              {"&#39;", "'"},
                                              {"&amp;", "&"}}};
  for (const auto& [name, sign] : names) {
    for (std::size_t at = text.find(name);
         at != std::string::npos; at = text.find(name, at + 1)) {
      text.replace(at, name.size(), sign);
    }
  }
  return text;
}

// "Missing" if there is none. The bytes are the page's own:
// this function knows nothing of charsets.
inline std::string title(const std::string& page) {
  const std::string html = lower_case(page);
  std::size_t begin = html.find("<title");
  if (begin != std::string::npos) begin = html.find('>', begin);
  const std::size_t end = html.find("</title", begin);
  if (end == std::string::npos) return "Missing";
  const auto text =
      std::string_view(page).substr(begin + 1, end - begin - 1);
  const std::string line = unescaped(one_line(text));
  return line.empty() ? "Missing" : line;
}

#include "lines.hpp"

#include <fmt/format.h>

#include <regex>

namespace workbook {
namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How many bytes the character at `begin` has; 0 if it is none.
std::size_t character_size(std::string_view bytes, std::size_t begin) {
  const auto first = static_cast<unsigned char>(bytes[begin]);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xC2 && first < 0xE0 ? 2
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xF0 && first < 0xF5 ? 4
                                                           : 0;
  if (size == 0 || begin + size > bytes.size()) return 0;
  const auto rest = bytes.substr(begin + 1, size - 1);
  return std::ranges::all_of(rest, continues_character) ? size : 0;
}

// Invisible white space, and what is no text, as visible characters.
std::string visible(const std::string& line) {
  std::string result;
  const auto last = line.find_last_not_of(' ');
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const std::size_t size = character_size(line, i);
    if (size > 1) {
      result.append(line, i, size);
      i += size - 1;
    } else if (c == '\t') {
      result += "→";
    } else if (c == '\r') {
      result += "␍";
    } else if (c == ' ' &&
               (last == std::string::npos || i > last || (i > 0 && line[i - 1] == ' '))) {
      result += "·";
    } else if (size == 0 || static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::size_t columns_of(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

// Pads or cuts `text` to `columns`.
std::string fitted(std::string text, std::size_t columns) {
  if (columns_of(text) <= columns) return text + std::string(columns - columns_of(text), ' ');
  std::size_t end = 0;
  for (std::size_t seen = 0; seen < columns; ++end) {
    if (end + 1 >= text.size() || !continues_character(text[end + 1])) ++seen;
    if (seen == columns - 1) {
      ++end;
      break;
    }
  }
  return text.substr(0, end) + "…";
}

constexpr std::size_t lines_before = 4;
constexpr std::size_t lines_after = 16;

}  // namespace

Lines split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    lines.complete = newline != std::string_view::npos;
    lines.text.emplace_back(text.substr(0, newline));
    text.remove_prefix(lines.complete ? newline + 1 : text.size());
  }
  return lines;
}

bool is_text(std::string_view bytes) {
  // (A page has put this character in the place of bytes that are no text.)
  if (bytes.find("\uFFFD") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t size = character_size(bytes, i);
    const bool control = static_cast<unsigned char>(bytes[i]) < ' ' || bytes[i] == '\x7f';
    const bool space = std::string_view("\t\n\r\v\f\b\a\x1b").find(bytes[i]) != bytes.npos;
    if (size == 0 || (control && !space)) return false;
    i += size;
  }
  return true;
}

Lines ordered(const Lines& lines, const std::vector<std::size_t>& order) {
  Lines result{{}, lines.complete};
  for (const std::size_t line : order) result.text.push_back(lines.text[line]);
  return result;
}

std::string side_by_side(const Lines& expected, const Lines& actual, std::size_t first_difference,
                         int width, std::string_view left_title, std::string_view right_title) {
  const std::size_t count = std::max(expected.text.size(), actual.text.size());
  const std::size_t from = first_difference > lines_before ? first_difference - lines_before : 0;
  const std::size_t to = std::min(count, first_difference + lines_after);
  const auto cell = [](const Lines& lines, std::size_t i, bool differs) -> std::string {
    if (i >= lines.text.size()) return "(no line)";
    std::string text = differs ? visible(lines.text[i]) : lines.text[i];
    if (i + 1 == lines.text.size() && !lines.complete) text += " (no end of line)";
    return text;
  };
  const auto differs = [&](std::size_t i) {
    const auto whole = [&](const Lines& lines) {
      return i < lines.text.size() && (lines.complete || i + 1 < lines.text.size());
    };
    return i >= expected.text.size() || i >= actual.text.size() ||
           expected.text[i] != actual.text[i] || whole(expected) != whole(actual);
  };

  std::size_t column = columns_of(left_title);
  for (std::size_t i = from; i < to; ++i) {
    column = std::max(column, columns_of(cell(expected, i, differs(i))));
  }
  const std::size_t frame = 12;  // the mark, the line's number and the gaps
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t available = columns > frame + 20 ? (columns - frame) / 2 : 10;
  column = std::min(column, available);

  std::string result =
      fmt::format("      {}   {}\n", fitted(std::string(left_title), column), right_title);
  if (from > 0)
    result += fmt::format("      … {} line{}, the same in both\n", from, from == 1 ? "" : "s");
  for (std::size_t i = from; i < to; ++i) {
    const bool marked = i == first_difference;
    std::string right = cell(actual, i, differs(i));
    if (columns_of(right) > available) right = fitted(right, available);
    result +=
        fmt::format("{} {:>3} {} {} {}\n", marked ? '>' : ' ', i + 1,
                    fitted(cell(expected, i, differs(i)), column), differs(i) ? '|' : ' ', right);
  }
  if (to < count)
    result += fmt::format("      … {} more line{}\n", count - to, count - to == 1 ? "" : "s");
  return result;
}

TimedLine take_times_out(const std::string& line) {
  static const std::regex time(R"((\d\d):(\d\d):(\d\d)|(\d+\.\d+)s\b)");
  TimedLine result;
  auto end = line.cbegin();
  for (std::sregex_iterator found(line.begin(), line.end(), time), none; found != none; ++found) {
    const std::smatch& match = *found;
    result.text.append(end, match[0].first);
    if (match[4].matched) {
      result.seconds.push_back(std::stod(match.str(4)));
      result.text += "<seconds>";
    } else {
      result.clocks.push_back(std::stoi(match.str(1)) * 3600 + std::stoi(match.str(2)) * 60 +
                              std::stoi(match.str(3)));
      result.text += "<clock>";
    }
    end = match[0].second;
  }
  result.text.append(end, line.cend());
  return result;
}

}  // namespace workbook

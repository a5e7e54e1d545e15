#include "compiler_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <vector>

namespace workbook {
namespace {

// "FILE:31:5: error: text"
struct LogLine {
  std::string_view file;
  int line = 0;
  std::string_view text;
};

std::vector<std::string_view> lines_of(std::string_view log) {
  std::vector<std::string_view> lines;
  while (!log.empty()) {
    const auto end = std::min(log.find('\n'), log.size());
    lines.push_back(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
  }
  return lines;
}

std::optional<LogLine> parse(std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
       colon = line.find(':', colon + 1)) {
    std::size_t i = colon + 1;
    const auto digits = [&] {
      const std::size_t begin = i;
      while (i < line.size() && line[i] >= '0' && line[i] <= '9') ++i;
      return i > begin && i < line.size() && line[i] == ':';
    };
    if (!digits()) continue;
    const int number = std::atoi(std::string(line.substr(colon + 1, i - colon - 1)).c_str());
    const std::size_t after_line = ++i;
    if (digits())
      ++i;
    else
      i = after_line;  // without a column
    std::string_view text = line.substr(i);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::string_view file = line.substr(0, colon);
    for (std::string_view lead : {"In file included from ", "                 from "}) {
      if (file.starts_with(lead)) file.remove_prefix(lead.size());
    }
    return LogLine{file, number, text};
  }
  return std::nullopt;
}

bool is_error(const LogLine& line) {
  return line.text.starts_with("error: ") || line.text.starts_with("fatal error: ");
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

// Removes each part that begins with `open`, up to the bracket that closes it.
void remove_bracketed(std::string& text, std::string_view open, char opening, char closing) {
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open)) {
    int depth = 0;
    std::size_t end = at;
    for (; end < text.size(); ++end) {
      if (text[end] == opening) ++depth;
      if (text[end] == closing && --depth == 0) break;
    }
    text.erase(at, std::min(end + 1, text.size()) - at);
  }
}

// Replaces template arguments within template arguments with an ellipsis.
std::string shallow(const std::string& text) {
  std::string result;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool after_operator = result.ends_with("operator") || result.ends_with("operator<");
    const bool arrow = i > 0 && (text[i - 1] == '-' || text[i - 1] == '=');
    const bool opens =
        text[i] == '<' && i > 0 &&
        (std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0 || text[i - 1] == '_') &&
        !after_operator;
    if (opens && ++depth == 2) result += "<…>";
    if (depth < 2) result += text[i];
    if (text[i] == '>' && depth > 0 && !arrow && !after_operator) --depth;
  }
  return depth == 0 ? result : text;
}

// Messages that learners often meet, in other words.
std::string_view explanation(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"unable to find the promise type for this coroutine",
       "A function that uses co_await returns asio::awaitable<…>."},
      {"has no member named 'promise_type'",
       "A function that uses co_await returns asio::awaitable<…>."},
      {"this function cannot be a coroutine",
       "A function that uses co_await returns asio::awaitable<…>."},
      {"'co_await' cannot be used outside a function",
       "co_await belongs in a function that returns asio::awaitable<…>."},
      {"'co_await' cannot be used in the 'main' function",
       "main() cannot be a coroutine: it spawns one."},
      {"a return statement in coroutine", "A coroutine ends with co_return, not with return."},
      {"return statement not allowed in coroutine",
       "A coroutine ends with co_return, not with return."},
      {"a 'return' statement is not allowed in a coroutine",
       "A coroutine ends with co_return, not with return."},
      {"in function returning 'asio::awaitable",
       "A coroutine ends with co_return, not with return."},
      {"await_transform",
       "co_await waits for an awaitable or for an asynchronous operation with "
       "asio::use_awaitable, and for nothing else."},
      {"no member named 'await_ready'", "The expression after co_await cannot be awaited."},
      {"'co_spawn",
       "asio::co_spawn takes the loop, a coroutine that has been called, and a handler. At the end "
       "the handler gets a std::exception_ptr and, if the coroutine has one, its result."},
      {"call to 'async_wait'",
       "An asynchronous operation needs a completion token, which says what to do at its end: "
       "asio::use_awaitable, for instance."},
      {"async_wait()",
       "An asynchronous operation needs a completion token, which says what to do at its end: "
       "asio::use_awaitable, for instance."},
      {"call to deleted constructor of 'asio::awaitable",
       "An awaitable cannot be copied: give it away with std::move, once."},
      {"call to deleted constructor of 'awaitable",
       "An awaitable cannot be copied: give it away with std::move, once."},
      {"use of deleted function 'asio::awaitable",
       "An awaitable cannot be copied: give it away with std::move, once."},
      {"no viable conversion from 'asio::awaitable", "Is a co_await missing?"},
      {"no viable conversion from 'awaitable", "Is a co_await missing?"},
      {"cannot convert 'asio::awaitable", "Is a co_await missing?"},
      {"with an rvalue of type 'asio::awaitable", "Is a co_await missing?"},
      {"with an rvalue of type 'awaitable", "Is a co_await missing?"},
      {"from 'asio::awaitable<", "Is a co_await missing?"},
      {"error_handler::on_error",
       "The placeholders of a format string do not match the values to print."},
      {"FMT_CONSTEVAL", "The placeholders of a format string do not match the values to print."},
      {"fmt::basic_format_string",
       "The placeholders of a format string do not match the values to print."},
      {"consteval function 'basic_format_string",
       "The placeholders of a format string do not match the values to print."},
  };
  for (const auto& [message, words] : known) {
    if (text.find(message) != std::string_view::npos) return words;
  }
  return {};
}

std::string readable(std::string_view message) {
  std::string text = without_template_noise(std::string(message));
  const std::string_view words = explanation(text);
  constexpr std::size_t enough = 220;
  if (text.size() > enough) {
    std::size_t end = text.rfind(' ', enough);
    if (end == std::string::npos || end < enough / 2) end = enough;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + " …";
  }
  if (text.find_last_of(".?!") + 1 != text.size()) text += '.';
  if (!words.empty()) text += fmt::format(" {}", words);
  return text;
}

// The linkers' messages when a function has no body, or two.
std::optional<Diagnostic> link_error(const std::vector<std::string_view>& lines) {
  static const std::regex missing(
      "undefined reference to [`'](.*)'|undefined symbol: (.*)|multiple definition of "
      "[`'](.*)';|duplicate symbol: (.*)");
  for (const std::string_view line : lines) {
    std::match_results<std::string_view::const_iterator> found;
    if (!std::regex_search(line.begin(), line.end(), found, missing)) continue;
    const bool twice = found[3].matched || found[4].matched;
    std::string name;
    for (std::size_t group = 1; group < found.size(); ++group) name += found.str(group);
    return Diagnostic{0, fmt::format("error: {} is {}.", without_template_noise(name),
                                     twice ? "defined twice" : "used, but not defined")};
  }
  return std::nullopt;
}

}  // namespace

std::string without_template_noise(std::string text) {
  for (const auto& [what, by] : {std::pair{"‘", "'"}, std::pair{"’", "'"}}) {
    replace_all(text, what, by);
  }
  remove_bracketed(text, " {aka ", '{', '}');
  remove_bracketed(text, " [with ", '[', ']');
  remove_bracketed(text, " [-W", '[', ']');
  remove_bracketed(text, " [-f", '[', ']');
  remove_bracketed(text, " (aka ", '(', ')');
  for (const auto& [what, by] : {
           std::pair{
               "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char>>",
               "std::string"},
           std::pair{"std::__cxx11::basic_string<char>", "std::string"},
           std::pair{"std::basic_string<char>", "std::string"},
           std::pair{"std::basic_string_view<char>", "std::string_view"},
           std::pair{"std::chrono::_V2::", "std::chrono::"},
           std::pair{"std::__exception_ptr::", "std::"},
           std::pair{"std::__cxx11::", "std::"},
           std::pair{", asio::any_io_executor>", ">"},
           std::pair{"asio::basic_waitable_timer<std::chrono::steady_clock>", "asio::steady_timer"},
           std::pair{"std::chrono::duration<long int>", "std::chrono::seconds"},
           std::pair{"std::chrono::duration<long>", "std::chrono::seconds"},
           std::pair{"std::chrono::duration<long int, std::ratio<1, 1000>>",
                     "std::chrono::milliseconds"},
           std::pair{"std::chrono::duration<long, std::ratio<1, 1000>>",
                     "std::chrono::milliseconds"},
       }) {
    // g++ 12 writes "> >".
    replace_all(text, "> >", ">>");
    replace_all(text, what, by);
  }
  return shallow(text);
}

std::optional<Diagnostic> first_error(std::string_view log, std::string_view file) {
  const auto lines = lines_of(log);
  // clang reports the type first, and only then the cause.
  for (const std::string_view text : lines) {
    const auto line = parse(text);
    if (line && line->file == file && is_error(*line) &&
        line->text.find("return statement not allowed in coroutine") != std::string_view::npos) {
      return Diagnostic{line->line, readable(line->text)};
    }
  }
  std::optional<Diagnostic> error;
  int led_here = 0;  // the last line of the file that was named
  for (const std::string_view text : lines) {
    const auto line = parse(text);
    if (!line) continue;
    const bool ours = line->file == file;
    if (!error && is_error(*line)) {
      error = Diagnostic{ours ? line->line : led_here, readable(line->text)};
      if (error->line != 0) return error;
      continue;
    }
    if (!ours) continue;
    // clang reports after an error in a header where it comes from, g++ before it.
    if (error) return Diagnostic{line->line, error->text};
    led_here = line->text.find("warning: ") != std::string_view::npos ? 0 : line->line;
  }
  if (error) return error;
  return link_error(lines);
}

std::optional<Diagnostic> telling_warning(std::string_view log, std::string_view file) {
  static constexpr std::string_view telling[] = {
      "-Wunused-result",           "-Wunused-value", "-Wunused-variable",
      "-Wunused-but-set-variable", "-Wreturn-type",  "-Wuninitialized",
      "-Wmaybe-uninitialized",     "-Wdangling",     "-Winfinite-recursion"};
  for (const std::string_view text : lines_of(log)) {
    const auto line = parse(text);
    if (!line || line->file != file || !line->text.starts_with("warning: ")) continue;
    const auto tells = [&](std::string_view option) {
      return line->text.find(option) != std::string_view::npos;
    };
    if (std::ranges::none_of(telling, tells)) continue;
    std::string message = readable(line->text.substr(std::string_view("warning: ").size()));
    if (message.find("awaitable") != std::string::npos &&
        (tells("-Wunused-result") || tells("-Wunused-v"))) {
      constexpr std::string_view how = ", declared with attribute 'nodiscard'";
      if (const auto at = message.find(how); at != std::string::npos) message.erase(at, how.size());
      message.back() = ':';
      message += " is a co_await missing?";
    } else if (message.find("declared with 'nodiscard' attribute") != std::string::npos) {
      // clang does not name the type; in a program of ours, nothing but an awaitable is nodiscard.
      message = "the result of this call is discarded: is a co_await or a co_spawn missing?";
    }
    return Diagnostic{line->line, message};
  }
  return std::nullopt;
}

std::optional<std::string> warning_remark(std::string_view log, std::string_view file) {
  const auto warning = telling_warning(log, file);
  if (!warning) return std::nullopt;
  return fmt::format("The compiler warned: line {}: {}", warning->line, warning->text);
}

}  // namespace workbook

#include "compiler_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
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

// Whether the compiler means the learner's file. (A compiler cache gives relative paths.)
bool names(std::string_view path, std::string_view file) {
  while (path.starts_with("../")) path.remove_prefix(3);
  if (path == file) return true;
  return !path.starts_with('/') && file.ends_with(path) && file.size() > path.size() &&
         file[file.size() - path.size() - 1] == '/';
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

constexpr std::string_view await_missing = "Is a co_await missing?";
constexpr std::string_view moved_awaitable =
    "An awaitable cannot be copied: give it away with std::move, once.";
constexpr std::string_view no_coroutine =
    "A function that uses co_await returns asio::awaitable<…>.";
constexpr std::string_view no_return = "A coroutine ends with co_return, not with return.";
constexpr std::string_view placeholders =
    "The placeholders of a format string do not match the values to print.";
constexpr std::string_view no_literal =
    "A format string is checked when the program is compiled, so it must be a literal. To choose "
    "between two, call fmt::format once with each of them.";
constexpr std::string_view token =
    "An asynchronous operation needs a completion token, which says what to do at its end: "
    "asio::use_awaitable, for instance.";
constexpr std::string_view executor =
    "Only co_await asio::this_coro::executor gives the executor of a coroutine.";
constexpr std::string_view not_called =
    "co_spawn gets the function itself: call it, with its arguments, so that it makes an "
    "awaitable.";
constexpr std::string_view not_copyable =
    "The vector would copy an element, and this type cannot be copied: std::list, or a vector of "
    "std::unique_ptr, keeps each where it is.";
constexpr std::string_view no_such_constructor =
    "No constructor of this type takes these arguments.";
constexpr std::string_view other_result =
    "All awaitables in a vector have the same result type, and this one's differs.";
constexpr std::string_view awaited_too_much =
    "The vector holds awaitables, and is given a result: there is one co_await too many here.";
constexpr std::string_view name_of_system =
    "Another function has this name and these parameters, but another return type. If you have not "
    "written it, it is the system's, as pause, sleep, read and signal are: take another name.";
constexpr std::string_view void_last =
    "Asio's && does not unpack the results of a chain that ends with a void task (Asio #1577): put "
    "the void task first.";
constexpr std::string_view in_handler =
    "Leave the catch block first: keep in a variable what has happened, and await after the block.";
constexpr std::string_view no_result = "This expression is void: it has no result.";

// Messages that learners often meet, in other words.
struct Explanation {
  std::string_view message;  // has this in it
  std::string_view log;      // and somewhere the log has this: the compiler's notes
  std::string_view words;
};

constexpr Explanation explanations[] = {
    {"unable to find the promise type for this coroutine", "", no_coroutine},
    {"has no member named 'promise_type'", "", no_coroutine},
    {"this function cannot be a coroutine", "", no_coroutine},
    {"in a function with a deduced return type", "",
     "A function or lambda that uses co_await says what it returns: asio::awaitable<…>."},
    {"'co_await' cannot be used outside a function", "",
     "co_await belongs in a function that returns asio::awaitable<…>."},
    {"'co_await' cannot be used in the 'main' function", "",
     "main() cannot be a coroutine: it spawns one."},
    {"in the handler of a try block", "", in_handler},
    {"not permitted in handlers", "", in_handler},
    {"a return statement in coroutine", "", no_return},
    {"return statement not allowed in coroutine", "", no_return},
    {"a 'return' statement is not allowed in a coroutine", "", no_return},
    {"in function returning 'asio::awaitable", "", no_return},
    {"await_transform", "",
     "co_await takes an awaitable, an asynchronous operation with asio::use_awaitable, or what "
     "asio::this_coro has."},
    {"no member named 'await_ready'", "", "The expression after co_await cannot be awaited."},
    {"no matching constructor", " executor_t'", executor},
    {"executor_t", "", executor},
    {"'co_spawn", " executor_t,", executor},
    {"'co_spawn", "awaitable<T, AwaitableExecutor>' against 'asio::awaitable", not_called},
    {"> (&)(", "co_spawn", not_called},
    {"'co_spawn", "",
     "asio::co_spawn takes the loop, a coroutine that has been called, and a handler. At the end "
     "the handler gets a std::exception_ptr and, if the coroutine has one, its result."},
    {"call to 'async_wait'", "", token},
    {"async_wait()", "", token},
    {"formatter", "awaitable", await_missing},
    {"Cannot format an argument", "awaitable", await_missing},
    {"call to deleted constructor of 'asio::awaitable", "", moved_awaitable},
    {"call to deleted constructor of 'awaitable", "", moved_awaitable},
    {"use of deleted function 'asio::awaitable", "", moved_awaitable},
    {"construct_at", "deleted constructor of 'asio::awaitable", moved_awaitable},
    {"must be constructible from", "asio::awaitable", moved_awaitable},
    {"construct_at", "deleted", not_copyable},
    {"construct_at", "", no_such_constructor},
    {"must be constructible from", "", not_copyable},
    {"'push_back'", "(aka 'const asio::awaitable", awaited_too_much},
    {"'push_back'", "to 'awaitable<", other_result},
    {"push_back(asio::awaitable", "vector<asio::awaitable", other_result},
    {"'push_back'", "conversion from 'asio::awaitable", await_missing},
    {"push_back(asio::awaitable", "", await_missing},
    {"no member named", "in 'asio::awaitable", await_missing},
    {"'class asio::awaitable", "has no member named", await_missing},
    {"asio::awaitable", "does not provide a subscript", await_missing},
    {"invalid range expression of type 'asio::awaitable", "", await_missing},
    {"'begin(asio::awaitable", "", await_missing},
    {"invalid operands to binary expression", "asio::awaitable", await_missing},
    {"no match for 'operator", "asio::awaitable", await_missing},
    {"names were provided", "exception_ptr", void_last},
    {"names provided for structured binding", "exception_ptr, std::tuple<", void_last},
    {"from incompatible type 'void'", "", no_result},
    {"void value not ignored", "", no_result},
    {"differ only in their return type", "", name_of_system},
    {"ambiguating new declaration", "", name_of_system},
    {"incomplete type 'void'", "", no_result},
    {"'void ", "has incomplete type", no_result},
    {"no viable conversion from 'asio::awaitable", "", await_missing},
    {"no viable conversion from 'awaitable", "", await_missing},
    {"cannot convert 'asio::awaitable", "", await_missing},
    {"with an rvalue of type 'asio::awaitable", "", await_missing},
    {"with an rvalue of type 'awaitable", "", await_missing},
    {"from 'asio::awaitable<", "", await_missing},
    {"basic_format_string", "non-constexpr function '",
     placeholders},  // that reports a fault in it
    {"basic_format_string", "cannot be used in a constant expression", no_literal},
    {"basic_format_string", "read of non-constexpr variable", no_literal},
    {"error_handler::on_error", "", placeholders},
    {"FMT_CONSTEVAL", "", placeholders},
    {"fmt::basic_format_string", "", placeholders},
    {"consteval function 'basic_format_string", "", placeholders},
    {"' is not a constant expression", "fmt::", no_literal},
    {"is not usable in a constant expression", "fmt::", no_literal},
};

std::string_view explanation(std::string_view text, std::string_view log) {
  const auto fits = [&](const Explanation& known) {
    return text.find(known.message) != text.npos && log.find(known.log) != log.npos;
  };
  const auto found = std::ranges::find_if(explanations, fits);
  return found != std::end(explanations) ? found->words : std::string_view();
}

std::string readable(std::string_view message, std::string_view log) {
  std::string text = without_template_noise(std::string(message));
  const std::string_view words = explanation(text, log);
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
    if (line && names(line->file, file) && is_error(*line) &&
        line->text.find("return statement not allowed in coroutine") != std::string_view::npos) {
      return Diagnostic{line->line, readable(line->text, log)};
    }
  }
  std::optional<Diagnostic> error;
  int led_here = 0;  // the last line of the file that was named
  int included = 0;  // the line of the header, which tells less
  for (const std::string_view text : lines) {
    const auto line = parse(text);
    if (!line) continue;
    const bool ours = names(line->file, file);
    if (!error && is_error(*line)) {
      error = Diagnostic{ours ? line->line : led_here, readable(line->text, log)};
      if (error->line != 0) return error;
      continue;
    }
    if (!ours) continue;
    if (text.starts_with("In file included from ") || text.starts_with("                 from ")) {
      if (!error) included = line->line;
      continue;
    }
    // clang reports after an error in a header where it comes from, g++ before it.
    if (error) return Diagnostic{line->line, error->text};
    led_here = line->text.find("warning: ") != std::string_view::npos ? 0 : line->line;
  }
  if (error) return Diagnostic{included, error->text};
  return link_error(lines);
}

std::optional<Diagnostic> telling_warning(std::string_view log, std::string_view file) {
  static constexpr std::string_view telling[] = {
      "-Wunused-result",           "-Wunused-value", "-Wunused-variable",
      "-Wunused-but-set-variable", "-Wreturn-type",  "-Wuninitialized",
      "-Wmaybe-uninitialized",     "-Wdangling",     "-Winfinite-recursion"};
  for (const std::string_view text : lines_of(log)) {
    const auto line = parse(text);
    if (!line || !names(line->file, file) || !line->text.starts_with("warning: ")) continue;
    const auto tells = [&](std::string_view option) {
      return line->text.find(option) != std::string_view::npos;
    };
    if (std::ranges::none_of(telling, tells)) continue;
    std::string message = readable(line->text.substr(std::string_view("warning: ").size()), log);
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

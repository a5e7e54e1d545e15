#include "source_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <regex>
#include <set>
#include <vector>

namespace workbook {
namespace {

constexpr auto nowhere = std::string_view::npos;

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \n\t");
  if (begin == nowhere) return {};
  return text.substr(begin, text.find_last_not_of(" \n\t") + 1 - begin);
}

int line_at(std::string_view code, std::size_t place) {
  return 1 + static_cast<int>(
                 std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
}

std::size_t next_sign(std::string_view code, std::size_t place) {
  return code.find_first_not_of(" \n\t", place);
}

// The last sign before the place that is not a blank.
std::size_t sign_before(std::string_view code, std::size_t place) {
  return place == 0 ? nowhere : code.find_last_not_of(" \n\t", place - 1);
}

bool opens(char c) {
  return c == '(' || c == '[' || c == '{';
}
bool closes(char c) {
  return c == ')' || c == ']' || c == '}';
}

// The place of the last bracket that is open at this place.
std::size_t enclosing(std::string_view code, std::size_t place) {
  int depth = 0;
  for (std::size_t i = place; i-- > 0;) {
    if (closes(code[i])) ++depth;
    if (opens(code[i]) && depth-- == 0) return i;
  }
  return nowhere;
}

// The place of the bracket that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (opens(code[i])) ++depth;
    if (closes(code[i]) && --depth == 0) return i;
  }
  return nowhere;
}

// The same of a template's angle bracket.
std::size_t closing_angle(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size() && code[i] != ';'; ++i) {
    if (code[i] == '<') ++depth;
    if (code[i] == '>' && --depth == 0) return i;
  }
  return nowhere;
}

// The place of the next whole word.
std::size_t find_word(std::string_view code, std::string_view word, std::size_t from = 0) {
  for (auto at = code.find(word, from); at != nowhere; at = code.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !in_word(code[at - 1])) && (end == code.size() || !in_word(code[end])))
      return at;
  }
  return nowhere;
}

bool has_word(std::string_view code, std::string_view word) {
  return find_word(code, word) != nowhere;
}

// What is between commas that are in no bracket.
std::vector<std::string_view> separated(std::string_view list) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool arrow = i > 0 && list[i - 1] == '-';
    if (opens(list[i]) || list[i] == '<') ++depth;
    if (closes(list[i]) || (list[i] == '>' && !arrow)) --depth;
    if (list[i] != ',' || depth > 0) continue;
    parts.push_back(trimmed(list.substr(begin, i - begin)));
    begin = i + 1;
  }
  if (const auto last = trimmed(list.substr(begin)); !last.empty()) parts.push_back(last);
  return parts;
}

// Whether the statement awaits what is at this place: then all its temporaries live until the
// coroutine has ended.
bool is_awaited(std::string_view code, std::size_t place) {
  int depth = 0;
  bool comma = false;  // between here and there, so that an operator there has another operand
  for (std::size_t i = place; i-- > 0;) {
    const char c = code[i];
    if (c == ';' && depth == 0) return false;
    if (closes(c)) {
      const auto after = next_sign(code, i + 1);
      const bool ends_block =
          c == '}' && depth == 0 && (after == nowhere || in_word(code[after]) || after >= place);
      if (ends_block) return false;
      ++depth;
    } else if (opens(c)) {
      if (depth > 0) {
        --depth;
        continue;
      }
      const auto before = sign_before(code, i);
      const bool in_expression =
          c != '{' || (before != nowhere && (opens(code[before]) || code[before] == ','));
      if (!in_expression) return false;
      comma = false;
    } else if (depth == 0 && c == ',') {
      comma = true;
    } else if (depth == 0 && !comma && code.substr(i).starts_with("co_await") &&
               (i == 0 || !in_word(code[i - 1]))) {
      return true;
    }
  }
  return false;
}

struct Lambda {
  std::size_t place;          // of its [
  std::string_view captures;  // between the brackets
  std::string_view body;
  std::size_t end;  // after its }
};

// The lambda that begins at this bracket, if one does and it is a coroutine.
std::optional<Lambda> coroutine_lambda(std::string_view code, std::size_t place) {
  const auto before = sign_before(code, place);
  if (before != nowhere && (code[before] == ')' || code[before] == ']' || code[before] == '[')) {
    return std::nullopt;
  }
  if (before != nowhere && in_word(code[before])) {
    std::size_t begin = before;
    while (begin > 0 && in_word(code[begin - 1])) --begin;
    const auto word = code.substr(begin, before + 1 - begin);
    if (word != "return" && word != "co_return" && word != "co_await") return std::nullopt;
  }
  const auto end_of_captures = closing(code, place);
  if (end_of_captures == nowhere) return std::nullopt;
  const auto open = code.find_first_of("{;", end_of_captures);
  if (open == nowhere || code[open] == ';') return std::nullopt;
  const auto head = code.substr(end_of_captures, open - end_of_captures);
  if (head.find("->") == nowhere || head.find("awaitable") == nowhere) return std::nullopt;
  const auto close = closing(code, open);
  if (close == nowhere) return std::nullopt;
  return Lambda{place, trimmed(code.substr(place + 1, end_of_captures - place - 1)),
                code.substr(open, close - open), close + 1};
}

std::vector<Lambda> coroutine_lambdas(std::string_view code) {
  std::vector<Lambda> lambdas;
  for (auto at = code.find('['); at != nowhere; at = code.find('[', at + 1)) {
    if (const auto lambda = coroutine_lambda(code, at)) lambdas.push_back(*lambda);
  }
  return lambdas;
}

// Whether the function around this place has a variable or a parameter of this name: it was
// declared after the last line that begins in the first column with something else than a blank.
bool is_local(std::string_view code, std::size_t place, const std::string& name) {
  std::size_t begin = place;
  while (begin > 0 && !(code[begin - 1] == '\n' && code[begin] == '}')) --begin;
  const std::string before(code.substr(begin, place - begin));
  const std::regex declared(R"(([\w>\]&*])\s*[ &*]\s*\b)" + name +
                            R"(\s*(=|;|\(|\{|,|\)|:[^:]|\]))");
  static const std::regex keyword(R"((return|co_await|co_return|throw|else|new)\s*$)");
  for (std::sregex_iterator found(before.begin(), before.end(), declared), none; found != none;
       ++found) {
    const std::string ahead = before.substr(0, static_cast<std::size_t>(found->position(1)) + 1);
    if (!std::regex_search(ahead, keyword)) return true;
  }
  return false;
}

// Whether a lambda uses something that it has captured.
bool captures_something(std::string_view code, const Lambda& lambda) {
  const auto captures = separated(lambda.captures);
  if (captures.empty()) return false;
  const bool by_default =
      std::ranges::all_of(captures, [](auto capture) { return capture == "&" || capture == "="; });
  if (!by_default) return true;
  static const std::regex name(R"([A-Za-z_]\w*)");
  const std::string body(lambda.body);
  for (std::sregex_iterator found(body.begin(), body.end(), name), none; found != none; ++found) {
    if (is_local(code, lambda.place, found->str())) return true;
  }
  return false;
}

// A function that is a coroutine, and its parameters.
struct Coroutine {
  std::string name;
  std::vector<std::string_view> parameters;
  std::size_t end;  // of the parameters
};

// Whether a parameter that is given a temporary refers to it.
bool refers_to_temporary(std::string_view parameter) {
  const bool reference = parameter.find('&') != nowhere;
  return (reference && (has_word(parameter, "const") || parameter.find("&&") != nowhere)) ||
         has_word(parameter, "string_view");
}

std::vector<Coroutine> coroutines(std::string_view code) {
  std::vector<Coroutine> found;
  constexpr std::string_view type = "awaitable<";
  for (auto at = code.find(type); at != nowhere; at = code.find(type, at + 1)) {
    const auto angle = closing_angle(code, at + type.size() - 1);
    if (angle == nowhere) continue;
    const auto begin = next_sign(code, angle + 1);
    if (begin == nowhere || !in_word(code[begin])) continue;
    std::size_t end = begin;
    while (end < code.size() && in_word(code[end])) ++end;
    const auto open = next_sign(code, end);
    if (open == nowhere || code[open] != '(') continue;
    const auto close = closing(code, open);
    if (close == nowhere) continue;
    const auto after = next_sign(code, close + 1);
    if (after == nowhere || (code[after] != '{' && code[after] != ';')) continue;
    found.push_back({std::string(code.substr(begin, end - begin)),
                     separated(code.substr(open + 1, close - open - 1)), close});
  }
  return found;
}

bool is_temporary(std::string_view argument, std::string_view parameter) {
  const bool view = has_word(parameter, "string_view") || parameter.find("char") != nowhere;
  if (argument.starts_with('"')) return !view;
  static const std::regex temporary(
      R"(^(\{|(std::(string|vector|to_string|pair|array)|fmt::format|[A-Z]\w*)(<[^()]*>)?\s*[({]))");
  return std::regex_search(argument.begin(), argument.end(), temporary);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, in_word) &&
         std::isdigit(static_cast<unsigned char>(text.front())) == 0;
}

// Whether it is the variable of a loop around this place, and a new one each time.
bool is_loop_variable(std::string_view code, std::size_t place, std::string_view name) {
  for (auto at = find_word(code, "for"); at < place; at = find_word(code, "for", at + 1)) {
    const auto open = next_sign(code, at + 3);
    if (open == nowhere || code[open] != '(') continue;
    const auto close = closing(code, open);
    if (close == nowhere || close > place) continue;
    const auto body = next_sign(code, close + 1);
    if (body == nowhere) continue;
    const auto end = code[body] == '{' ? closing(code, body) : code.find(';', body);
    if (end == nowhere || end < place) continue;
    const auto head = code.substr(open + 1, close - open - 1);
    const auto variable = trimmed(head.substr(0, head.find_first_of(":=")));
    if (variable.ends_with(name) && variable.find('&') == nowhere) return true;
  }
  return false;
}

std::optional<TextFault> dangling_argument(std::string_view code) {
  for (const Coroutine& coroutine : coroutines(code)) {
    for (auto at = find_word(code, coroutine.name); at != nowhere;
         at = find_word(code, coroutine.name, at + 1)) {
      const auto open = next_sign(code, at + coroutine.name.size());
      if (open == nowhere || code[open] != '(') continue;
      const auto close = closing(code, open);
      if (close == nowhere || close == coroutine.end) continue;
      const auto before = sign_before(code, at);
      if (before != nowhere && code[before] == '>') continue;  // a declaration
      const auto arguments = separated(code.substr(open + 1, close - open - 1));
      for (std::size_t i = 0; i < std::min(arguments.size(), coroutine.parameters.size()); ++i) {
        const auto parameter = coroutine.parameters[i];
        const bool temporary =
            refers_to_temporary(parameter) && is_temporary(arguments[i], parameter);
        const bool of_loop = parameter.find('&') != nowhere && is_name(arguments[i]) &&
                             is_loop_variable(code, at, arguments[i]);
        if (!temporary && !of_loop) continue;
        if (is_awaited(code, at)) continue;
        return TextFault{
            line_at(code, at),
            fmt::format("{} refers to {}, which is gone before the coroutine runs. Let {} take {}.",
                        coroutine.name,
                        temporary ? "a temporary" : fmt::format("the loop's {}", arguments[i]),
                        coroutine.name,
                        has_word(parameter, "string_view") ? "a std::string, by value"
                                                           : "this argument by value")};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string told(const TextFault& fault) {
  return fmt::format("Line {}: {}", fault.line, fault.words);
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string code_of(std::string_view source) {
  std::string code(source);
  const auto blank = [&code](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, code.size()); ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
  };
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code.compare(i, 2, "//") == 0) {
      const auto end = std::min(code.find('\n', i), code.size());
      blank(i, end);
      i = end;
    } else if (code.compare(i, 2, "/*") == 0) {
      const auto end = code.find("*/", i + 2);
      blank(i, end == std::string::npos ? code.size() : end + 2);
    } else if (code[i] == '"' || (code[i] == '\'' && (i == 0 || !in_word(code[i - 1])))) {
      // (A quotation mark within a number separates its digits.)
      std::size_t end = i + 1;
      while (end < code.size() && code[end] != code[i] && code[end] != '\n') {
        end += code[end] == '\\' ? 2 : 1;
      }
      blank(i + 1, end);
      i = end;
    }
  }
  return code;
}

int occurrences(std::string_view code, const std::vector<std::string>& words) {
  int count = 0;
  for (const std::string& word : words) {
    for (auto at = find_word(code, word); at != nowhere; at = find_word(code, word, at + 1)) {
      // (A quotation mark within a number separates its digits.)
      const auto end = at + word.size();
      if (end == code.size() || code[end] != '\'') ++count;
    }
  }
  return count;
}

int durations(std::string_view code) {
  static const std::regex duration(R"(\b(\d[\d']*)(\.\d+)?(h|min|s|ms|us|ns)\b)");
  const std::string text(code);
  return static_cast<int>(std::count_if(
      std::sregex_iterator(text.begin(), text.end(), duration), {}, [](const std::smatch& found) {
        return found[0].str().find_first_of("123456789") != std::string::npos;
      }));
}

std::optional<TextFault> dangling_coroutine(std::string_view code) {
  for (const Lambda& lambda : coroutine_lambdas(code)) {
    const auto after = next_sign(code, lambda.end);
    if (after == nowhere || code[after] != '(') continue;
    if (is_awaited(code, lambda.place) || !captures_something(code, lambda)) continue;
    return TextFault{line_at(code, lambda.place),
                     "this lambda is called at once, and is gone, with its captures, before its "
                     "coroutine has ended. Give it parameters instead, or a name in a scope "
                     "that lasts until the coroutine has ended."};
  }
  return dangling_argument(code);
}

std::optional<TextFault> lambda_destroyed_twice(std::string_view code) {
  for (const Lambda& lambda : coroutine_lambdas(code)) {
    if (lambda.captures.empty() || !is_awaited(code, lambda.place)) continue;
    return TextFault{line_at(code, lambda.place),
                     "g++ 12 destroys a lambda twice if it has captures and is written inside a "
                     "co_await expression. That is a fault of this compiler, not yours: give the "
                     "lambda a name first."};
  }
  return std::nullopt;
}

std::optional<TextFault> no_coroutine(std::string_view code) {
  const auto is_none = [](std::string_view body) {
    std::string own(body);  // without those lambdas that are coroutines themselves
    for (const Lambda& lambda : coroutine_lambdas(body.substr(1))) {
      std::fill_n(own.begin() + 1 + static_cast<std::ptrdiff_t>(lambda.place),
                  lambda.end - lambda.place, ' ');
    }
    return std::ranges::none_of(
        std::to_array<std::string_view>({"co_await", "co_return", "co_yield", "return", "throw"}),
        [&](std::string_view word) { return has_word(own, word); });
  };
  const auto fault = [&](std::size_t place, std::string_view name) {
    return TextFault{line_at(code, place),
                     fmt::format("{} has neither co_await nor co_return, so it is not a coroutine, "
                                 "and returns nothing. Is a co_await missing?",
                                 name)};
  };
  for (const Coroutine& function : coroutines(code)) {
    const auto open = next_sign(code, function.end + 1);
    if (open == nowhere || code[open] != '{') continue;
    const auto close = closing(code, open);
    if (close != nowhere && is_none(code.substr(open, close - open))) {
      return fault(function.end, function.name);
    }
  }
  for (const Lambda& lambda : coroutine_lambdas(code)) {
    if (is_none(lambda.body)) return fault(lambda.place, "this lambda");
  }
  return std::nullopt;
}

std::optional<TextFault> moved_twice(std::string_view code) {
  static const std::regex move(R"(std::move\((\w+)\))");
  const std::string text(code);
  std::vector<std::string> seen;
  std::size_t function = 0;  // where the one before this place has ended
  for (std::sregex_iterator found(text.begin(), text.end(), move), none; found != none; ++found) {
    const auto place = static_cast<std::size_t>(found->position());
    if (const auto end = text.rfind("\n}", place); end != nowhere && end > function) {
      function = end;
      seen.clear();
    }
    const std::string name = found->str(1);
    if (std::ranges::find(seen, name) != seen.end()) {
      return TextFault{line_at(code, place),
                       fmt::format("Was {} moved away before? Then it is empty.", name)};
    }
    seen.push_back(name);
  }
  return std::nullopt;
}

namespace {

// A variable that gets the result of a call, and is never used again.
struct Unused {
  std::string name;
  std::string call;
  int line;
};

std::vector<Unused> unused_results(const std::string& text) {
  static const std::regex made(
      R"((?:auto|awaitable<[^;={}]*>)\s+([A-Za-z_]\w*)\s*=\s*([^;]*\)[^;]*);)");
  std::vector<Unused> unused;
  for (std::sregex_iterator found(text.begin(), text.end(), made), none; found != none; ++found) {
    const std::string name = found->str(1);
    const auto place = static_cast<std::size_t>(found->position(1));
    if (has_word(found->str(2), "co_await") || found->str(2).starts_with('[')) continue;
    if (find_word(text, name) != place || find_word(text, name, place + 1) != nowhere) continue;
    unused.push_back({name, found->str(2), line_at(text, place)});
  }
  return unused;
}

}  // namespace

std::optional<TextFault> never_awaited(std::string_view code) {
  for (const Unused& result : unused_results(std::string(code))) {
    if (has_word(result.call, "start_task")) continue;  // it runs: see left_alone()
    return TextFault{result.line,
                     fmt::format("{} is never used. If it is a task, it does not run: is a "
                                 "co_await missing?",
                                 result.name)};
  }
  return std::nullopt;
}

std::optional<TextFault> left_alone(std::string_view code) {
  for (const Unused& task : unused_results(std::string(code))) {
    if (!has_word(task.call, "start_task")) continue;
    return TextFault{task.line,
                     fmt::format("{} is started, and nothing waits for its end.", task.name)};
  }
  return std::nullopt;
}

std::optional<TextFault> only_named(std::string_view code) {
  static const std::regex named(R"((?:^|[;{}])\s*(?:asio::)?this_coro::(\w+)\()");
  const std::string text(code);
  std::smatch found;
  if (!std::regex_search(text, found, named)) return std::nullopt;
  return TextFault{line_at(code, static_cast<std::size_t>(found.position(1))),
                   fmt::format("{} does nothing without a co_await before it.", found.str(1))};
}

std::vector<std::string> names_asked_for(std::string_view source) {
  static const std::regex literal(R"re(([!=]=\s*)?"( *)"(?:sv|s)?(\s*[!=]=)?)re");
  const std::string code = code_of(source);
  const auto main = code.rfind("int main(");
  if (main == nowhere) return {};
  std::set<std::string> of_main;
  std::vector<std::string> compared;
  for (std::sregex_iterator found(code.begin(), code.end(), literal), none; found != none;
       ++found) {
    const auto place = static_cast<std::size_t>(found->position(2));
    const std::string text(source.substr(place, static_cast<std::size_t>(found->length(2))));
    if (text.empty()) continue;
    if (place > main) {
      of_main.insert(text);
    } else if ((*found)[1].matched || (*found)[3].matched) {
      compared.push_back(text);
    }
  }
  std::erase_if(compared, [&](const std::string& text) { return !of_main.contains(text); });
  return compared;
}

std::optional<TextFault> waits_in_steps(std::string_view code) {
  static const std::regex loop = [] {
    const std::string steps = R"([^;{}]*\d(?:h|min|s|ms|us)\b[^;{}]*\);)";
    const std::string wait = R"(co_await\s+[\w:.]+\()" + steps;
    const std::string timer =
        R"(\w+\.expires_after\()" + steps + R"(\s*co_await\s+\w+\.async_wait\([^;{}]*\);)";
    return std::regex(R"(\bwhile\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\s*(?:)" + wait +
                      R"(|\{\s*(?:)" + wait + "|" + timer + R"()\s*\}))");
  }();
  const std::string text(code);
  for (std::sregex_iterator found(text.begin(), text.end(), loop), none; found != none; ++found) {
    // (To try again after a pause is another matter.)
    if (has_any(found->str(1), {"co_await"})) continue;
    return TextFault{
        line_at(code, static_cast<std::size_t>(found->position())),
        "this loop waits in steps until something has happened. Await the event itself."};
  }
  return std::nullopt;
}

std::optional<TextFault> buffer_of_local(std::string_view code) {
  static const std::regex returned(R"(\breturn\s+asio::buffer\((\w+)\))");
  const std::string text(code);
  for (std::sregex_iterator found(text.begin(), text.end(), returned), none; found != none;
       ++found) {
    const auto place = static_cast<std::size_t>(found->position());
    const std::string name = found->str(1);
    const std::regex local(
        R"([;{]\s*(?:const\s+)?(?:std::(?:string|vector|array)\b[^;&]*|auto|char)\s)" + name +
        R"(\s*[=({\[;])");
    const auto block = enclosing(code, place);
    if (block == nowhere || !std::regex_search(text.substr(block, place - block), local)) continue;
    return TextFault{
        line_at(code, place),
        fmt::format("the buffer refers to {}, which is gone when the function has ended.", name)};
  }
  return std::nullopt;
}

std::optional<TextFault> posted_reference(std::string_view code) {
  static const std::regex posted(R"([;{}]\s*(?:asio::)?(post|defer|dispatch)\([^;]*?\[&)");
  const std::string text(code);
  for (std::sregex_iterator found(text.begin(), text.end(), posted), none; found != none; ++found) {
    const auto place = static_cast<std::size_t>(found->position(1));
    const auto before = text.rfind("\n}", place);
    const std::string_view function = code.substr(before == std::string::npos ? 0 : before);
    const auto end = function.find("\n}", 1);
    if (!has_any(function.substr(0, end), {"co_await", "co_return"})) continue;
    return TextFault{line_at(code, place),
                     fmt::format("{} may call the lambda after this coroutine has ended, and it "
                                 "refers to the coroutine's variables. Capture them by value.",
                                 found->str(1))};
  }
  return std::nullopt;
}

std::optional<TextFault> runs_too_early(std::string_view code) {
  const auto run = code.rfind(".run");  // or run_for()
  const auto spawned = code.rfind("co_spawn(");
  const auto main = code.rfind("int main(");
  if (run == nowhere || spawned == nowhere || main == nowhere) return std::nullopt;
  if (run < main || spawned < run || code.find("thread") != nowhere) return std::nullopt;
  return TextFault{line_at(code, spawned), "this task is spawned after run(), so it never runs."};
}

std::optional<TextFault> runs_again(std::string_view code) {
  if (has_word(code, "restart") || code.find("thread") != nowhere) return std::nullopt;
  static const std::regex run(R"(\b([A-Za-z_]\w*)\.run\(\))");
  const std::string text(code);
  std::vector<std::string> seen;
  for (std::sregex_iterator found(text.begin(), text.end(), run), none; found != none; ++found) {
    const std::string loop = found->str(1);
    if (!std::regex_search(text, std::regex("io_context\\s+" + loop + "\\b"))) continue;
    const auto place = static_cast<std::size_t>(found->position());
    const auto head = text.rfind("while", place);
    const bool repeated = head != std::string::npos && text.find_first_of(";}", head) >= place;
    if (!repeated && std::ranges::find(seen, loop) == seen.end()) {
      seen.push_back(loop);
      continue;
    }
    return TextFault{line_at(code, place),
                     fmt::format("{0}.run() returns at once if the loop has ended before: call "
                                 "{0}.restart() first.",
                                 loop)};
  }
  return std::nullopt;
}

}  // namespace workbook

#include "exercise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace workbook {
namespace {

using Json = nlohmann::json;

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(fmt::format("{} {}.", path, why));
}

std::vector<Span> spans_of(const Json& list) {
  std::vector<Span> spans;
  for (const Json& span : list) {
    if (!span.is_array() || span.size() != 2) throw std::invalid_argument("overlap");
    spans.push_back({span[0].get<std::string>(), span[1].get<std::string>()});
  }
  return spans;
}

std::vector<Once> once_of(const Json& list) {
  std::vector<Once> all;
  for (const Json& once : list) {
    all.push_back({once.at("words").get<std::string>(), once.at("thing").get<std::string>(),
                   once.at("has").get<std::string>()});
  }
  return all;
}

std::vector<InText> in_text_of(const Json& list) {
  std::vector<InText> all;
  for (const Json& entry : list) {
    const InText any;
    all.push_back({entry.at("words").get<std::vector<std::string>>(),
                   entry.value("least", any.least), entry.value("most", any.most),
                   entry.at("otherwise").get<std::string>()});
  }
  return all;
}

}  // namespace

std::string Span::name() const {
  const auto first = words_of(begin);
  const auto last = words_of(end);
  const auto tail = std::mismatch(first.rbegin(), first.rend(), last.rbegin(), last.rend()).first;
  std::string name = fmt::format("{}", fmt::join(tail.base(), first.end(), " "));
  if (name.empty()) {
    const auto head = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
    name = fmt::format("{}", fmt::join(first.begin(), head, " "));
  }
  while (!name.empty() && std::string_view(":,;.").find(name.back()) != std::string_view::npos) {
    name.pop_back();
  }
  return name.empty() ? fmt::format("\"{}\"", begin) : name;
}

Exercise parse_exercise(const std::string& text, const std::string& path) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) refuse(path, "is not a JSON object");

  Exercise exercise;
  std::string entry;
  const auto has = [&](const char* name, bool needed) {
    entry = name;
    if (needed && !json.contains(name)) refuse(path, fmt::format("has no \"{}\"", name));
    return json.contains(name);
  };
  try {
    if (has("task", true)) exercise.task = json["task"].get<std::string>();
    if (has("starter_fails", true)) {
      exercise.starter_fails = json["starter_fails"].get<std::string>();
    }
    if (has("may_sleep", false)) exercise.may_sleep = json["may_sleep"].get<bool>();
    if (has("may_start_threads", false)) {
      exercise.may_start_threads = json["may_start_threads"].get<bool>();
    }
    if (has("must_hold", false)) {
      exercise.must_hold = std::chrono::duration_cast<std::chrono::nanoseconds>(
          std::chrono::duration<double>(json["must_hold"].get<double>()));
    }
    if (has("overlap", false)) exercise.overlap = spans_of(json["overlap"]);
    if (has("once", false)) exercise.once = once_of(json["once"]);
    if (has("in_order", false)) {
      exercise.in_order = json["in_order"].get<std::vector<std::vector<std::string>>>();
    }
    if (has("at_once", false)) {
      exercise.at_once = json["at_once"].get<std::vector<std::pair<std::string, std::string>>>();
    }
    if (has("durations", false)) exercise.durations = json["durations"].get<int>();
    if (has("by_name", false)) exercise.by_name = json["by_name"].get<int>();
    if (has("in_text", false)) exercise.in_text = in_text_of(json["in_text"]);
    if (has("hints", true)) exercise.hints = json["hints"].get<std::vector<std::string>>();
    if (has("wrong", false)) {
      exercise.wrong = json["wrong"].get<std::map<std::string, std::string>>();
    }
  } catch (const std::runtime_error&) {
    throw;
  } catch (const std::exception&) {
    refuse(path, fmt::format("has a \"{}\" of the wrong type", entry));
  }
  constexpr std::size_t levels = 3;
  if (exercise.hints.size() != levels) {
    refuse(path, fmt::format("has {} hints; exactly three are required", exercise.hints.size()));
  }
  for (const auto& [name, value] : json.items()) {
    static constexpr std::string_view known[] = {
        "task",  "starter_fails", "may_sleep", "may_start_threads", "must_hold", "overlap",
        "once",  "in_order",      "at_once",   "durations",         "by_name",   "in_text",
        "hints", "wrong"};
    if (std::ranges::find(known, name) == std::end(known)) {
      refuse(path, fmt::format("has a \"{}\" that is not a known entry", name));
    }
  }
  return exercise;
}

std::string task_text(std::string_view starter, std::string_view expected) {
  std::string task(expected);
  std::istringstream source{std::string(starter)};
  for (std::string line; std::getline(source, line);) {
    line.erase(std::min(line.find("//"), line.size()));
    std::erase_if(line, [](char sign) { return sign == ' '; });
    task += line;
  }
  return task;
}

}  // namespace workbook

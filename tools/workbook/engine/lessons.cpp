#include "lessons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <tuple>

namespace workbook {
namespace {

namespace fs = std::filesystem;

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

// "NN-name"
bool is_lesson_name(std::string_view name) {
  return name.size() > 3 && is_digit(name[0]) && is_digit(name[1]) && name[2] == '-';
}

std::vector<std::string> find_programs(const fs::path& folder) {
  std::vector<std::string> programs;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const fs::path& file = entry.path();
    // The exercise is not a program of the lesson: learners start, check and watch it. Clients are
    // run with their server.
    if (file.extension() == ".cpp" && file.stem() != "exercise" && file.stem() != "clients") {
      programs.push_back(file.stem().string());
    }
  }
  std::ranges::sort(programs, {}, [](const std::string& program) {
    return std::tuple(program != "sync", program != "async", program);
  });
  return programs;
}

std::string find_title(const fs::path& folder) {
  std::ifstream page(folder / "README.md");
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("# ")) return line.substr(2);
  }
  return {};
}

std::string list(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<Lesson> find_lessons(const fs::path& checkout) {
  std::vector<Lesson> lessons;
  const fs::path folder = checkout / "lessons";
  if (fs::is_directory(folder)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_directory() || !is_lesson_name(name)) continue;
      lessons.push_back({(name[0] - '0') * 10 + (name[1] - '0'), name, entry.path(),
                         find_programs(entry.path()), find_title(entry.path())});
    }
  }
  if (lessons.empty()) {
    throw std::runtime_error(fmt::format("There are no lessons in {}.", folder.string()));
  }
  std::ranges::sort(lessons, {}, &Lesson::name);
  return lessons;
}

const Lesson& choose_lesson(const std::vector<Lesson>& lessons, std::string_view wanted) {
  // A shell's completion gives the folder.
  while (wanted.size() > 1 && wanted.ends_with('/')) wanted.remove_suffix(1);
  if (const auto slash = wanted.find_last_of('/');
      slash != wanted.npos && slash + 1 < wanted.size()) {
    wanted.remove_prefix(slash + 1);
  }
  std::vector<const Lesson*> found;
  const bool is_number = !wanted.empty() && std::ranges::all_of(wanted, is_digit);
  for (const Lesson& lesson : lessons) {
    if (lesson.name == wanted) return lesson;
    const bool fits =
        is_number
            ? std::string(wanted).substr(std::min(wanted.find_first_not_of('0'), wanted.size())) ==
                  std::to_string(lesson.number)
            : !wanted.empty() && lesson.name.starts_with(wanted);
    if (fits) found.push_back(&lesson);
  }
  if (found.size() == 1) return *found.front();

  std::vector<std::string> names;
  if (found.empty()) {
    for (const Lesson& lesson : lessons) names.push_back(lesson.name);
    throw WrongCall(fmt::format("There is no lesson \"{}\". There are: {}.", wanted, list(names)));
  }
  for (const Lesson* lesson : found) names.push_back(lesson->name);
  throw WrongCall(fmt::format("\"{}\" could be any of: {}.", wanted, list(names)));
}

const Lesson* lesson_after(const std::vector<Lesson>& lessons, const Lesson& lesson) {
  const auto next = std::ranges::upper_bound(lessons, lesson.number, {}, &Lesson::number);
  return next != lessons.end() ? &*next : nullptr;
}

const std::string& choose_program(const Lesson& lesson, std::string_view wanted) {
  if (wanted.ends_with(".cpp")) wanted.remove_suffix(4);
  std::vector<const std::string*> found;
  for (const std::string& program : lesson.programs) {
    if (program == wanted) return program;
    if (!wanted.empty() && program.starts_with(wanted)) found.push_back(&program);
  }
  if (found.size() == 1) return *found.front();
  throw WrongCall(fmt::format("Lesson {} has no program \"{}\". It has: {}.", lesson.name, wanted,
                              list(lesson.programs)));
}

std::string how_to_begin(const Lesson& lesson) {
  return fmt::format("read lessons/{}, then ./workbook run {:02}", lesson.name, lesson.number);
}

}  // namespace workbook

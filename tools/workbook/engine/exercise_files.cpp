#include "exercise_files.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "files.hpp"

namespace workbook {

bool has_exercise(const Lesson& lesson) {
  return std::filesystem::exists(lesson.folder / "exercise.cpp");
}

Exercise load_exercise(const std::filesystem::path& folder) {
  const auto path = folder / "exercise.json";
  const auto text = read_file(path);
  if (!text) throw std::runtime_error(fmt::format("{} is missing.", path.string()));
  return parse_exercise(*text, path.string());
}

ExerciseFiles::ExerciseFiles(const std::filesystem::path& checkout, const Lesson& lesson)
    : starter(lesson.folder / "exercise.cpp"),
      solution(checkout / "solutions" / lesson.name / "exercise.cpp"),
      mine(checkout / "my" / (lesson.name + ".cpp")),
      mine_shown("my/" + lesson.name + ".cpp"),
      started(checkout / "my" / ".started" / lesson.name) {}

std::string task_fingerprint(const std::filesystem::path& starter) {
  const auto expected = starter.parent_path() / "exercise.expected";
  return fingerprint(task_text(read_file(starter).value_or(""), read_file(expected).value_or("")));
}

bool task_has_changed(const ExerciseFiles& files) {
  const auto known = read_file(files.started);
  return known && *known != task_fingerprint(files.starter);
}

}  // namespace workbook

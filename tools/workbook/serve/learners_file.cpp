#include "learners_file.hpp"

#include <fmt/format.h>

#include "context.hpp"
#include "files.hpp"

namespace workbook {

namespace fs = std::filesystem;

LearnersText load_learners_text(const ExerciseFiles& files) {
  const fs::file_status status = fs::symlink_status(files.mine);
  if (!fs::exists(status)) {
    return {false, read_file(files.starter).value_or(""), "none"};
  }
  // Writing would replace the link, not the file that it leads to; and that may be anywhere.
  if (fs::is_symlink(status)) {
    throw Failure(
        fmt::format("{} is a symbolic link: edit the file that it leads to.", files.mine_shown));
  }
  auto text = read_file(files.mine);
  if (!text) throw Failure(fmt::format("{} is not a readable file.", files.mine_shown));
  LearnersText mine{true, std::move(*text), {}};
  mine.version = fingerprint(mine.text);
  return mine;
}

std::optional<std::string> save_learners_text(const ExerciseFiles& files, const std::string& text,
                                              const std::string& version) {
  const LearnersText current = load_learners_text(files);
  if (current.version != version) return std::nullopt;
  std::error_code error;
  fs::create_directories(files.mine.parent_path(), error);
  save_file(files.mine, text);
  return fingerprint(text);
}

}  // namespace workbook

// The learner's progress: a small file for each checkout in the user's state folder.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "console.hpp"

namespace workbook {

struct LessonProgress {
  bool done = false;
  int hints = 0;      // seen so far
  std::string since;  // when it was done, as "2024-05-01 12:00"; empty before
};

class Progress {
 public:
  // For the checkout in this folder. Without a home there is no file, and nothing is remembered.
  Progress(const std::filesystem::path& checkout, Console& console);

  // What is remembered. A garbled file is put aside, with a message.
  std::map<std::string, LessonProgress> load();
  LessonProgress of(const std::string& lesson);

  // Changes what is remembered of a lesson, one ./workbook at a time. Returns false, with a
  // message, when it cannot be saved.
  bool change(const std::string& lesson, const std::function<void(LessonProgress&)>& change);

  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  Console& console_;
};

// The time now, as LessonProgress has it.
std::string time_stamp();

}  // namespace workbook

// What a page can ask for: to run the lesson's programs, and to check the exercise.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "context.hpp"
#include "jobs.hpp"
#include "lessons.hpp"

namespace workbook {

struct PageRun {
  Lesson lesson;
  std::vector<std::string> programs;
  bool together = false;  // otherwise one after the other
  // Of the programs whose arguments are not those of run.json.
  std::map<std::string, std::vector<std::string>> arguments;
  std::chrono::seconds cpu_limit{10};  // of processor time, for each program
  std::chrono::seconds slack{60};      // beyond what a program is known to need
};

// Builds the programs and runs them in real time, with limits against accidents.
asio::awaitable<void> run_for_page(Context& context, PageRun run, Job& job);

// Does what ./workbook check does.
asio::awaitable<void> check_for_page(Context& context, Lesson lesson, Job& job);

}  // namespace workbook

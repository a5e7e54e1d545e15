// Saves what a program does as what it must do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// Makes `run` what `program` must do from now on: rewrites its .expected and its part of
// replay.json, where `server` holds what the lesson's server said during the run. Unchanged files
// are not written; returns those that were. Several processes may do this at the same time.
std::vector<std::filesystem::path> save_expectation(const std::filesystem::path& folder,
                                                    const std::string& program,
                                                    const ProgramRun& run,
                                                    const std::vector<PrintedLine>& server = {});

}  // namespace workbook

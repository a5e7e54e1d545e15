// Makes what a program does what it must do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// Makes `run` what `program` must do from now on: rewrites its .expected and its part of
// replay.json, where `server` holds what the lesson's server said meanwhile. Files that stay the
// same are not written; returns those that were. Several processes may do so at once.
std::vector<std::filesystem::path> save_expectation(const std::filesystem::path& folder,
                                                    const std::string& program,
                                                    const ProgramRun& run,
                                                    const std::vector<PrintedLine>& server = {});

}  // namespace workbook

// Runs programs, each on its own loop, for tests that have nothing else to do.
#pragma once

#include <cstdint>
#include <filesystem>

#include "lesson_run.hpp"
#include "run_program.hpp"

namespace workbook {

// In bytes, for a compiler's own files: the assembler's text of one of our programs is 20 MB.
inline constexpr std::uintmax_t compiler_output_limit = 1 << 28;

ProgramRun simulate_now(const std::filesystem::path& program, const std::filesystem::path& library,
                        const RunOptions& options = {});

ProgramRun run_in_real_time_now(const std::filesystem::path& program,
                                const RunOptions& options = {});

LessonRun run_lesson_now(const RunSettings& settings, const std::filesystem::path& program,
                         const std::filesystem::path& folder, const std::filesystem::path& build);

}  // namespace workbook

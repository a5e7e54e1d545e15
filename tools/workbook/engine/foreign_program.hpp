// A program that somebody else has built: where it is, and whether the simulated clock can be
// loaded into it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace workbook {

// As a shell finds it: a name without a slash is looked for on PATH. Nothing if it is not there.
std::optional<std::filesystem::path> find_program(const std::string& name);

// Why the clock cannot be loaded into this file, as a sentence; empty if it can. Reads the file's
// ELF headers (elf(5)), which the dynamic loader would read next.
std::string why_it_cannot_be_simulated(const std::filesystem::path& program);

}  // namespace workbook

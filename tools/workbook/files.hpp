// Whole files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace workbook {

// All of a file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& path);

// Whole or not at all, also when the disk is full. Throws std::runtime_error, with a sentence. The
// caller sees to it that nobody else writes the same file.
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace workbook

// Whole files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace workbook {

// All of a file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& path);

// Whole or not at all, also when the disk is full. Throws std::runtime_error, with a sentence. The
// caller sees to it that nobody else writes the same file.
void write_file(const std::filesystem::path& path, const std::string& text);

// The same, and on the disk before it returns; the file keeps its permissions.
void save_file(const std::filesystem::path& path, const std::string& text);

// FNV-1a, in hexadecimal digits: the same everywhere and always, as std::hash need not be.
std::string fingerprint(std::string_view text);

}  // namespace workbook

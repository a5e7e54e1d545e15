// Whole files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace workbook {

// The whole content of a file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& path);

// Writes the whole file or nothing, even when the disk is full. Throws std::runtime_error, with a
// sentence. The caller ensures that no other process writes the same file.
void write_file(const std::filesystem::path& path, const std::string& text);

// The same, and on the disk before it returns; the file keeps its permissions.
void save_file(const std::filesystem::path& path, const std::string& text);

// FNV-1a, in hexadecimal digits: the same everywhere and always, as std::hash need not be.
std::string fingerprint(std::string_view text);

}  // namespace workbook

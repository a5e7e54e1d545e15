// The files that say what a lesson's program must do.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "expectation.hpp"

namespace workbook {

// Reads what `program` in `folder` must do. Throws std::runtime_error, with a sentence, when its
// .expected or the folder's replay.json cannot be read.
Expectation load_expectation(const std::filesystem::path& folder, const std::string& program);

// When it must do it; nothing for a program that is recorded nowhere. Throws as above.
std::optional<ExpectedTimes> load_times(const std::filesystem::path& folder,
                                        const std::string& program);

// The beginning of a line in which a test names a file that it has saved.
inline constexpr std::string_view rewrote = "Rewrote ";

// UPDATE_EXPECTED=1 in the environment: what the programs do is saved, not compared.
bool updating_expectations();

}  // namespace workbook

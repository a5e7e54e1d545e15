// Where things are.
#pragma once

#include <cstdlib>
#include <filesystem>

inline const std::filesystem::path source_folder = WORKBOOK_SOURCE;
inline const std::filesystem::path build_folder = WORKBOOK_BUILD;
inline const std::filesystem::path clock_library = WORKBOOK_VIRTUAL_TIME;

// The build folder whose answers to exercises are tried: this one, or that of another compiler.
inline const std::filesystem::path answers_build =
    std::getenv("WORKBOOK_ANSWERS") ? std::getenv("WORKBOOK_ANSWERS") : WORKBOOK_BUILD;

// Where things are.
#pragma once

#include <filesystem>

inline const std::filesystem::path source_folder = WORKBOOK_SOURCE;
inline const std::filesystem::path build_folder = WORKBOOK_BUILD;
inline const std::filesystem::path clock_library = WORKBOOK_VIRTUAL_TIME;

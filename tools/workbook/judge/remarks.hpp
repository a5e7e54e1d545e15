// What a program's text and its run together suggest: a question or an advice, a sentence or two
// each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expectation.hpp"
#include "program_run.hpp"

namespace workbook {

// Whether memory may have been used that is gone.
bool crashed(const ProgramRun& run);

// Whether that was g++ 12 (source_text.hpp).
bool was_destroyed_twice(const ProgramRun& run, std::string_view code);

// On a program that failed. `code` is its code_of().
std::vector<std::string> remarks_on(const ProgramRun& run, const Expectation& expected,
                                    std::string_view code);

// On a right answer.
std::vector<std::string> warnings_on(std::string_view code);

}  // namespace workbook

// A pseudo-terminal for a child.
#pragma once

#include "descriptor.hpp"

namespace workbook {

// Opens both sides of a new pseudo-terminal. It neither echoes nor turns \n into \r\n: we read
// exactly what the child writes. Throws std::system_error, with a sentence.
void open_terminal(Descriptor& ours, Descriptor& childs);

}  // namespace workbook

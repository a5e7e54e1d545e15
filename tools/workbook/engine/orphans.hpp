// The processes that children leave running when they end.
#pragma once

#include <sys/types.h>

namespace workbook {

// From here on a process that a child leaves running becomes our child, whatever session it has
// moved to, and ends with the child. For a program without other children than ChildProcess.
void adopt_orphans();

// A child of ours begins, and ends: it is not an orphan. Each noted child must be forgotten.
void note_child(pid_t child);
void forget_child(pid_t child);

// Ends the processes that we have adopted from a child that has ended, and returns how many there
// were; 0 without adopt_orphans. It repeats this, because each may have children, which are then
// ours.
int end_orphans();

}  // namespace workbook

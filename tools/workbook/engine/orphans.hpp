// What children leave running when they end.
#pragma once

#include <sys/types.h>

namespace workbook {

// From here on what a child leaves running becomes our child, whatever session it has moved to, and
// ends with the child. For a program without other children than ChildProcess.
void adopt_orphans();

// A child of our own begins and is no more: it is not an orphan. Each that begins must be
// forgotten.
void note_child(pid_t child);
void forget_child(pid_t child);

// Ends the processes that we have adopted from a child that is no more, and returns how many there
// were; 0 without adopt_orphans. Again and again: each may have children, which are ours then.
int end_orphans();

}  // namespace workbook

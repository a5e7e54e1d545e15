"""How the lines of one program become those of another: the diff, and what a solution adds."""

import difflib
import re
from typing import NamedTuple

from markupsafe import Markup

from .listing import highlighted, role
from .page import Page
from .templates import render

CONTEXT = 2  # rows that are shown of a part that is the same


class Change(NamedTuple):
    kind: str  # "same", "gone" or "come"
    html: Markup


class Chunk(NamedTuple):
    changes: list[Change]
    folded: int  # how many lines that are the same follow, unseen


def blocks(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    return list(difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def added(old: str, new: str) -> set[int]:
    """The numbers of the lines that are only in the new text."""
    opcodes = blocks(old.splitlines(), new.splitlines())
    return {n for tag, _, _, c, d in opcodes if tag != "equal" for n in range(c, d)}


def diff(page: Page, names: list[str]) -> list[str]:
    """Both files as one: the lines that are only in one or the other, and little of the rest.
    Comments and includes differ in every lesson, and teach nothing here."""
    if len(names) != 2 or page.lesson is None:
        page.refuse("write `<!-- diff sync.cpp async.cpp -->`, with two files of the lesson")
    old, new = (essence(page.file(name)) for name in names)
    page.at += 1
    chunks = chunks_of(old, new)
    gone, come = (
        sum(change.kind == kind for chunk in chunks for change in chunk.changes)
        for kind in ("gone", "come")
    )
    return page.put(
        render(
            "diff.html",
            files=[
                ("gone", Markup("&minus;"), names[0], role(names[0]), gone),
                ("come", "+", names[1], role(names[1]), come),
            ],
            chunks=chunks,
        )
    )


def essence(text: str) -> str:
    """Without lines that are comments or includes, and without the blank lines beside them."""
    kept: list[str] = []
    for line in text.splitlines():
        if re.match(r"\s*(//|#include\b)", line) or not (line.strip() or (kept and kept[-1])):
            continue
        kept.append(line)
    return "\n".join(kept)


def chunks_of(old: str, new: str) -> list[Chunk]:
    before, after = highlighted(old), highlighted(new)
    chunks: list[Chunk] = []
    changes: list[Change] = []
    opcodes = blocks(old.splitlines(), new.splitlines())
    for n, (tag, a, b, c, d) in enumerate(opcodes):
        if tag != "equal":
            changes += [Change("gone", row) for row in before[a:b]]
            changes += [Change("come", row) for row in after[c:d]]
            continue
        same = [Change("same", row) for row in after[c:d]]
        head = CONTEXT if n else 0
        tail = CONTEXT if n + 1 < len(opcodes) else 0
        folded = len(same) - head - tail
        if folded <= 2:
            changes += same
            continue
        chunks.append(Chunk(changes + same[:head], folded))
        changes = same[len(same) - tail :]
    return [*chunks, Chunk(changes, 0)]

"""A page from its first line to its last: which of its blocks is what."""

import re

from . import (
    change,
    changes,
    exercise,
    inventory,
    links,
    overview,
    programs,
    questions,
    replay,
    teachers,
)
from .listing import FILE_LINK
from .page import Page

COMMENT = re.compile(r"<!--\s*(\w+)\s*(.*?)\s*-->\s*$")
COMMENTS = {
    "replay": replay.replay,
    "diff": changes.diff,
    "change": change.change,
    "predict": questions.predict,
    "quiz": questions.quiz,
    "lessons": overview.cards,
    "phrasebook": overview.phrasebook,
    "teachers": teachers.table,
    "course": teachers.course,
}
# The languages of blocks that would be a program's text or output, typed into a page.
TYPED = {
    "": "nothing",
    "cpp": "C++",
    "c++": "C++",
    "c": "C",
    "text": "output",
    "txt": "output",
    "output": "output",
}


def rewrite(page: Page) -> str:
    page.lines = [links.mended(page, line, n) for n, line in enumerate(page.lines)]
    if page.lesson:
        inventory.check_sections(page)
    while page.at < len(page.lines):
        page.out += block(page)
    if page.lesson:
        inventory.check_mentions(page)
        inventory.check_files(page)
    return "\n".join(page.out)


def block(page: Page) -> list[str]:
    line = page.lines[page.at]
    if re.match(r"\s*(```|~~~)", line):
        return fence(page)
    if (
        page.lesson
        and re.match(r"(    |\t)\S", line)
        and not page.out[-1].strip()
        and not in_list(page)
    ):
        page.refuse(
            "this indented block would be code typed into the page; link to the file, alone in a "
            "paragraph"
        )
    link = FILE_LINK.match(line)
    if link and page.alone(page.at):
        if page.lesson is None:
            page.refuse(f"only a lesson's own page shows {link[1]}; link to the lesson")
        if link[1] == "exercise.cpp":
            return exercise.exercise(page)
        if link[1].endswith(".expected"):
            return programs.outputs(page)
        return programs.programs(page)
    comment = COMMENT.match(line)
    if comment:
        if comment[1] not in COMMENTS:
            page.refuse(
                f"`{comment[1]}` is unknown; there are replay, diff, change, predict and quiz, and "
                "outside of lessons also lessons, phrasebook, teachers and course"
            )
        return COMMENTS[comment[1]](page, comment[2].split())
    page.at += 1
    return page.slot(line) if re.match(r"</?details", line) else [line]


def in_list(page: Page) -> bool:
    """Is the last block that is not indented an item of a list?"""
    for line in reversed(page.out):
        if line.strip() and not line.startswith(("    ", "\t", "  ")):
            return bool(re.match(r"([-*+]|\d+\.)\s", line))
    return False


def fence(page: Page) -> list[str]:
    begin = page.at
    fenced = re.match(r"\s*(```+|~~~+)\s*([\w+-]*)", page.lines[begin])
    assert fenced is not None
    mark, language = fenced.groups()
    if language in TYPED and (page.lesson or TYPED[language].startswith("C")):
        page.refuse(
            f"a block of {TYPED[language]} is typed into the page; link to the file, alone in a "
            "paragraph (a command goes into a ```console block)"
        )
    page.at += 1
    while page.at < len(page.lines) and not page.lines[page.at].strip().startswith(mark):
        page.at += 1
    if page.at == len(page.lines):
        page.refuse(f"the block that begins with {mark} never ends", begin)
    page.at += 1
    return page.lines[begin : page.at]

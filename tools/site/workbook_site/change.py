"""A change worth trying: the question, and a link to the line that the reader changes."""

import re

from .lesson import Lesson
from .listing import FILE_LINK
from .page import Page
from .templates import render

WANTED = "write `<!-- change async.cpp `part of a line` -->`"
OUTSIDE = "outside of a lesson its name comes first: `<!-- change 01-print async.cpp `…` -->`"


def change(page: Page, words: list[str]) -> list[str]:
    lesson, words = lesson_of(page, words)
    quoted = re.fullmatch(r"(\S+\.cpp) `(.+)`", " ".join(words))
    if not quoted:
        page.refuse(WANTED if page.lesson else f"{WANTED}; {OUTSIDE}")
    name, part = quoted.groups()
    path = lesson.folder / name
    if not path.exists() or (page.lesson and name not in page.listed):
        page.refuse(f"{name} is not on the lesson's page above; show it first, or fix the name")
    text = path.read_text(encoding="utf-8")
    found = [n for n, row in enumerate(text.splitlines(), 1) if part in row]
    if len(found) != 1:
        where = "no line" if not found else f"{len(found)} lines"
        page.refuse(f"`{part}` is in {where} of {name}; quote a part of one line as it is now")
    begin, page.at = page.at, page.at + 1
    question = page.paragraph()
    if not question or re.match("[#<>|]|```", question[0]) or FILE_LINK.match(question[0]):
        page.refuse("the change has no question; write it in the paragraph right below", begin)
    href = f"#{name}" if page.lesson else f"{lesson.page}#{name}"
    return page.put(
        render("change.html", question="\n".join(question), name=name, line=found[0], href=href)
    )


def lesson_of(page: Page, words: list[str]) -> tuple[Lesson, list[str]]:
    """The lesson whose program it is, and the rest of the words."""
    if page.lesson:
        return page.lesson, words
    lesson = next((each for each in page.lessons if words and each.name == words[0]), None)
    if lesson is None:
        page.refuse(OUTSIDE)
    return lesson, words[1:]

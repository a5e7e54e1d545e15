"""A page while it is rewritten: its lines, how far it is read, and what it has shown so far."""

import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from .lesson import Lesson
from .navigation import Part
from .repository import Repository
from .runs import Run
from .templates import MARKDOWN

ITEM = re.compile(r"(\d+)\.\s+(.*)")
WRONG = re.compile(r"- Not (\d+): (\S.*)")


class Item(NamedTuple):
    """An item of an ordered list."""

    number: int
    text: str  # what follows the number on its first line
    at: int  # the index of that line
    lines: list[str]

    def body(self) -> str:
        """Its text without its number, as Markdown."""
        indent = max(len(self.lines[0]) - len(self.text), 4)
        rest = [re.sub(rf"^ {{0,{indent}}}", "", line) for line in self.lines[1:]]
        return "\n".join([self.text, *rest])


class Page:
    def __init__(
        self,
        repository: Repository,
        parts: Sequence[Part],
        path: pathlib.Path,
        lines: list[str],
        first_line: int,
        meta: Mapping[str, Any],
    ) -> None:
        self.repository, self.parts = repository, parts
        self.lessons = [lesson for part in parts for lesson in part.lessons]
        self.path, self.lines, self.first_line, self.meta = path, lines, first_line, meta
        self.lesson = next((lesson for lesson in self.lessons if lesson.readme == path), None)
        self.at = 0  # the index of the line to be read next
        self.out: list[str] = []
        self.slots: list[str] = []
        self.questions = 0
        self.listed: set[str] = set()  # the files that are on the page as listings
        self.shown: set[str] = set()  # the programs whose outputs are
        self.replayed: set[str] = set()  # those of them that a replay has shown
        self.predicted = False

    def refuse(self, sentence: str, at: int | None = None) -> NoReturn:
        line = self.first_line + (self.at if at is None else at)
        self.repository.refuse(self.path, line, sentence)

    # ---- What is written

    def slot(self, html: str) -> list[str]:
        self.slots.append(html)
        return ["", f"@@{len(self.slots) - 1}@@", ""]

    def put(self, html: str) -> list[str]:
        """The HTML that a template made, as slots, with the Markdown in it as it is."""
        out = []
        for n, part in enumerate(html.split(MARKDOWN)):
            out += part.split("\n") if n % 2 else self.slot(part)
        return out

    # ---- What is read

    def alone(self, at: int) -> bool:
        """Is this line a paragraph?"""

        def blank(n: int) -> bool:
            return n < 0 or n >= len(self.lines) or not self.lines[n].strip()

        return blank(at - 1) and blank(at + 1)

    def skip_blank(self) -> None:
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1

    def paragraph(self) -> list[str]:
        self.skip_blank()
        begin = self.at
        while self.at < len(self.lines) and self.lines[self.at].strip():
            self.at += 1
        return self.lines[begin : self.at]

    def ordered_list(self) -> list[Item]:
        """The ordered list that begins here, [] if there is none."""
        self.skip_blank()
        items: list[Item] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            item = ITEM.match(line)
            if item:
                items.append(Item(int(item[1]), item[2], self.at, [line]))
            elif items and self.goes_on(line):
                items[-1].lines.append(line)
            else:
                break
            self.at += 1
        return items

    def wrong_choices(self) -> list[Item]:
        """The list of items `- Not 1: …` that begins here, [] if there is none."""
        self.skip_blank()
        items: list[Item] = []
        while self.at < len(self.lines) and self.lines[self.at].strip():
            line = self.lines[self.at]
            item = WRONG.match(line)
            if item:
                items.append(Item(int(item[1]), item[2], self.at, [line]))
            elif items and line.startswith("  "):
                items[-1].lines.append(line)
            else:
                break
            self.at += 1
        return items

    def goes_on(self, line: str) -> bool:
        """Does this line, the one to be read next, belong to the item above it?"""
        if line.strip():
            return line.startswith(" ") or bool(self.lines[self.at - 1].strip())
        following = next((line for line in self.lines[self.at :] if line.strip()), "")
        return bool(ITEM.match(following)) or following.startswith("   ")

    # ---- What it is about

    def own_lesson(self) -> Lesson:
        """The lesson whose page this is, where only such a page comes."""
        assert self.lesson is not None
        return self.lesson

    def file(self, name: str, at: int | None = None) -> str:
        path = self.own_lesson().folder / name
        if not path.exists():
            missing = self.repository.relative(path)
            self.refuse(f"there is no {missing}; fix the name or add the file", at)
        return path.read_text(encoding="utf-8")

    def run(self, lesson: Lesson, program: str, at: int | None = None) -> Run:
        if program not in lesson.runs:
            known = ", ".join(lesson.runs)
            self.refuse(f"replay.json knows no program `{program}`; it has {known}", at)
        return lesson.runs[program]

"""Programs with their notes, and outputs: a link alone in a paragraph stands for the whole file."""

import re
from typing import NamedTuple

from .listing import FILE_LINK, Listing, listing, role
from .page import Item, Page
from .templates import render


class Program(NamedTuple):
    role: str
    listing: Listing
    notes: list[str]  # as Markdown


class Output(NamedTuple):
    name: str
    role: str
    program: str
    text: str


def programs(page: Page) -> list[str]:
    """One program with its notes, or all that follow each other: two are a pair."""
    found = []
    while page.at < len(page.lines):
        begin = page.at
        link = FILE_LINK.match(page.lines[page.at])
        if not link or link[1].endswith(".expected") or not page.alone(page.at):
            break
        page.at += 1
        notes = page.ordered_list()
        found.append((link[1], begin, notes))
        page.skip_blank()
    for name, begin, _ in found[1:]:
        if name == "sync.cpp":
            page.refuse(
                "sync.cpp follows another listing, so async.cpp does not stand beside it; "
                "put a sentence between the two",
                begin,
            )
    return page.put(render("programs.html", programs=[program(page, *each) for each in found]))


def program(page: Page, name: str, at: int, notes: list[Item]) -> Program:
    list_once(page, name, at)
    text = page.file(name, at)
    rows = text.splitlines()
    marks: dict[int, int] = {}
    for number, note in enumerate(notes, 1):
        quoted = re.match(r"\d+\.\s+(`+)\s?(.+?)\s?\1", note.lines[0])
        if not quoted:
            page.refuse(
                f"note {number} on {name} must begin with a `quoted part` of the line it explains",
                note.at,
            )
        row = next((n for n, row in enumerate(rows) if quoted[2] in row), None)
        if row is None:
            page.refuse(
                f"`{quoted[2]}` is in no line of {name}; quote a part of one line as it is now",
                note.at,
            )
        if row in marks:
            page.refuse(
                f"note {number} on {name} is about the line of note {marks[row]}; make one of them",
                note.at,
            )
        marks[row] = number
    return Program(role(name), listing(name, text, marks), [note.body() for note in notes])


def list_once(page: Page, name: str, at: int) -> None:
    if name in page.listed:
        page.refuse(f"{name} is on this page already; keep one of the two", at)
    page.listed.add(name)


def outputs(page: Page) -> list[str]:
    """One output, or all that follow each other, side by side."""
    if not page.predicted:
        page.refuse("an output comes before the prediction and gives it away; move it below")
    found = []
    while page.at < len(page.lines):
        link = FILE_LINK.match(page.lines[page.at])
        if not link or not link[1].endswith(".expected") or not page.alone(page.at):
            break
        name = link[1]
        stem = name.rsplit(".", 1)[0]
        page.shown.add(stem)
        found.append(Output(name, role(name), stem, page.file(name)))
        page.at += 1
        page.skip_blank()
    # What a replay has shown is not shown again.
    known = all(output.program in page.replayed for output in found)
    return page.put(render("outputs.html", outputs=found, known=known))

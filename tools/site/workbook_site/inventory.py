"""Whether a lesson's page has everything that it must have, and names only existing things."""

import re

from .page import Page

PYTHON = "In Python this is"
SECTIONS = {  # each with the word for it in the bar of steps
    "Read both programs": "Read",
    "Predict": "Predict",
    "Watch": "Watch",
    "What changed": "What changed",
    "Traps": "Traps",
    PYTHON: "Python",
    "Build it by hand": "Build",
    "Ask yourself": "Ask",
    "Exercise": "Exercise",
    "Where to go next": "Next",
}
OPTIONAL_SECTIONS = ("Traps", "Exercise")


def check_sections(page: Page) -> None:
    order = list(SECTIONS)
    wanted = 0
    outside = True
    for n, line in enumerate(page.lines):
        if re.match(r"\s*(```|~~~)", line):
            outside = not outside
        if not outside or not line.startswith("## "):
            continue
        title = line[3:].strip()
        while wanted < len(order) and order[wanted] != title:
            if order[wanted] not in OPTIONAL_SECTIONS:
                page.refuse(f"the section “{order[wanted]}” must come here, not “{title}”", n)
            wanted += 1
        if wanted == len(order):
            page.refuse(
                f"“{title}” is not a section of a page, or is out of place; the order is "
                + ", ".join(order),
                n,
            )
        wanted += 1
    missing = [title for title in order[wanted:] if title not in OPTIONAL_SECTIONS]
    if missing:
        page.refuse(f"the section “{missing[0]}” is missing; add it", len(page.lines) - 1)


def check_mentions(page: Page) -> None:
    """A file that the prose names is there: in this lesson, in another one, or at that path. A
    function that it names with its brackets is called in this lesson or in an earlier one; the
    section that is about Python has others."""
    root, name_of_lesson = page.repository.root, page.own_lesson().name
    known = {path.name for path in root.glob("lessons/*/*")}
    programs = "".join(
        path.read_text(encoding="utf-8")
        for path in root.glob("lessons/*/*.[ch]pp")
        if path.parent.name <= name_of_lesson
    )
    section = ""
    for n, line in enumerate(page.lines):
        section = line[3:].strip() if line.startswith("## ") else section
        for name in re.findall(r"`(?:[\w:.>-]*[.:>])?([A-Za-z_]\w*)\([^`]*\)`", line):
            if section != PYTHON and not re.search(rf"\b{name}\(", programs):
                page.refuse(
                    f"the page names `{name}()`, which no program calls up to this lesson; "
                    "fix the name",
                    n,
                )
        for name in re.findall(r"`([\w./-]+\.(?:[ch]pp|expected|json))`", line):
            if name not in known and not (root / name).exists():
                page.refuse(f"the page names `{name}`, and there is no such file; fix the name", n)


def check_files(page: Page) -> None:
    """Every file of the lesson is used on the page, or says how its programs run and ran."""
    last = len(page.lines) - 1
    for path in sorted(page.own_lesson().folder.glob("*.*")):
        name, program = path.name, path.stem
        if path.suffix == ".expected":
            if program not in page.shown:
                page.refuse(
                    f"what {program} prints is on no page; name it in a replay or link to {name}",
                    last,
                )
        elif (
            path.suffix in (".cpp", ".hpp", ".txt", ".json")
            and name not in ("run.json", "replay.json")
            and name not in page.listed
        ):
            page.refuse(f"{name} is on no page; link to it, alone in a paragraph", last)

"""Pages made from all lessons: the cards of the start page, and the phrasebook."""

from . import links
from .inventory import PYTHON
from .page import Page
from .templates import render


def cards(page: Page, _: list[str]) -> list[str]:
    page.at += 1
    return page.put(render("cards.html", parts=page.parts))


def phrasebook(page: Page, _: list[str]) -> list[str]:
    """All tables "In Python this is", as one, with a column that leads back."""
    rows = []
    for lesson in page.lessons:
        text = lesson.readme.read_text(encoding="utf-8")
        section = text.partition(f"\n## {PYTHON}\n")[2].partition("\n## ")[0]
        table = [line.strip() for line in section.splitlines() if line.strip().startswith("|")]
        back = f"[{lesson.number:02}]({page.repository.uri(lesson.readme)})"
        rows += [f"{links.mended(page, row, page.at, lesson.readme)} {back} |" for row in table[2:]]
    page.at += 1
    return ["", "| Python | here | remark | lesson |", "| --- | --- | --- | --- |", *rows, ""]

"""The notes of a lesson for a class, from its front matter (`in_class:`)."""

import pathlib
from typing import Any, NamedTuple

import markdown
from markupsafe import Markup

from .repository import Repository
from .templates import render

KEYS = {
    "minutes": "a whole number, how long the lesson takes in class, without its exercise",
    "ask": "what to ask before the run",
    "wait_for": "the wrong answer to wait for",
    "change": "one thing to change live",
}


class InClass(NamedTuple):
    minutes: int
    ask: str
    wait_for: str
    change: str


def in_class(repository: Repository, path: pathlib.Path, meta: dict[str, Any]) -> InClass:
    """The notes of the lesson whose page is `path`, all four of them."""
    given = meta.get("in_class")
    text = path.read_text(encoding="utf-8").splitlines()
    line = next((n for n, row in enumerate(text, 1) if row.startswith("in_class:")), 1)
    told = given if isinstance(given, dict) else {}
    for key, what in KEYS.items():
        if key not in told:
            missing = f"the front matter has no `{key}:` in `in_class:`; add {what}"
            repository.refuse(path, line, missing)
        right = isinstance(told[key], int) if key == "minutes" else isinstance(told[key], str)
        if not right or not told[key]:
            repository.refuse(path, line, f"`{key}:` in `in_class:` must be {what}; fix it")
    for key in told:
        if key not in KEYS:
            known = ", ".join(KEYS)
            repository.refuse(path, line, f"`{key}:` in `in_class:` is unknown; there are {known}")
    return InClass(**told)


def template(notes: InClass) -> str:
    """For the second window: no browser shows it in the page."""
    html = {key: Markup(markdown.markdown(getattr(notes, key))) for key in KEYS if key != "minutes"}
    return render("in_class.html", minutes=notes.minutes, **html)

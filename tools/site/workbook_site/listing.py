"""A program as a listing: the colours of its words, the marks on its rows."""

import functools
import html
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from pygments.lexers import CppLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

# Alone in a paragraph, it stands for the whole file.
FILE_LINK = re.compile(r"\[[^\]]+\]\(([\w.-]+\.(?:cpp|hpp|txt|expected))\)\s*$")

KINDS = (
    (Comment.Preproc, "p"),
    (Comment.PreprocFile, "s"),
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
)
SENT_ON = re.compile(r"\bco_(?:await|return|yield)\b")
WHAT = {"sync": "blocking", "async": "awaiting"}


class Row(NamedTuple):
    html: Markup
    tag: str  # "ins" if it is marked as new
    todo: bool  # whether the learner has to do something here
    note: int | None  # the number of the note about it


class Listing(NamedTuple):
    name: str
    href: str
    what: str  # what the program is, in a word
    rows: list[Row]
    id: str  # what the ids of its notes and of their lines end with


def role(name: str) -> str:
    """The part that a program or a file of it plays: it decides the colour."""
    stem = name.rsplit(".", 1)[0] if name.endswith((".cpp", ".hpp", ".expected")) else name
    return stem if stem in ("sync", "async") else "other"


@functools.cache  # a lesson's programs are shown as listings, and again in its diff
def highlighted(text: str) -> tuple[Markup, ...]:
    """The lines of a C++ text as HTML; only the six kinds that have a colour get a span."""
    out = []
    for token, value in CppLexer(stripnl=False).get_tokens(text):
        kind = kind_of(token, value)
        shown = [
            f'<span class="{kind}">{html.escape(part, False)}</span>'
            if kind and part.strip()
            else html.escape(part, False)
            for part in value.split("\n")
        ]
        out.append("\n".join(shown))
    return tuple(Markup(line) for line in "".join(out).rstrip("\n").split("\n"))


def kind_of(token: Any, value: str) -> str | None:
    if SENT_ON.fullmatch(value):
        return "k"
    if token in Comment.PreprocFile:
        return "s"
    return next((kind for of, kind in KINDS if token in of), None)


def listing(
    name: str,
    text: str,
    marks: Mapping[int, int] | None = None,
    what: str | None = None,
    href: str | None = None,
    new: Collection[int] = (),
) -> Listing:
    """A whole program. `marks` has the number of a row's note, `new` the rows that are new."""
    plain = name.endswith(".txt")
    shown = (
        tuple(Markup(row) for row in html.escape(text, False).splitlines())
        if plain
        else highlighted(text)
    )
    rows = [
        Row(row, "ins" if n in new else "span", "TODO" in row, (marks or {}).get(n))
        for n, row in enumerate(shown)
    ]
    said = WHAT.get(role(name), "") if what is None else what
    return Listing(name, href or name, said, rows, re.sub(r"\W", "-", name))

"""How many minutes a page takes to read. A page of more than LIMIT is cut, or details are folded.

A minute is enough for
- 230 words of prose. Adults read 238 words of English non-fiction a minute, most of them 175 to 300
  (M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109, 2019);
  names and tables take a little longer;
- 24 lines of code, 2.5 seconds each. There is no measurement of reading a listing with its notes.
  In prose the four words of a line would take one second; a reviewer who looks for every mistake
  takes 7 seconds or more (SmartBear's study at Cisco: at most 500 lines an hour).

A line without a letter or a digit is not counted, nor is a folded part: an answer, a header's
details. A replay and a diff repeat lines that are counted already. The exercise has its own
minutes.
"""

import pathlib
import re

from .listing import FILE_LINK

WORDS = 230  # a minute
LINES = 24  # a minute
LIMIT = 25  # minutes


def minutes(folder: pathlib.Path, text: str) -> int:
    """Of a lesson's page; `text` is its Markdown without the front matter."""
    words = lines = depth = 0
    fenced = False
    for line in text.splitlines():
        link = FILE_LINK.match(line)
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        elif line.startswith("<details"):
            depth += 1
        elif line.startswith("</details"):
            depth -= 1
        elif depth:
            continue
        elif fenced:
            lines += bool(re.search(r"\w", line))
        elif not link:
            words += words_of(line)
        elif link[1].endswith(".expected"):
            words += words_of(content(folder / link[1]))
        elif link[1] != "exercise.cpp":
            rows = content(folder / link[1]).splitlines()
            lines += sum(bool(re.search(r"\w", row)) for row in rows)
    return max(1, round(words / WORDS + lines / LINES))


def words_of(text: str) -> int:
    text = re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def content(path: pathlib.Path) -> str:
    """A file that is missing is reported where the page is read line by line."""
    return path.read_text(encoding="utf-8") if path.exists() else ""

"""All lessons as one PDF: book.py SITE PDF makes it of the built pages, with an installed browser.

It prints one page that holds the contents of all lessons. A style sheet cannot say on which page a
heading is (no browser has target-counter), so the page is printed twice: the first PDF says where
each lesson begins, and the second has these numbers in its contents. What is wrong is one sentence
on the standard error output, with status 1.
"""

import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 900  # seconds for one printing, which takes half a minute where nothing else runs


class Lesson(NamedTuple):
    name: str
    title: str
    main: str


def fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def browser() -> str | None:
    """WORKBOOK_BROWSER, or the first of those that are known."""
    chosen = os.environ.get("WORKBOOK_BROWSER")
    return shutil.which(chosen) if chosen else next(filter(None, map(shutil.which, BROWSERS)), None)


def lessons_of(site: pathlib.Path) -> list[Lesson]:
    return [lesson_of(path) for path in sorted(site.glob("lessons/[0-9][0-9]-*/index.html"))]


def lesson_of(path: pathlib.Path) -> Lesson:
    """What is in the page's <main>. Its ids get the lesson's name, because all have the same
    headings; a link to another page leads to the lesson in the book, or is no link."""
    name = path.parent.name
    found = re.search(r"<main\b[^>]*>(.*)</main>", path.read_text(encoding="utf-8"), re.S)
    title = re.search(r"<h1\b[^>]*>(.*?)<a class=\"headerlink\"", found[1] if found else "", re.S)
    assert found and title
    main = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', found[1])
    main = re.sub(r'href="([^"]*)"', lambda link: target(link[1], name), main)
    return Lesson(name, title[1], main)


def target(link: str, name: str) -> str:
    if link.startswith("#"):
        return f'href="#{name}-{link[1:]}"'
    if re.match(r"https?:", link):
        return f'href="{link}"'
    to = re.fullmatch(r"\.\./(\d\d-[\w-]+)/index\.html(?:#(.+))?", link)
    return f'href="#{to[1]}{"-" + to[2] if to[2] else ""}"' if to else 'class="elsewhere"'


def page(site: pathlib.Path, lessons: list[Lesson], numbers: dict[str, int]) -> str:
    assets = (site / "assets").as_uri()
    contents = "".join(
        f'<li><a href="#{name}">{name[:2]}&ensp;{title}</a><i></i>'
        f"<b>{numbers.get(name, 0):3}</b></li>"
        for name, title, _ in lessons
    )
    parts = "".join(
        f'<main class="lesson" id="{name}">{main}</main>' for name, _, main in lessons
    )
    title = "Asynchronous C++, side by side"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>"
        f'<link rel="stylesheet" href="{assets}/workbook.css">'
        f'<link rel="stylesheet" href="{assets}/print.css">'
        f'<script src="{assets}/print.js"></script></head><body class="book">'
        f'<section class="cover"><h1>{html.escape(title)}</h1>'
        f"<p>{len(lessons)} lessons. Every output in this book is what the program printed.</p>"
        f'</section><section class="contents"><h1>Contents</h1><ol>{contents}</ol></section>'
        f"{parts}</body></html>"
    )


def printed(program: str, source: pathlib.Path, pdf: pathlib.Path, profile: str) -> None:
    subprocess.run(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--allow-file-access-from-files",
            f"--user-data-dir={profile}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", f"--print-to-pdf={pdf}",
            source.as_uri(),
        ],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip


def numbers_of(pdf: bytes, names: list[str]) -> dict[str, int]:
    """The page on which each of these ids is. A PDF names the targets of links, each with its page;
    the pages are in a tree, in their order."""
    objects = dict(re.findall(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S))
    catalog = next(text for text in objects.values() if b"/Type /Catalog" in text)
    root = re.search(rb"/Pages (\d+) 0 R", catalog)
    assert root
    order: dict[bytes, int] = {}

    def visit(node: bytes) -> None:
        kids = re.search(rb"/Kids\s*\[(.*?)\]", objects[node], re.S)
        if kids is None:
            order[node] = len(order) + 1
            return
        for kid in re.findall(rb"(\d+) 0 R", kids[1]):
            visit(kid)

    visit(root[1])
    found = {}
    for name in names:
        at = re.search(rb"/%s\s*\[(\d+) 0 R" % re.escape(name.encode()), pdf)
        if at and at[1] in order:
            found[name] = order[at[1]]
    return found


def main(site: pathlib.Path, pdf: pathlib.Path) -> int:
    program = browser()
    if program is None:
        return fail(
            "The book is printed by Chromium or Chrome, and neither is installed. Install one "
            "(sudo apt-get install chromium), or name one in WORKBOOK_BROWSER."
        )
    lessons = lessons_of(site)
    with tempfile.TemporaryDirectory() as folder:
        source, made = pathlib.Path(folder) / "book.html", pathlib.Path(folder) / "book.pdf"
        numbers: dict[str, int] = {}
        for _ in range(2):
            source.write_text(page(site, lessons, numbers), encoding="utf-8")
            try:
                printed(program, source, made, folder + "/profile")
                data = made.read_bytes()
            except subprocess.TimeoutExpired:
                return fail(f"{program} has not printed the book within {PATIENCE} seconds.")
            except (subprocess.CalledProcessError, OSError) as error:
                said = getattr(error, "stderr", b"") or b""
                print(said.decode(errors="replace"), file=sys.stderr)
                return fail(f"{program} could not print the book: {error}.")
            numbers = numbers_of(data, [lesson.name for lesson in lessons])
            if len(numbers) < len(lessons):
                return fail(f"The PDF of {program} does not say where each lesson begins.")
        shutil.copyfile(made, pdf)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(fail("Usage: book.py SITE PDF"))
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])))

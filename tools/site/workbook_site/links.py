"""The links of the pages: as mkdocs wants them, and whether they lead anywhere."""

import html
import pathlib
import posixpath
import re
from collections.abc import Mapping

from .page import Page
from .repository import Repository


def mended(page: Page, line: str, n: int, source: pathlib.Path | None = None) -> str:
    """The line with its links as mkdocs wants them. `source` is the file it comes from, if that is
    not the page's own, and `n` the index of the line to blame."""
    uri = page.repository.uri

    def mend(match: re.Match[str]) -> str:
        target, anchor = match[1], match[2] or ""
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        path = ((source or page.path).parent / target).resolve()
        if path.is_dir():
            path = path / "README.md"
        if not path.exists():
            page.refuse(f"the link to {target} leads to no file; fix it or add the file", n)
        here = posixpath.dirname(uri(page.path)) or "."
        return f"]({posixpath.relpath(uri(path), here)}{anchor})"

    return "".join(
        part if part.startswith("`") else re.sub(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", mend, part)
        for part in re.split(r"(`+[^`]+`+)", line)
    )


def check(repository: Repository, site: pathlib.Path, sources: Mapping[str, pathlib.Path]) -> None:
    """Every link between the pages that are in `site` leads to a file, and to an id in it."""
    ids: dict[str, set[str]] = {}
    links = []
    for uri, source in sources.items():
        target = re.sub(r"(README|index)\.md$", "index.html", uri).replace(".md", ".html")
        output = (site / target).read_text(encoding="utf-8")
        ids[target] = set(re.findall(r'\bid="([^"]+)"', output))
        links += [
            (target, source, html.unescape(href))
            for href in re.findall(r'<a [^>]*?href="([^"]*)"', output)
        ]
    for page, source, href in links:
        if re.match(r"[a-z]+:", href):
            continue
        path, _, anchor = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if not (site / target).is_file():
            missing = f"the link to {href} leads to no file"
        elif anchor and target in ids and anchor not in ids[target]:
            missing = f"the link to {href} leads to no heading of that name"
        else:
            continue
        lines = source.read_text(encoding="utf-8").splitlines()
        wanted = "#" + anchor if anchor else posixpath.basename(path).replace("index.html", "")
        line = next((n for n, text in enumerate(lines, 1) if wanted in text), 1)
        repository.refuse(source, line, f"{missing}; fix the link or what it leads to")

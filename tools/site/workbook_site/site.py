"""One build of the pages, from the first event of mkdocs to the last."""

import html
import pathlib
import re
from typing import Any, NamedTuple

import mkdocs.structure.pages
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.toc import AnchorLink

from . import blocks, in_class, links, navigation, prose, search
from .inventory import SECTIONS
from .kit import Kit
from .lesson import Lesson
from .page import Page
from .repository import Repository


class Step(NamedTuple):
    """A section of a lesson, as the bar of steps names it, and the sections within."""

    name: str
    link: AnchorLink


def steps(of: mkdocs.structure.pages.Page) -> list[Step]:
    return [
        Step(SECTIONS[html.unescape(link.title)], link)
        for top in of.toc
        for link in top.children
    ]


class Site:
    def __init__(self, root: pathlib.Path) -> None:
        self.repository = Repository(root)
        self.lessons = [
            Lesson(self.repository, path.parent)
            for path in sorted(root.glob("lessons/[0-9][0-9]-*/README.md"))
        ]
        self.kit = Kit(self.repository)
        self.pages: dict[str, Page] = {}  # by the URI of their Markdown
        self.index: list[search.Entry] = []

    def navigation(self, begins: dict[str, int], others: list[str]) -> list[Any]:
        self.parts = navigation.parts_of(self.lessons, begins)
        return navigation.order(self.repository, self.parts, others)

    def choose_files(self, files: Files, config: MkDocsConfig) -> Files:
        return navigation.choose_files(self.repository, self.lessons, files, config)

    def rewrite(self, markdown: str, of: mkdocs.structure.pages.Page) -> str:
        path = pathlib.Path(str(of.file.abs_src_path))
        text = path.read_text(encoding="utf-8-sig")
        first_line = text[: text.rfind(markdown)].count("\n") + 1 if markdown in text else 1
        lines = markdown.split("\n")
        page = Page(self.repository, self.parts, path, lines, first_line, of.meta)
        self.pages[of.file.src_uri] = page
        return blocks.rewrite(page)

    def fill(self, content: str, of: mkdocs.structure.pages.Page) -> str:
        slots = self.pages[of.file.src_uri].slots
        content = re.sub(r"<p>@@(\d+)@@</p>", lambda slot: slots[int(slot[1])], content)
        self.index += search.sections(of.file.url, of.title or "", content)
        return prose.finished(content)

    def context(self, of: mkdocs.structure.pages.Page) -> dict[str, Any]:
        """The values that docs/theme/main.html needs besides those from mkdocs."""
        page = self.pages[of.file.src_uri]
        return {
            "questions": page.questions,
            "lesson": page.lesson,
            "steps": steps(of) if page.lesson else [],
            "in_class": in_class.template(page.lesson.in_class) if page.lesson else "",
            "kit": self.kit.megabytes(page.lesson),
            "names": {lesson.page: lesson.name for lesson in self.lessons},
        }

    def finish(self, folder: pathlib.Path) -> None:
        search.write(self.index, folder / "search.js")
        self.kit.install(self.lessons, folder)
        sources = {uri: page.path for uri, page in self.pages.items()}
        links.check(self.repository, folder, sources)

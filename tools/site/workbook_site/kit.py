"""The compiler of a page, where `tools/browser/build build/browser` has made it. The site
is complete without it: then no page offers to run anything."""

import json
import pathlib
import re
import shutil
from typing import Any

from .lesson import Exercise, Lesson
from .repository import Repository


class Kit:
    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.made = repository.root / "build/browser/kit/site"
        index = self.made / "index.json"
        self.bytes = 0
        self.refused: dict[str, dict[str, str]] = {}
        if index.exists():
            self.bytes = json.loads(index.read_text(encoding="utf-8"))["bytes"]
            refused = repository.root / "tools/browser/refused.json"
            self.refused = json.loads(refused.read_text(encoding="utf-8"))

    def install(self, lessons: list[Lesson], folder: pathlib.Path) -> None:
        if not self.bytes:
            return
        here = folder / "assets/here"
        shutil.copytree(self.made, here / "kit", dirs_exist_ok=True)
        shutil.copytree(
            self.repository.root / "tools/browser/host", here / "host", dirs_exist_ok=True
        )
        (here / "lessons").mkdir(exist_ok=True)
        for lesson in lessons:
            text = json.dumps(self.about(lesson), ensure_ascii=False)
            (here / "lessons" / f"{lesson.name}.json").write_text(text, encoding="utf-8")

    def megabytes(self, lesson: Lesson | None) -> int | None:
        """What a page offers to fetch; 0 if nothing of its lesson could run there, None if the site has no compiler."""
        if not self.bytes:
            return None
        if lesson and not self.programs(lesson) and not self.exercise(lesson):
            return 0
        return round(self.bytes / 1e6)

    def programs(self, lesson: Lesson) -> list[pathlib.Path]:
        """Those that run in the page."""
        refused = {"exercise", *self.refused.get(lesson.name, {})}
        every = [] if lesson.real_time else sorted(lesson.folder.glob("*.cpp"))
        return [path for path in every if path.stem not in refused]

    def exercise(self, lesson: Lesson) -> Exercise | None:
        """The lesson's exercise, if it is checked in the page."""
        return None if "exercise" in self.refused.get(lesson.name, {}) else lesson.exercise

    def about(self, lesson: Lesson) -> dict[str, Any]:
        """The files of a lesson that the page needs: docs/assets/here/page_host.js."""
        headers: dict[str, str] = {}
        for path in sorted(lesson.folder.glob("*.cpp")):
            self.collect(path, headers)
        told: dict[str, Any] = {
            "asio": lesson.asio,
            "programs": {
                path.stem: path.read_text(encoding="utf-8") for path in self.programs(lesson)
            },
            "refused": self.refused.get(lesson.name, {}),
            "headers": headers,
        }
        if exercise := self.exercise(lesson):
            read = {
                "json": lesson.folder / "exercise.json",
                "expected": lesson.folder / "exercise.expected",
                "replay": lesson.folder / "replay.json",
                "starter": exercise.starter,
            }
            told["exercise"] = {
                name: path.read_text(encoding="utf-8") for name, path in read.items()
            }
        return told

    def collect(self, path: pathlib.Path, headers: dict[str, str]) -> None:
        """The headers of lessons that a file includes, and those that these include."""
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'^#include "([^"]+)"', text, re.M):
            header = (path.parent / name).resolve()
            key = self.repository.relative(header)
            if key not in headers:
                headers[key] = header.read_text(encoding="utf-8")
                self.collect(header, headers)

"""A lesson's folder: what it holds, read once, because a page asks for it many times."""

import json
import pathlib
import re
from typing import Any

from mkdocs.utils.meta import get_data

from . import reading
from .in_class import in_class
from .repository import Repository
from .runs import read_runs


class Lesson:
    def __init__(self, repository: Repository, folder: pathlib.Path) -> None:
        self.folder = folder
        self.readme = folder / "README.md"
        self.name = folder.name
        self.number = int(folder.name[:2])
        self.page = f"lessons/{folder.name}/index.html"
        text, self.meta = front_matter(self.readme)
        title = re.search(r"^# (.+)$", text, re.M)
        self.title = title[1] if title else self.name
        if "description" not in self.meta:
            repository.refuse(
                self.readme,
                1,
                "the front matter has no `description:`; add it between the --- lines",
            )
        if "minutes" in self.meta:
            repository.refuse(
                self.readme, 1, "the front matter has `minutes:`, which are computed; remove it"
            )
        self.minutes = reading.minutes(folder, text)
        if self.minutes > reading.LIMIT:
            repository.refuse(
                self.readme,
                1,
                f"the page takes {self.minutes} minutes to read, and at most {reading.LIMIT} are "
                "allowed; cut it, or fold details into <details>",
            )
        self.in_class = in_class(repository, self.readme, self.meta)
        path = folder / "replay.json"
        if not path.exists():
            repository.refuse(
                self.readme,
                1,
                f"there is no {repository.relative(path)}; UPDATE_EXPECTED=1 ./workbook test "
                f"{self.name[:2]} writes it",
            )
        self.runs = read_runs(path)
        pieces = Pieces(repository, folder)
        self.exercise = Exercise(repository, self, pieces) if pieces.present() else None
        path_of_settings = folder / "run.json"
        settings: dict[str, Any] = {}
        if path_of_settings.exists():
            settings = json.loads(path_of_settings.read_text(encoding="utf-8"))
        self.real_time = settings.get("clock") == "real"
        self.asio: bool = settings.get("asio", True)
        for program, run in self.runs.items():
            expected = folder / f"{program}.expected"
            printed = [line.text for line in run.lines]
            if (
                not expected.exists()
                or expected.read_text(encoding="utf-8").splitlines() != printed
            ):
                repository.refuse(
                    path,
                    1,
                    f"what it says of {program} is not what {expected.name} says; "
                    f"UPDATE_EXPECTED=1 ./workbook test {self.name[:2]} writes both anew",
                )


def front_matter(path: pathlib.Path) -> tuple[str, dict[str, Any]]:
    """The text below the front matter, and the entries of that."""
    text, meta = get_data(path.read_text(encoding="utf-8"))
    return str(text), dict(meta)


class Pieces:
    """The files of an exercise: the starter, what it is about, what it must print, its solution."""

    def __init__(self, repository: Repository, folder: pathlib.Path) -> None:
        self.starter = folder / "exercise.cpp"
        self.description = folder / "exercise.json"
        self.expected = folder / "exercise.expected"
        self.solution = repository.root / "solutions" / folder.name / "exercise.cpp"

    def present(self) -> list[pathlib.Path]:
        every = (self.starter, self.description, self.expected, self.solution)
        return [path for path in every if path.exists()]


class Exercise:
    """What the page shows of an exercise. It is there with all its pieces, or not at all."""

    MINUTES = 10
    HINTS = ("a nudge", "the tool", "nearly the line")  # what each of them gives

    def __init__(self, repository: Repository, lesson: Lesson, pieces: Pieces) -> None:
        self.starter, self.solution = pieces.starter, pieces.solution
        update = f"UPDATE_EXPECTED=1 ./workbook test {lesson.name[:2]} writes it from the solution"
        for path, remedy in (
            (pieces.starter, "add the starter"),
            (pieces.description, "add it, with the task and the hints"),
            (pieces.solution, "add the solution"),
            (pieces.expected, update),
        ):
            if not path.exists():
                repository.refuse(
                    pieces.present()[0],
                    1,
                    f"it belongs to an exercise without {repository.relative(path)}; {remedy}",
                )
        if "exercise" not in lesson.runs:
            path = lesson.folder / "replay.json"
            repository.refuse(
                path, 1, f"it does not say what the exercise prints, and when; {update}"
            )
        path = pieces.description
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            repository.refuse(path, error.lineno, f"this is not JSON ({error.msg}); fix it")
        told = told if isinstance(told, dict) else {}
        task, hints = told.get("task"), told.get("hints")
        if not isinstance(task, str) or not task.strip():
            repository.refuse(
                path, 1, 'it has no "task"; add one, a paragraph that says what to do'
            )
        if (
            not isinstance(hints, list)
            or len(hints) != len(self.HINTS)
            or not all(isinstance(hint, str) and hint.strip() for hint in hints)
        ):
            repository.refuse(
                path, 1, f'its "hints" must be three texts: {", ".join(self.HINTS)}; fix them'
            )
        self.task: str = task
        self.hints: list[str] = hints

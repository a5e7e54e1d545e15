"""The order of the pages, and which files are published."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from .lesson import Lesson
from .repository import Repository

NOT_SHIPPED = ("theme/",)  # it is in docs/, but no part of the site
SHIPPED = (".cpp", ".hpp", ".txt", ".expected")  # of a lesson's files, beside its page


class Part(NamedTuple):
    """Lessons that follow each other and have a title in common."""

    title: str
    lessons: list[Lesson]


def parts_of(lessons: Sequence[Lesson], begins: Mapping[str, int]) -> list[Part]:
    """`begins` has the number of each part's first lesson, in order. A part without lessons
    is left out."""
    numbers = [*begins.values(), 100]
    return [
        Part(title, found)
        for title, begin, end in zip(begins, numbers, numbers[1:], strict=False)
        if (found := [lesson for lesson in lessons if begin <= lesson.number < end])
    ]


def order(repository: Repository, parts: Sequence[Part], others: list[str]) -> list[Any]:
    """`others` are the pages that are not lessons, in their order; one not named comes last."""
    pages = sorted(
        (path.name for path in repository.docs.glob("*.md") if path.name != "index.md"),
        key=lambda name: (others.index(name) if name in others else len(others), name),
    )
    sections = {
        part.title: [f"lessons/{lesson.name}/README.md" for lesson in part.lessons]
        for part in parts
    }
    sections["Around the lessons"] = pages
    return ["index.md"] + [{title: uris} for title, uris in sections.items() if uris]


def choose_files(
    repository: Repository, lessons: Sequence[Lesson], files: Files, config: MkDocsConfig
) -> Files:
    for file in list(files):
        if file.src_uri.startswith(NOT_SHIPPED):
            files.remove(file)
    for path in published(lessons):
        files.append(
            File(
                repository.relative(path),
                str(repository.root),
                config["site_dir"],
                config["use_directory_urls"],
            )
        )
    return files


def published(lessons: Sequence[Lesson]) -> list[pathlib.Path]:
    paths: list[pathlib.Path] = []
    for lesson in lessons:
        paths += [
            path
            for path in sorted(lesson.folder.iterdir())
            if path == lesson.readme or path.suffix in SHIPPED
        ]
        if lesson.exercise:
            paths.append(lesson.exercise.solution)
    return paths

"""The order of the pages, and which files are published."""

import pathlib
from collections.abc import Sequence
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from .lesson import Lesson
from .repository import Repository

NOT_SHIPPED = ("theme/",)  # it is in docs/, but no part of the site
SHIPPED = (".cpp", ".hpp", ".txt", ".expected")  # of a lesson's files, beside its page


def order(repository: Repository, lessons: Sequence[Lesson], others: list[str]) -> list[Any]:
    """`others` are the pages that are not lessons, in their order; one not named comes last."""
    pages = sorted(
        (path.name for path in repository.docs.glob("*.md") if path.name != "index.md"),
        key=lambda name: (others.index(name) if name in others else len(others), name),
    )
    sections = {
        "Lessons": [f"lessons/{lesson.name}/README.md" for lesson in lessons],
        "Around the lessons": pages,
    }
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

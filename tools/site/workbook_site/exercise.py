"""The exercise, where the page links to its starter."""

import posixpath

from .changes import added
from .listing import listing
from .page import Page
from .programs import list_once
from .runs import decimals, seconds
from .templates import render


def exercise(page: Page) -> list[str]:
    lesson = page.own_lesson()
    above = next((line for line in reversed(page.lines[: page.at]) if line[:3] == "## "), "")
    if above[3:].strip() != "Exercise":
        page.refuse("exercise.cpp stands for the exercise; move it to the section “Exercise”")
    page.file("exercise.cpp")
    list_once(page, "exercise.cpp", page.at)
    list_once(page, "exercise.json", page.at)
    page.shown.add("exercise")
    page.at += 1
    given = lesson.exercise
    assert given is not None  # (because its starter is there)
    starter = given.starter.read_text(encoding="utf-8")
    solution = given.solution.read_text(encoding="utf-8")
    run = lesson.runs["exercise"]
    digits = decimals([run])
    name = page.repository.relative(given.solution)
    here = posixpath.dirname(page.repository.uri(page.path))
    return page.put(
        render(
            "exercise.html",
            lesson=lesson.name,
            number=lesson.name[:2],
            task=given.task,
            starter=listing("exercise.cpp", starter, what="the starter"),
            total=seconds(run.total_ms),
            stamp=len(seconds(run.total_ms, digits)),
            lines=[(seconds(line.at, digits), line.text) for line in run.lines],
            hints=list(zip(given.HINTS, given.hints, strict=True)),
            solution=listing(
                name,
                solution,
                what="the solution",
                href=posixpath.relpath(name, here),
                new=added(starter, solution),
            ),
        )
    )

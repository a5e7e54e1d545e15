"""What is made of the notes of all lessons: their table, and courses whose minutes add up."""

import re

from .lesson import Lesson
from .page import Page


def table(page: Page, _: list[str]) -> list[str]:
    """The notes of all lessons."""
    page.at += 1
    rows = [
        f"| {link(page, lesson)} | {lesson.minutes} | {notes.minutes} | {notes.ask} "
        f"| {notes.wait_for} | {notes.change} |"
        for lesson in page.lessons
        for notes in [lesson.in_class]
    ]
    head = [
        "| lesson | reading | in class | ask before the run | the wrong answer to wait for "
        "| change live |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return ["", *head, *rows, ""]


def link(page: Page, lesson: Lesson) -> str:
    return f"[{lesson.name}]({page.repository.uri(lesson.readme)})"


def course(page: Page, words: list[str]) -> list[str]:
    """A course of this page's front matter, as a table with a row for each session. Its plan has a
    lesson's number, `exercise` and a number, or words with their minutes; the sum is the session's
    length."""
    courses = page.meta.get("courses") or {}
    if len(words) != 1 or words[0] not in courses:
        known = ", ".join(courses) or "none"
        page.refuse(f"write `<!-- course NAME -->`; the front matter has {known}")
    rows = []
    for n, session in enumerate(courses[words[0]], 1):
        parts = [part(page, str(item)) for item in session["plan"]]
        total, length = sum(minutes for _, minutes in parts), session["minutes"]
        if total != length:
            page.refuse(
                f"session {n} of the course {words[0]} is {length} minutes long, and its parts add "
                f"up to {total}; fix its plan, or the minutes in class of its lessons"
            )
        said = ", ".join(f"{what} ({minutes})" for what, minutes in parts)
        rows.append(f"| {n} | {length} | {said} |")
    page.at += 1
    return ["", "| session | minutes | what, and its minutes |", "| --- | --- | --- |", *rows, ""]


def part(page: Page, item: str) -> tuple[str, int]:
    lessons = {lesson.name[:2]: lesson for lesson in page.lessons}
    exercise = re.fullmatch(r"exercise (\d\d)", item)
    other = re.fullmatch(r"(\D+) (\d+)", item)
    number = exercise[1] if exercise else item
    lesson = lessons.get(number)
    if exercise and lesson and lesson.exercise:
        return f"exercise {number}", lesson.exercise.MINUTES
    if lesson:
        return link(page, lesson), lesson.in_class.minutes
    if other and not exercise:
        return other[1], int(other[2])
    page.refuse(f"`{item}` in a plan is no lesson, no exercise, and has no minutes; fix it")

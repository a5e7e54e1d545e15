"""Some runs on one axis, drawn complete: a page without scripts shows all of it, docs/assets/replay.js
covers it up again and lets the clock uncover it. The axis counts milliseconds or, when no run takes
any time, printed lines."""

import decimal
from typing import NamedTuple, NoReturn

from .lanes import Bar, Course, Lane, lanes, thread
from .lesson import Lesson
from .listing import role
from .page import Page
from .runs import decimals, seconds
from .templates import render

LOOKS = {
    "hold": "holds the thread",
    "wait": "waits, and leaves the thread to others",
    "late": "ready, but unattended",
    "free": "the thread is free for any task",
    "tick": "prints a line",
}
OF_LANE = LOOKS | {"late": "is ready, but unattended"}
OF_THREAD = {"hold": "is held", "free": "is free"}
STEPS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000)  # of the axis, in milliseconds


def replay(page: Page, words: list[str]) -> list[str]:
    lesson, programs = page.lesson, words
    if lesson is None:
        lesson = next((each for each in page.lessons if words and each.name == words[0]), None)
        if lesson is None:
            page.refuse(
                "outside of a lesson write `<!-- replay 01-print -->`, with the lesson's name"
            )
        programs = words[1:]
    elif not page.predicted:
        page.refuse("the replay comes before the prediction and gives it away; move it below")
    programs = programs or ["sync", "async"]
    for program in programs:
        page.run(lesson, program)
    page.shown.update(programs)
    page.replayed.update(programs)
    html = Replay(page, lesson, programs).html()
    page.at += 1
    return page.put(html)


class DrawnBar(NamedTuple):
    look: str
    place: str  # where its label is, if it is too short to hold it
    edges: (
        tuple[str, str] | None
    )  # the lines it begins and ends with, if a run in the page draws it
    start: str  # in percent of the axis
    stop: str
    end: int
    label: str


class DrawnLane(NamedTuple):
    name: str
    kind: str
    prefix: str | None
    bars: list[DrawnBar]
    ticks: list[str]


class DrawnRun(NamedTuple):
    program: str
    role: str
    end: int
    total: str
    lanes: list[DrawnLane]
    lines: list[tuple[int, str, str]]  # the time, as it is shown, the text
    in_words: str


class Replay:
    def __init__(self, page: Page, lesson: Lesson, programs: list[str]) -> None:
        self.page, self.lesson, self.programs = page, lesson, programs
        self.runs = {program: lesson.runs[program] for program in programs}
        self.end = max(run.total_ms for run in self.runs.values())
        self.timed = self.end > 0
        if not self.timed:
            self.end = max(len(run.lines) for run in self.runs.values())
        self.digits = decimals(self.runs.values())
        self.used: set[str] = set()  # the looks that the legend has to explain

    def html(self) -> str:
        drawn = [self.draw(program) for program in self.programs]
        return render(
            "replay.html",
            runs=drawn,
            end=self.end,
            unit="ms" if self.timed else "lines",
            axis=[(self.percent(at), text) for at, text in self.axis()],
            axis_unit="" if self.timed else "lines printed",
            legend=[(look, text) for look, text in LOOKS.items() if look in self.used],
            verdict=self.verdict(),
            recorded=self.lesson.real_time,
            stamp=len(self.shown(self.end)),
        )

    def refuse(self, sentence: str) -> NoReturn:
        """A lane is given in the front matter of its lesson, whichever page shows the replay."""
        lines = self.lesson.readme.read_text(encoding="utf-8").splitlines()
        line = next((n for n, text in enumerate(lines, 1) if text.startswith("lanes:")), 1)
        self.page.repository.refuse(self.lesson.readme, line, sentence)

    def draw(self, program: str) -> DrawnRun:
        course = Course(self.lesson, program, self.timed)
        run = course.run
        found = lanes(self.lesson, course, self.refuse)
        drawn = [thread(course, found)] if self.timed else []
        drawn += found
        in_words = "; ".join(self.words(drawn)) or "one line after the other"
        if not any(lane.ticks for lane in found):
            drawn.append(Lane("prints", [], course.prints(), "", kind="prints"))
        return DrawnRun(
            program,
            role(program),
            course.total,
            self.total(program) if self.timed else f"{len(run.lines)} lines",
            [self.draw_lane(lane) for lane in drawn],
            [(at, self.shown(at), run.lines[n].text) for n, at in enumerate(course.prints())],
            in_words,
        )

    def draw_lane(self, lane: Lane) -> DrawnLane:
        if lane.ticks:
            self.used.add("tick")
        return DrawnLane(
            lane.name,
            lane.kind,
            lane.prefix,
            [self.draw_bar(lane, bar) for bar in lane.bars],
            [self.percent(tick) for tick in lane.ticks],
        )

    def draw_bar(self, lane: Lane, bar: Bar) -> DrawnBar:
        label = ""
        if bar.look in LOOKS:
            self.used.add(bar.look)
            if self.timed:
                word = ""
                if lane.kind == "thread":
                    word = {"hold": "held ", "free": "free "}[bar.look]
                elif bar.look == "late":
                    word = "ready "
                label = f"{word}{self.seconds(bar.width)}"
        place = ""
        if 100 * bar.width / self.end < 18:
            place = " short before" if 100 * bar.stop.at / self.end > 80 else " short"
        edges = (bar.start.line, bar.stop.line) if lane.prefix is None else None
        start, stop = self.percent(bar.start.at), self.percent(bar.stop.at)
        return DrawnBar(bar.look, place, edges, start, stop, bar.stop.at, label)

    def percent(self, value: int) -> str:
        return f"{100 * value / self.end:.2f}".rstrip("0").rstrip(".")

    def seconds(self, milliseconds: int) -> str:
        return f"{seconds(milliseconds, self.digits)} s"

    def shown(self, at: int) -> str:
        return seconds(at, self.digits) if self.timed else str(at)

    def total(self, program: str) -> str:
        return f"{seconds(self.runs[program].total_ms)} s"

    def words(self, drawn: list[Lane]) -> list[str]:
        said = []
        for lane in drawn:
            of_thread = lane.kind == "thread"
            name = "the thread" if of_thread else lane.name
            for bar in lane.bars:
                if bar.look in LOOKS:
                    does = (OF_THREAD if of_thread else OF_LANE)[bar.look]
                    start, stop = self.seconds(bar.start.at), self.seconds(bar.stop.at)
                    said.append(f"{name} {does} from {start} to {stop}")
            if lane.ticks:
                where = ", ".join(self.shown(tick) for tick in lane.ticks)
                said.append(
                    f"{name} prints at {where} s"
                    if self.timed
                    else f"{name} prints lines {where}"
                )
        return said

    def verdict(self) -> str:
        if not self.timed:
            return "No run takes any time; what differs is the order of the lines."
        first, *rest = self.programs
        said = [f"{first} {self.total(first)}"]
        for program in rest:
            # (Of the totals as they are shown, because the reader will subtract them.)
            less = decimal.Decimal(seconds(self.runs[first].total_ms)) - decimal.Decimal(
                seconds(self.runs[program].total_ms)
            )
            differs = f"{abs(less)} s {'less' if less > 0 else 'more'}" if less else "the same"
            said.append(f"{program} {self.total(program)}: {differs}")
        return ", ".join(said) + "."

    def axis(self) -> list[tuple[int, str]]:
        if not self.timed:
            step = 1 if self.end <= 8 else 4 if self.end <= 28 else 10
            return [(n, str(n)) for n in range(step, self.end + 1, step)]
        step = next(step for step in STEPS if self.end / step <= 6)
        return [(n, f"{n / 1000:g} s") for n in range(0, self.end + 1, step)]

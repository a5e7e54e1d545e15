"""The lanes of a program's timeline: which of the printed lines begin and end their bars."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from .lesson import Lesson
from .runs import Line, Run


@dataclass(frozen=True, order=True)
class Moment:
    """A moment of a run, and the line it is the moment of: a run in the page (assets/live/run.js)
    draws the same bars from when that line comes. `line` is "2:Start", the second line that begins
    so, or "server 2:Start", if the lesson's server says it; "0:" is the beginning, "end" the end.
    """

    at: int  # milliseconds, or lines printed
    line: str = field(compare=False)

    def later(self, milliseconds: int) -> "Moment":
        which, _, text = self.line.partition(":")
        return Moment(self.at + milliseconds, f"{which}+{milliseconds}:{text}")


BEGIN = Moment(0, "0:")


class Bar(NamedTuple):
    look: str  # "hold", "wait", "late", "free" or "span"
    start: Moment
    stop: Moment

    @property
    def width(self) -> int:
        return self.stop.at - self.start.at


@dataclass(frozen=True)
class Lane:
    name: str
    bars: list[Bar]
    ticks: list[int] = field(default_factory=list)
    prefix: str | None = None  # what a line begins with that makes a tick, if some do
    kind: str = ""  # "thread" or "prints" for those that every program has


class Event(NamedTuple):
    """A line, and whether the program printed it, or the server beside it."""

    at: int
    text: str
    own: bool


class Course:
    """One program's run on the replay's axis: in milliseconds or, if not `timed`, in lines."""

    def __init__(self, lesson: Lesson, program: str, timed: bool) -> None:
        self.program, self.timed = program, timed
        self.run: Run = lesson.runs[program]
        self.blocking = program in lesson.meta.get("blocking", ["sync"])
        self.total = self.run.total_ms if timed else len(self.run.lines)
        self.end = Moment(self.total, "end")
        printed = [
            Event(self.at(n, line), line.text, True) for n, line in enumerate(self.run.lines)
        ]
        # (A server may report an answer after the client that got it has ended.)
        said = [Event(min(line.at, self.total), line.text, False) for line in self.run.server]
        self.events = sorted(printed + said, key=lambda event: event.at)

    def at(self, n: int, line: Line) -> int:
        return line.at if self.timed else n + 1

    def prints(self) -> list[int]:
        return [self.at(n, line) for n, line in enumerate(self.run.lines)]


def lanes(lesson: Lesson, course: Course, refuse: Callable[[str], NoReturn]) -> list[Lane]:
    """As the front matter's `lanes:` gives them (docs/add-a-lesson.md)."""
    given = lesson.meta.get("lanes") or {}
    if given and all(name in lesson.runs for name in given):
        program = course.program
        given = given.get(program, given.get("async", {}) if program != "sync" else {})
    found = []
    last = BEGIN  # where a lane begins that only says where it ends
    for name, rule in given.items():
        finder = Finder(str(name), course, refuse)
        if isinstance(rule, dict) and "ticks" not in rule:
            refuse(f"the lane “{name}” has neither a text, nor [from, to], nor {{ticks: prefix}}")
        if isinstance(rule, dict):
            found.append(finder.ticks(str(rule["ticks"])))
        elif isinstance(rule, list):
            found.append(finder.span(*[*rule, None, None][:3]))
            last = finder.last
        elif not course.timed:
            found.append(finder.ticks(str(rule)))
        else:
            found.append(finder.until(last if course.blocking else BEGIN, rule))
            last = finder.last
    return found


class Finder:
    """Finds the lines that one lane names."""

    def __init__(self, name: str, course: Course, refuse: Callable[[str], NoReturn]) -> None:
        self.name, self.course, self.refuse = name, course, refuse
        self.last = BEGIN  # where the lane ends

    def index(self, text: object, after: int = -1) -> int:
        """The first line that is this text or, if none is, begins so."""
        rest = list(enumerate(self.course.events))[after + 1 :]
        for n, event in rest:
            if event.text == str(text):
                return n
        for n, event in rest:
            if event.text.startswith(str(text)):
                return n
        self.refuse(
            f"the lane “{self.name}” looks for a line “{text}”, and {self.course.program} prints "
            "none"
            + (" after its beginning" if after >= 0 else "")
            + "; fix the lane or give `lanes:` per program"
        )

    def moment(self, text: object, after: int = -1) -> Moment:
        return self.moment_of(self.index(text, after), text)

    def moment_of(self, n: int, text: object) -> Moment:
        at, _, own = self.course.events[n]
        alike = sum(
            event.own == own and event.text.startswith(str(text))
            for event in self.course.events[: n + 1]
        )
        return Moment(at, f"{'' if own else 'server '}{alike}:{text}")

    def ticks(self, prefix: str) -> Lane:
        ticks = [event.at for event in self.course.events if event.text.startswith(prefix)]
        if not ticks:
            self.index(prefix)
        span = Bar("span", Moment(ticks[0], ""), Moment(ticks[-1], ""))
        return Lane(self.name, [span], ticks, prefix)

    def until(self, start: Moment, text: object) -> Lane:
        return self.bars(start, -1, text, {})

    def span(self, first: object, text: object, options: dict[str, Any] | None = None) -> Lane:
        if first == "start":
            return self.bars(BEGIN, -1, text, options or {})
        n = self.index(first)
        return self.bars(self.moment_of(n, first), n, text, options or {})

    def bars(self, start: Moment, after: int, text: object, options: dict[str, Any]) -> Lane:
        stop = self.course.end if text == "end" else self.moment(text, after)
        if self.course.blocking or options.get("busy"):
            bars = [Bar("hold", start, stop)]
        else:
            needs = start.later(int(float(options.get("waits", 1e9)) * 1000))
            bars = [Bar("wait", start, min(stop, needs))]
            if stop.at - needs.at >= 100:
                bars.append(Bar("late", needs, stop))
        if "served" in options:
            turn = self.moment(options["served"], after)
            bars = [Bar("late", start, turn)] + [
                Bar(bar.look, max(bar.start, turn), bar.stop) for bar in bars if bar.stop > turn
            ]
        self.last = stop
        return Lane(self.name, bars)


def thread(course: Course, found: list[Lane]) -> Lane:
    """When the thread is held, and when it is free. A program that blocks holds it all the time,
    else the lanes that are busy hold it; printing takes no time."""
    end = Moment(course.run.total_ms, "end")
    if course.blocking:
        return Lane("thread", [Bar("hold", BEGIN, end)], kind="thread")
    bars, at = [], BEGIN
    held = (bar for lane in found for bar in lane.bars if bar.look == "hold")
    for bar in sorted(held, key=lambda bar: bar.start):
        if bar.start > at:
            bars.append(Bar("free", at, bar.start))
        bars.append(bar)
        at = bar.stop
    if at < end:
        bars.append(Bar("free", at, end))
    return Lane("thread", bars, kind="thread")

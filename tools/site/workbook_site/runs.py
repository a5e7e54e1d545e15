"""The recorded runs of a lesson's programs (replay.json), and how their times are written."""

import decimal
import json
import pathlib
from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    at: int  # in milliseconds from the start
    text: str


class Run(NamedTuple):
    total_ms: int
    lines: list[Line]  # what the program printed
    server: list[Line]  # what the server beside it said


def read_runs(path: pathlib.Path) -> dict[str, Run]:
    """The runs of all programs, in the order of the file."""
    return {
        program: Run(
            told["total_ms"],
            [Line(*line) for line in told["lines"]],
            [Line(*line) for line in told.get("server", [])],
        )
        for program, told in json.loads(path.read_text(encoding="utf-8")).items()
    }


def seconds(milliseconds: int, digits: int = 1) -> str:
    """As JavaScript's toFixed, because the replay shows the same times: half is rounded up."""
    places = decimal.Decimal(1).scaleb(-digits)
    return str(decimal.Decimal(milliseconds / 1000).quantize(places, decimal.ROUND_HALF_UP))


def decimals(runs: Iterable[Run]) -> int:
    """How many digits distinguish the times of these runs' lines."""
    lines = (line for run in runs for line in run.lines + run.server)
    return 1 if all(line.at % 100 == 0 for line in lines) else 2

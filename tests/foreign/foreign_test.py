#!/usr/bin/env python3
"""A program that others have written, in real time and under ./workbook simulate: both must agree.

    foreign_test.py BUILD NAME    one program of programs.json, which README.md explains
    foreign_test.py --names       the names of all
    foreign_test.py --packages    the packages of Debian that have them

BUILD is the build folder. Sources are compiled there, again only when they are newer.
"""

import dataclasses
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
PATIENCE = 120.0  # seconds; a run that takes longer has failed
LATE = 1.5  # seconds that a real run may take for its start and its computing
TRIES = 3  # real runs, the shortest of which counts: the machine may be busy
EXACT = 0.02  # seconds; reading the simulated clock moves it a little
STILL_WAITS = 3.0  # seconds of real time after which a stuck program must still be there
REFUSED, STUCK = 2, 124  # exit statuses of ./workbook simulate

LINE = re.compile(r" *\d+\.\d{3}  ")
TOTAL = re.compile(r"after (\d+\.\d{3}) s of simulated time")


class Failure(Exception):
    pass


@dataclasses.dataclass(kw_only=True)
class Program:
    """Exactly one of `total`, `refused` and `stuck` says what is expected."""

    name: str
    packages: list[str]
    command: list[str]
    compiler: list[str]  # empty: the command can be run as it is
    libraries: list[str]
    total: float | None = None
    refused: str | None = None
    stuck: str | None = None
    status: int = 0
    children: bool = False  # their time is real, so the total is not the same each time
    early: float = 0  # seconds by which a real run may be shorter
    mask: str | None = None  # what differs in each run
    any_order: bool = False  # of the lines

    def __post_init__(self) -> None:
        if [self.total, self.refused, self.stuck].count(None) != 2:
            raise Failure(f"{self.name} needs one of total, refused and stuck")

    @property
    def file(self) -> pathlib.Path:
        """The one whose place says whether the packages are there."""
        files = [word for word in self.command if word.startswith("/usr/")]
        return pathlib.Path(files[-1] if files else self.command[0])


def programs() -> dict[str, Program]:
    found: dict[str, Program] = {}
    for group in json.loads((FOLDER / "programs.json").read_text()):
        for entry in group["programs"]:
            words = shlex.split(entry.pop("run"))
            words[0] = str(pathlib.Path(group["folder"], words[0]))
            way = shlex.split(group.get("with", ""))
            is_source = words[0].endswith((".c", ".cpp"))
            stem = pathlib.Path(words[0]).stem if way else pathlib.Path(words[0]).name
            name = group["packages"].split()[0] + "/" + entry.pop("name", stem)
            if name in found:
                raise Failure(f"two programs are called {name}: give one of them a name")
            found[name] = Program(
                name=name,
                packages=group["packages"].split(),
                command=words if is_source else way + words,
                compiler=way if is_source else [],
                libraries=entry.pop("libraries", "").split(),
                **entry,
            )
    return found


@dataclasses.dataclass
class Run:
    status: int | None  # none: it was still there
    out: list[str]
    err: list[str]
    seconds: float
    sentence: str = ""  # what ./workbook simulate says at the end

    def describe(self) -> str:
        lines = [f"status {self.status}, {self.seconds:.3f} s. {self.sentence}"]
        for stream, text in ("stdout", self.out), ("stderr", self.err):
            lines += [f"  {stream}: {line[:200]}" for line in text[:40]]
        return "\n".join(lines)


def run(command: list[str], limit: float, environment: dict[str, str] | None = None) -> Run:
    """(The outputs are files, as in a simulation: a program may print otherwise to a pipe.)"""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder, "work")
        work.mkdir()
        outputs = [pathlib.Path(folder, stream) for stream in ("out", "err")]
        with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
            start = time.monotonic()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=work,
                env={**os.environ, "TZ": "UTC0", **(environment or {})},
                start_new_session=True,
            )
            status: int | None = None
            try:
                status = process.wait(limit)
                status = status if status >= 0 else 128 - status  # of a signal, as in a shell
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
            seconds = time.monotonic() - start
        texts = [path.read_text(errors="replace").splitlines() for path in outputs]
    return Run(status, texts[0], texts[1], seconds)


def simulate(build: pathlib.Path, command: list[str]) -> Run:
    environment = {
        "WORKBOOK_CHECKOUT": str(FOLDER.parent.parent),
        "WORKBOOK_BUILD": str(build),
        "COLUMNS": "10000",  # (The sentence is broken where the terminal ends.)
    }
    result = run([str(build / "workbook"), "simulate", *command], PATIENCE, environment)
    result.sentence = " ".join(line for line in result.err if not LINE.match(line))
    result.err = [line for line in result.err if LINE.match(line)]
    for text in result.out, result.err:
        text[:] = [LINE.sub("", line, count=1) for line in text]
    if total := TOTAL.search(result.sentence):
        result.seconds = float(total[1])
    return result


def compiled(program: Program, build: pathlib.Path) -> list[str]:
    source = pathlib.Path(program.command[0])
    target = build / "tests" / "foreign" / program.name / source.stem
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        launcher = os.environ.get("CMAKE_CXX_COMPILER_LAUNCHER", "").split()
        made = target.with_suffix(".new")
        # (Only linked by the second call, because the compiler's cache knows no linking.)
        code = made.with_suffix(".o")
        subprocess.run([*launcher, *program.compiler, "-w", "-c", source, "-o", code], check=True)
        subprocess.run([*program.compiler, code, "-o", made, *program.libraries], check=True)
        code.unlink()
        made.rename(target)
    return [str(target), *program.command[1:]]


def text_of(program: Program, lines: list[str]) -> list[str]:
    if program.mask:
        lines = [re.sub(program.mask, "…", line) for line in lines]
    return sorted(lines) if program.any_order else lines


def judge(program: Program, simulated: Run, real: Run) -> None:
    def require(condition: bool, what: str) -> None:
        if not condition:
            raise Failure(what)

    def begins_alike(one: list[str], other: list[str]) -> bool:
        count = min(len(one), len(other))
        return one[:count] == other[:count]

    texts = [
        [text_of(program, lines) for lines in (result.out, result.err)]
        for result in (simulated, real)
    ]
    if program.refused is not None:
        require(simulated.status == REFUSED, "it was not refused")
        require(program.refused in simulated.sentence, f'no word of "{program.refused}"')
        return
    if program.stuck is not None:
        require(simulated.status == STUCK, "it is not stuck in the simulation")
        require(program.stuck in simulated.sentence, f'no word of "{program.stuck}"')
        require(real.status is None, "it ends in real time")
        require(all(map(begins_alike, *texts)), "the texts differ")
        return
    assert program.total is not None
    require(texts[0] == texts[1], "the texts differ")
    require(simulated.status == program.status, "the exit status of the simulation is another one")
    require(real.status == program.status, "the exit status in real time is another one")
    longer = LATE if program.children else EXACT
    require(
        program.total - EXACT <= simulated.seconds <= program.total + longer,
        f"the simulated total is not {program.total:.3f} s",
    )
    earliest = program.total if program.children else simulated.seconds
    require(
        earliest - EXACT - program.early <= real.seconds <= simulated.seconds + LATE,
        "the totals differ",
    )


def test(build: pathlib.Path, program: Program) -> None:
    if not program.file.exists():
        packages = " ".join(program.packages)
        print(f"Skipped: {program.file} is not there: sudo apt-get install {packages}")
        return
    command = compiled(program, build) if program.compiler else program.command
    simulated = simulate(build, command)
    # (A program that is refused may need another machine.)
    limit = 0 if program.refused else STILL_WAITS if program.stuck else PATIENCE
    real = run(command, limit) if limit else simulated
    for _ in range(1, TRIES):
        if program.total is not None and real.seconds > simulated.seconds + LATE:
            real = min(real, run(command, limit), key=lambda result: result.seconds)
    try:
        judge(program, simulated, real)
    except Failure as failure:
        raise Failure(
            f"{program.name}: {failure}.\n{shlex.join(command)}\n"
            f"Simulated: {simulated.describe()}\nReal: {real.describe()}"
        ) from None
    print(f"{program.name}: {simulated.sentence} In real time: {real.seconds:.3f} s.")


def main() -> None:
    words = sys.argv[1:]
    if words == ["--names"]:
        print("\n".join(programs()))
    elif words == ["--packages"]:
        print("\n".join(sorted({name for each in programs().values() for name in each.packages})))
    else:
        build, name = words
        test(pathlib.Path(build).resolve(), programs()[name])


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))

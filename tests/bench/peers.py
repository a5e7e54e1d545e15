"""What the benchmarks of blocks, tasks and backends share: how their programs are built and named, each {name: [command]},
and how the versions are told. What is missing raises FileNotFoundError with its package."""
import importlib.util
import os
import shutil
import subprocess
import sys

PYTHON = "/usr/bin/python3"


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def compile_cpp(folder, source, options, program):
    """By CXX, or g++. Ends the benchmark if that fails."""
    compiler = os.environ.get("CXX", "g++")
    if "clang" in compiler:
        options += " -DASIO_HAS_CO_AWAIT -DASIO_HAS_STD_COROUTINE"
    has_uring = "IO_URING" in options
    libraries = "-lfmt -luring" if has_uring else "-lfmt"
    line = f"{compiler} -std=c++20 -O2 -pthread {options} {source} {libraries} -o {program}"
    if subprocess.run(line.split(), cwd=folder).returncode != 0:
        packages = "libasio-dev, libfmt-dev and liburing-dev" if has_uring else "libasio-dev and libfmt-dev"
        sys.exit(f"{source} is not built. It takes a C++20 compiler, {packages}.")


def asyncio(script):
    """`script` takes the name of its loop as its first argument."""
    print(first_line(PYTHON, "--version"))
    return {"asyncio": [PYTHON, str(script), "asyncio"]}


def uvloop(script):
    if not importlib.util.find_spec("uvloop"):
        raise FileNotFoundError("python3-uvloop")
    print(f"uvloop {first_line(PYTHON, '-c', 'import uvloop; print(uvloop.__version__)')}")
    return {"uvloop": [PYTHON, str(script), "uvloop"]}


def go(source, folder):
    """`source` is compiled into `folder`."""
    if not shutil.which("go"):
        raise FileNotFoundError("golang-go")
    print(first_line("go", "version"))
    program = f"{folder}/{source.stem}_go"
    environment = {**os.environ, "GOCACHE": f"{folder}/cache"}
    subprocess.run(["go", "build", "-o", program, source.name], cwd=source.parent, check=True, env=environment)
    return {"Go": [program]}


def all_of(*builders):
    """The programs of all builders, in their order, without those that something is missing for."""
    programs: dict[str, list[str]] = {}
    for build in builders:
        try:
            programs |= build()
        except (FileNotFoundError, subprocess.CalledProcessError) as missing:
            print(f"Left out: {missing}")
    return programs

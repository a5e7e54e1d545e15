"""What the benchmarks share that compare a lesson with other languages and libraries: how the programs of blocks, tasks
and backends are built and named, each {name: [command]}, and how the versions are told. What is missing raises
FileNotFoundError with its package. The libraries for Python of databases, names and statements are those of peers.txt."""
import hashlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PYTHON = "/usr/bin/python3"
LOCK = pathlib.Path(__file__).resolve().parent / "peers.txt"


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def python():
    """A Python that has the packages of peers.txt, in a folder that is kept for the next time. Ends the benchmark if
    they cannot be installed."""
    key = hashlib.sha256(LOCK.read_bytes() + first_line(PYTHON, "--version").encode()).hexdigest()[:16]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    kept = cache / "workbook-bench" / key
    if not kept.exists():
        print(f"Installing the packages of {LOCK.name} …", file=sys.stderr, flush=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        # It gets its name when it is complete.
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = pathlib.Path(folder, "made")
            # What venv and pip say goes to stderr, because stdout has the figures.
            if subprocess.run([PYTHON, "-m", "venv", str(made)], stdout=sys.stderr).returncode != 0:
                sys.exit(f"{PYTHON} cannot make a virtual environment. It takes python3-venv.")
            pip = [str(made / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            packages = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
            if subprocess.run(pip + packages, stdout=sys.stderr).returncode != 0:
                sys.exit(f"The packages of {LOCK.name} are not installed; pip says why above. It takes a network.")
            try:
                made.rename(kept)
            except OSError:  # another benchmark was faster
                if not kept.exists():
                    raise
    return str(kept / "bin/python")


def version_of(package):
    """For example "asyncpg 0.32.0", by peers.txt."""
    found = next(line for line in LOCK.read_text().splitlines() if line.startswith(f"{package}=="))
    return found.split()[0].replace("==", " ")


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

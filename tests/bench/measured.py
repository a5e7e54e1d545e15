"""What the benchmarks of databases, messages, names, statements and tasks share: programs that are built, run, and
measured."""
import os
import pathlib
import subprocess
import sys
import time


def build(source, program, libraries, package):
    """A program of C++, with optimisation. `package` has the library that not every machine has."""
    line = f"g++ -std=c++20 -O2 -pthread {source} {libraries} -o {program}"
    if subprocess.run(line.split()).returncode != 0:
        sys.exit(f"Not built. It takes g++, libasio-dev, libfmt-dev and {package}.")


class Run:
    """Of a program: what it said, its processor time in seconds, and its memory in MB."""

    def __init__(self, command):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # (What the system tells after the end would be ours, where that is more.)
        self.memory = 0.0
        peak = pathlib.Path(f"/proc/{process.pid}/status")
        ended = 0
        while ended == 0:
            line = next((l for l in peak.read_text().splitlines() if l.startswith("VmHWM")), None)
            self.memory = int(line.split()[1]) / 1000 if line else self.memory
            time.sleep(0.02)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        assert process.stdout
        self.said = process.stdout.read()
        if status != 0:
            sys.exit(f"{' '.join(command)} did not do its work; it ended with status {status}.")
        self.processor = usage.ru_utime + usage.ru_stime

    @property
    def seconds(self):
        """What a program prints that measures its own work."""
        return float(self.said)

    @property
    def works(self):
        """What a program prints that measures several works, a line for each: {name: (seconds, processor time)}."""
        lines = (line.split() for line in self.said.splitlines())
        return {name: (float(seconds), float(processor)) for name, seconds, processor in lines}

"""Shared by the Python programs: the same photos, folder and ticker as lessons/09-files has."""
import asyncio
import os
import shutil
import tempfile

COUNT = 300
SIZE = 50_000


def photo(number):
    line = b"photo %03d\n" % number
    return (line * (SIZE // len(line) + 1))[:SIZE]


def check(content, number):
    if content != photo(number):
        raise SystemExit(f"Photo {number} is not what was saved.")
    return len(content)


def path_of(folder, number):
    return f"{folder}/photo-{number:03}"


class Progress:
    def __init__(self):
        self.started = self.files = self.bytes = self.ticks = 0

    def add(self, size):
        self.files += 1
        self.bytes += size

    def print(self, what):
        print(f"{what} {self.files} files, {self.bytes} bytes")


async def tick(progress):
    while progress.files < COUNT:
        progress.ticks += 1
        await asyncio.sleep(0.001)


def in_temporary_folder(main):
    folder = tempfile.mkdtemp(prefix="photos.", dir=os.environ["TMPDIR"])
    try:
        saved, loaded = Progress(), Progress()
        asyncio.run(main(folder, saved, loaded))
        print("ticks while writing:", "some" if saved.ticks else "none")
    finally:
        shutil.rmtree(folder)

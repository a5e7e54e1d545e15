"""The work of lessons/09-files/sync.cpp in Python: blocking calls on the thread of the loop."""
import asyncio

from files_photos import COUNT, check, in_temporary_folder, path_of, photo, tick


def save(folder, number):
    with open(path_of(folder, number), "wb") as file:
        return file.write(photo(number))


def load(folder, number):
    with open(path_of(folder, number), "rb") as file:
        return check(file.read(), number)


async def work(call, folder, progress):
    while progress.started < COUNT:
        number = progress.started
        progress.started += 1
        progress.add(call(folder, number))


async def main(folder, saved, loaded):
    ticker = asyncio.create_task(tick(saved))
    await work(save, folder, saved)
    await ticker
    saved.print("Wrote")
    await work(load, folder, loaded)
    loaded.print("Read")


in_temporary_folder(main)

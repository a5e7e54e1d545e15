"""The work of lessons/09-files/async.cpp with aiofiles: four tasks, each with one file open."""
import asyncio

import aiofiles
from files_photos import COUNT, check, in_temporary_folder, path_of, photo, tick


async def save(folder, number):
    async with aiofiles.open(path_of(folder, number), "wb") as file:
        return await file.write(photo(number))


async def load(folder, number):
    async with aiofiles.open(path_of(folder, number), "rb") as file:
        return check(await file.read(), number)


async def work(call, folder, progress):
    while progress.started < COUNT:
        number = progress.started
        progress.started += 1
        progress.add(await call(folder, number))


async def main(folder, saved, loaded):
    ticker = asyncio.create_task(tick(saved))
    await asyncio.gather(*(work(save, folder, saved) for _ in range(4)))
    await ticker
    saved.print("Wrote")
    await asyncio.gather(*(work(load, folder, loaded) for _ in range(4)))
    loaded.print("Read")


in_temporary_folder(main)

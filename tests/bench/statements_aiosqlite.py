"""The works of statements.cpp with aiosqlite: FILE COUNT."""
import asyncio
import sys
import time

import aiosqlite


async def ask(database, count):
    for i in range(count):
        await database.execute_fetchall("select ? + 1", (i,))


async def ask_by_ten(database, count):
    await asyncio.gather(*(ask(database, count // 10) for _ in range(10)))


async def insert_each(database, count):
    await database.execute("begin immediate")
    for i in range(count):
        await database.execute("insert into t values (?)", (i,))
    await database.commit()


async def insert_in_one_job(database, count):
    await database.execute("begin immediate")
    await database.executemany("insert into t values (?)", ((i,) for i in range(count)))
    await database.commit()


async def measure(database, name, work, count):
    await work(database, count // 10)  # warm
    start, before = time.perf_counter(), time.process_time()
    await work(database, count)
    print(name, time.perf_counter() - start, time.process_time() - before)


async def main(path, count):
    async with aiosqlite.connect(path, isolation_level=None) as database:
        await database.execute("pragma journal_mode = wal")
        await database.execute("create table t (number integer)")
        await measure(database, "ask", ask, count)
        await measure(database, "ask-by-ten", ask_by_ten, count)
        await measure(database, "insert-each", insert_each, count)
        await measure(database, "insert-in-one-job", insert_in_one_job, count)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))

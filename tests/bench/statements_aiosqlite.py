"""The works of statements.cpp with aiosqlite: FILE COUNT."""
import aiosqlite
from databases import by_ten_tasks, measure, run


async def ask(database, count):
    for i in range(count):
        await database.execute_fetchall("select ? + 1", (i,))


async def insert_each(database, count):
    await database.execute("begin immediate")
    for i in range(count):
        await database.execute("insert into t values (?)", (i,))
    await database.commit()


async def insert_in_one_job(database, count):
    await database.execute("begin immediate")
    await database.executemany("insert into t values (?)", ((i,) for i in range(count)))
    await database.commit()


async def measure_all(path, count):
    async with aiosqlite.connect(path, isolation_level=None) as database:
        await database.execute("pragma journal_mode = wal")
        await database.execute("create table t (number integer)")
        await measure("ask", count, lambda part: ask(database, part))
        await measure("ask-by-ten", count, lambda part: by_ten_tasks(part, lambda tenth: ask(database, tenth)))
        await measure("insert-each", count, lambda part: insert_each(database, part))
        await measure("insert-in-one-job", count, lambda part: insert_in_one_job(database, part))


run(measure_all)

"""The works of databases_postgresql.cpp with asyncpg: ADDRESS COUNT."""
import asyncpg
from databases import NUMBER_OF_DISHES, NUMBER_OF_TASKS, by_ten_tasks, measure, run

QUESTION = "select name, portions from workbook_bench.dishes where number = $1"
INSERTION = "insert into workbook_bench.orders values ($1, $2)"


async def ask(own, count):
    # (asyncpg keeps the prepared statement.)
    for i in range(count):
        await own.fetch(QUESTION, i % NUMBER_OF_DISHES)


async def ask_pool(pool, count):
    for i in range(count):
        async with pool.acquire() as own:
            await own.fetch(QUESTION, i % NUMBER_OF_DISHES)


async def insert(own, count):
    async with own.transaction():
        for i in range(count):
            await own.execute(INSERTION, i, "soup")


async def no_reset(_):
    """By default asyncpg sends one more statement whenever a connection comes back to its pool. Ours does not."""


async def measure_all(address, count):
    own = await asyncpg.connect(address)
    size = NUMBER_OF_TASKS
    async with asyncpg.create_pool(address, min_size=size, max_size=size, reset=no_reset) as pool:
        await measure("questions", count, lambda part: ask(own, part))
        await measure("questions-by-ten", count, lambda part: by_ten_tasks(part, lambda tenth: ask_pool(pool, tenth)))
        await measure("insertions", count, lambda part: insert(own, part))
    await own.close()


run(measure_all)

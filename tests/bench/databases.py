"""What the Python programs of the databases share: databases_asyncpg.py, databases_aiomysql.py,
databases_pymongo.py and statements_aiosqlite.py. ADDRESS COUNT: each prints what databases.hpp says."""
import asyncio
import sys
import time

NUMBER_OF_DISHES = 100
NUMBER_OF_TASKS = 10


async def measure(name, count, work):
    """Awaits work(count). A tenth of it comes first, to warm up."""
    await work(count // 10)
    start, before = time.perf_counter(), time.process_time()
    await work(count)
    processor = time.process_time() - before
    print(f"{name} {time.perf_counter() - start:.6f} {processor:.6f}")


async def by_ten_tasks(count, work):
    """Each of ten tasks does a tenth of the work."""
    await asyncio.gather(*(work(count // NUMBER_OF_TASKS) for _ in range(NUMBER_OF_TASKS)))


def run(measure_all):
    asyncio.run(measure_all(sys.argv[1], int(sys.argv[2])))

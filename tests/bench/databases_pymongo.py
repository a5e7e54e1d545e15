"""The works of databases_mongodb.cpp with PyMongo's AsyncMongoClient: ADDRESS COUNT."""
from databases import NUMBER_OF_DISHES, NUMBER_OF_TASKS, by_ten_tasks, measure, run
from pymongo import AsyncMongoClient


async def ask(kitchen, count):
    for i in range(count):
        await kitchen.workbook_bench_dishes.find_one({"_id": i % NUMBER_OF_DISHES})


async def insert(kitchen, count):
    # (PyMongo adds an `_id` to each.)
    for i in range(count):
        await kitchen.workbook_bench_orders.insert_one({"number": i, "dish": "soup"})


async def measure_all(address, count):
    # It opens its connections when they are needed, for which the warm-up is enough.
    async with AsyncMongoClient(address, maxPoolSize=NUMBER_OF_TASKS) as client:
        kitchen = client.workbook
        await measure("questions", count, lambda part: ask(kitchen, part))
        await measure("questions-by-ten", count, lambda part: by_ten_tasks(part, lambda tenth: ask(kitchen, tenth)))
        await measure("insertions", count, lambda part: insert(kitchen, part))


run(measure_all)

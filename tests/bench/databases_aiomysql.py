"""The works of databases_mariadb.cpp with aiomysql: ADDRESS COUNT."""
import urllib.parse

import aiomysql
from databases import NUMBER_OF_DISHES, NUMBER_OF_TASKS, by_ten_tasks, measure, run

QUESTION = "select name, portions from workbook_bench.dishes where number = %s"
INSERTION = "insert into workbook_bench.orders values (%s, %s)"


def settings(address):
    """`address` is one of lesson 31: the path of a socket, or mariadb://USER:PASSWORD@HOST:PORT."""
    # (libmariadb's default is that each statement commits.)
    common = {"user": "workbook", "charset": "utf8mb4", "autocommit": True}
    if address.startswith("/"):
        return {**common, "unix_socket": address}
    url = urllib.parse.urlsplit(address)
    user = urllib.parse.unquote(url.username or "workbook")
    password = urllib.parse.unquote(url.password or "")
    return {**common, "host": url.hostname, "port": url.port or 3306, "user": user, "password": password}


async def ask_once(own, number):
    async with own.cursor() as cursor:
        await cursor.execute(QUESTION, (number,))
        await cursor.fetchall()


async def ask(own, count):
    for i in range(count):
        await ask_once(own, i % NUMBER_OF_DISHES)


async def ask_pool(pool, count):
    for i in range(count):
        async with pool.acquire() as own:
            await ask_once(own, i % NUMBER_OF_DISHES)


async def insert(own, count):
    await own.begin()
    for i in range(count):
        async with own.cursor() as cursor:
            await cursor.execute(INSERTION, (i, "soup"))
    await own.commit()


async def measure_all(address, count):
    own = await aiomysql.connect(**settings(address))
    size = NUMBER_OF_TASKS
    async with aiomysql.create_pool(minsize=size, maxsize=size, **settings(address)) as pool:
        await measure("questions", count, lambda part: ask(own, part))
        await measure("questions-by-ten", count, lambda part: by_ten_tasks(part, lambda tenth: ask_pool(pool, tenth)))
        await measure("insertions", count, lambda part: insert(own, part))
    own.close()


run(measure_all)

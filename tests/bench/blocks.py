"""The work of blocks.cpp with asyncio, or with uvloop in its place:
blocks.py asyncio|uvloop queue CAPACITY ITEMS | blocks.py asyncio|uvloop group TASKS"""
import asyncio
import os
import sys
import time


async def produce(queue, items):
    for item in range(items):
        await queue.put(item)


async def consume(queue):
    while True:
        await queue.get()
        queue.task_done()


async def pass_items(capacity, items):
    queue: asyncio.Queue[int] = asyncio.Queue(capacity)
    start = time.process_time()
    async with asyncio.TaskGroup() as tasks:
        consumer = tasks.create_task(consume(queue))
        await tasks.create_task(produce(queue, items))
        await queue.join()
        consumer.cancel()
    print(time.process_time() - start)


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def pass_gate_together(count):
    gate = asyncio.Event()
    waiting = 0

    async def pass_gate():
        nonlocal waiting
        waiting += 1
        await gate.wait()

    before = resident_bytes()
    start = time.process_time()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            tasks.create_task(pass_gate())
        while waiting < count:
            await asyncio.sleep(0)
        size = (resident_bytes() - before) / waiting
        gate.set()
    print(time.process_time() - start, size)


loop, work, *numbers = sys.argv[1:]
if loop == "uvloop":
    import uvloop

    uvloop.install()
if work == "queue":
    asyncio.run(pass_items(*map(int, numbers)))
else:
    asyncio.run(pass_gate_together(*map(int, numbers)))

"""What lessons/36-a-million-tasks does, with asyncio, or with uvloop in its place:
tasks.py asyncio|uvloop TASKS"""
import asyncio
import sys

SECONDS = 10  # longer than in the lesson: the last task must begin before the first ends
rising = 0


def rising_time(loaf):
    return SECONDS + loaf % 10 * 0.1


async def rise(loaf):
    global rising
    rising += 1
    await asyncio.sleep(rising_time(loaf))
    rising -= 1


async def bake(loaves):
    loop = asyncio.get_running_loop()
    for loaf in range(loaves):
        loop.create_task(rise(loaf))  # the loop keeps what waits for a timer
    loop.call_soon(lambda: print(rising, flush=True))  # behind them all
    await asyncio.sleep(0.1)
    while rising > 0:
        await asyncio.sleep(0.1)


kind, count = sys.argv[1:]
if kind == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(bake(int(count)))

"""What lessons/36-a-million-tasks does, with asyncio, or with uvloop in its place:
tasks.py asyncio|uvloop TASKS SECONDS"""
import asyncio
import sys

rising = 0


async def rise(loaf, seconds):
    global rising
    rising += 1
    await asyncio.sleep(seconds + loaf % 10 * 0.1)
    rising -= 1


async def bake(loaves, seconds):
    loop = asyncio.get_running_loop()
    for loaf in range(loaves):
        loop.create_task(rise(loaf, seconds))  # the loop keeps what waits for a timer
    loop.call_soon(lambda: print(rising, flush=True))  # behind them all
    await asyncio.sleep(0.1)
    while rising > 0:
        await asyncio.sleep(0.1)


kind, *numbers = sys.argv[1:]
if kind == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(bake(*map(int, numbers)))

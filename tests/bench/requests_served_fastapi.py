"""The work of async.cpp of lesson 23 with FastAPI."""
import asyncio
import time

import fastapi

app = fastapi.FastAPI()


async def cook(seconds):
    await asyncio.sleep(seconds)


@app.get("/")
async def hello():
    return {"message": "Hello World"}


@app.get("/concurrent")
async def concurrent():
    start = time.perf_counter()
    await asyncio.gather(cook(2), cook(3), cook(1))
    return {"dishes": ["soup", "roast", "salad"], "seconds": round(time.perf_counter() - start)}

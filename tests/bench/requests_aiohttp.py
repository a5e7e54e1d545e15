"""The work of async_workers.cpp of lesson 11 with aiohttp: LIST SERVER LIMIT [keep].

Each request has its own connection, as it has there; with `keep` a connection is kept for
further requests, as is aiohttp's own way."""
import asyncio
import re
import sys

import aiohttp


async def title_of(session, slots, url):
    # (The second is for the request alone, not for the wait for its turn.)
    try:
        async with slots, session.get(url, timeout=aiohttp.ClientTimeout(total=1)) as response:
            page = await response.text()
            if response.status != 200:
                return f"status {response.status}"
            title = re.search(r"<title[^>]*>(.*?)</title", page, re.S | re.I)
            return " ".join(title[1].split()) if title else "Missing"
    except (TimeoutError, aiohttp.ClientError) as error:
        return str(error) or "no answer within 1.0s"


async def main(path, server, limit, keep=""):
    with open(path) as file:
        links = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    slots = asyncio.Semaphore(int(limit))
    connector = aiohttp.TCPConnector(limit=int(limit), force_close=not keep)
    async with aiohttp.ClientSession(connector=connector) as session:
        urls = [f"http://{server}{link}" if link.startswith("/") else link for link in links]
        titles = await asyncio.gather(*(title_of(session, slots, url) for url in urls))
    for link, title in zip(links, titles, strict=True):
        print(f"{link}: {title}")


asyncio.run(main(*sys.argv[1:]))

"""What async_workers.cpp of lesson 11 does, with aiohttp: LIST SERVER LIMIT."""
import asyncio
import re
import sys

import aiohttp


async def title_of(session, url):
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=1)) as response:
            page = await response.text()
            if response.status != 200:
                return f"status {response.status}"
            title = re.search(r"<title[^>]*>(.*?)</title", page, re.S | re.I)
            return " ".join(title[1].split()) if title else "Missing"
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return str(error) or "no answer within 1.0s"


async def main(path, server, limit):
    with open(path) as file:
        links = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    # It keeps a connection for the next request, as is its way.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=int(limit))) as session:
        urls = [f"http://{server}{link}" if link.startswith("/") else link for link in links]
        titles = await asyncio.gather(*(title_of(session, url) for url in urls))
    for link, title in zip(links, titles):
        print(f"{link}: {title}")


asyncio.run(main(*sys.argv[1:]))

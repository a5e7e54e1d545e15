"""The work of names.cpp with aiodns: PORT COUNT LIMIT."""
import asyncio
import sys
import time

import aiodns


async def look_up(resolver, numbers):
    for number in numbers:
        found = await resolver.query_dns(f"shop-{number}.example", "A")
        address = found.answer[0].data.addr
        assert address == "192.0.2.1", address


async def main(port, count, limit):
    resolver = aiodns.DNSResolver(nameservers=["127.0.0.1"], udp_port=int(port), timeout=5)
    start = time.perf_counter()
    numbers = iter(range(int(count)))
    await asyncio.gather(*(look_up(resolver, numbers) for _ in range(int(limit))))
    print(f"{time.perf_counter() - start:.6f}")


asyncio.run(main(*sys.argv[1:]))

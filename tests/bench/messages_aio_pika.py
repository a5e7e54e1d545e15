"""The work of messages.cpp with aio-pika: HOST:PORT send|take QUEUE COUNT LIMIT."""
import asyncio
import sys
import time

import aio_pika


async def send(channel, queue, numbers):
    for number in numbers:
        text = b"message %092d" % number
        message = aio_pika.Message(text, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key=queue)


async def take(queue, count):
    left = count
    done = asyncio.get_running_loop().create_future()

    async def on_message(message):
        nonlocal left
        await message.ack()
        left -= 1
        if left == 0:
            done.set_result(None)

    consumer = await queue.consume(on_message)
    await done
    await queue.cancel(consumer)


async def main(address, task, name, count, limit):
    connection = await aio_pika.connect_robust(f"amqp://{address}")
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(name, durable=True)
        await channel.set_qos(prefetch_count=int(limit))
        start = time.perf_counter()
        if task == "send":
            numbers = iter(range(int(count)))
            await asyncio.gather(*(send(channel, name, numbers) for _ in range(int(limit))))
        else:
            await take(queue, int(count))
        print(f"{time.perf_counter() - start:.6f}")


asyncio.run(main(*sys.argv[1:]))

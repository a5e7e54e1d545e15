#!/usr/bin/env python3
"""Lesson 28 on a bad day: 200 orders, and in the middle of them workers and the broker are killed.
(Kafka's broker keeps orders in memory: it is only away for a while.)

    pipeline_test.py BUILD QUEUE [postgresql]

Before that its broker is stopped, and Ctrl-C is pressed twice. The shelf is a file of SQLite's, or a table in
PostgreSQL, whose server is killed, too.

REPEAT says how many days. Every order that was accepted must be packed, and each of them must be
reported once; duplicates are counted.
"""

import collections
import contextlib
import glob
import http.client
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ORDERS = 200
CUSTOMERS = 8
PATIENCE = 60  # seconds; a test that takes longer has failed


class Failure(Exception):
    pass


def wait_until(look, failure, seconds=PATIENCE):
    """Waits until `look` finds something, and returns it; `failure()` says what is wrong if it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise Failure(failure())
        time.sleep(0.02)
    return found


def children(process):
    """The process numbers of a process's children, with their command lines."""
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            numbers = [int(number) for number in file.read().split()]
    except FileNotFoundError:
        return {}
    found = {}
    for number in numbers:
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                found[number] = file.read().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def descendants(process):
    found = {}
    for child, command in children(process).items():
        found[child] = command
        found.update(descendants(child))
    return found


def runs(process):
    """Not one that has ended and has not been waited for."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_the_end_of(family):
    """A broker's helpers end by themselves when the broker has ended, which takes them a moment."""
    def left():
        return [command for number, command in family.items() if runs(number)]

    wait_until(lambda: not left(), lambda: f"of its processes {left()} are left", 15)


def is_committed(name, log):
    """Whether this log of Mnesia, Erlang's database, has a transaction with that name, and the decision about
    it, which is written later. Without a decision the transaction is undone when Mnesia starts."""
    records = log.split(b"decision")
    for record in records:
        if name not in record:
            continue
        transaction, undecided, _ = record.partition(b"presume_abort")
        if not undecided:
            return True
        transaction = transaction[:-3]  # without the header of what comes next
        if any(other.startswith(transaction) and b"committed" in other[:len(transaction) + 15]
               for other in records):
            return True
    return False


class FileShelf:
    """Packed orders in SQLite's file."""

    def __init__(self, folder):
        self.address = os.path.join(folder, "shelf.db")

    def packed(self):
        with contextlib.closing(sqlite3.connect(self.address)) as database:
            return {number for number, in database.execute("select number from packed")}

    def end(self):
        pass


class PostgresqlShelf:
    """Packed orders in a table of a PostgreSQL of the test's own."""

    def __init__(self, build):
        self.server = subprocess.Popen(
            [os.path.join(build, "lessons", "servers", "postgresql")], stdout=subprocess.PIPE, text=True)
        self.falling = threading.Lock()
        self.address = "postgresql://workbook@" + self.line()

    def line(self):
        assert self.server.stdout
        return self.server.stdout.readline().strip()

    def packed(self):
        found = subprocess.run(
            ["psql", self.address, "--no-psqlrc", "--tuples-only", "--no-align", "--command",
             "select number from packed"], capture_output=True, text=True, timeout=PATIENCE)
        if found.returncode != 0:
            raise Failure(f"the packed orders cannot be read: {found.stderr}")
        return {int(number) for number in found.stdout.split()}

    def fell(self):
        """Kills the server, and waits until it has been started again."""
        with self.falling:
            self.server.send_signal(signal.SIGUSR1)
            for expected in "The server is killed", "The server is back":
                if (said := self.line()) != expected:
                    raise Failure(f"PostgreSQL's server did not say {expected!r}, but {said!r}")

    def end(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(30)


class Shop:
    """The pipeline: a desk, which starts its broker and its workers."""

    def __init__(self, build, queue, shelf, seconds="0.05"):
        self.queue = queue
        variable = {"rabbitmq": "AMQP_URL", "redis": "REDIS_URL", "kafka": "KAFKA_BOOTSTRAP"}[queue]
        environment = {name: value for name, value in os.environ.items() if name != variable}
        program = os.path.join(build, "lessons", "28-order-pipeline", "async_" + queue)
        command = [program, "--workers", "3", "--seconds", seconds, "--shelf", shelf.address]
        command += ["0", "10", "10"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        self.errors = []
        self.lines = []
        self.killed: set[int] = set()
        self.news = threading.Condition()
        self.ended = False
        self.complaints = threading.Thread(target=self.read_errors, daemon=True)
        self.complaints.start()
        threading.Thread(target=self.read_lines, daemon=True).start()
        address = self.wait_for("its address", lambda lines: lines[0] if lines else None)
        if not re.fullmatch(r"127\.0\.0\.1:\d+", address):
            raise Failure(f"it did not print its address, but: {address}")
        self.port = int(address.rpartition(":")[2])

    def read_errors(self):
        assert self.process.stderr
        for line in self.process.stderr:
            self.errors.append(line)

    def read_lines(self):
        assert self.process.stdout
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait_for(self, what, look):
        """Waits until `look` finds something in the lines that were printed, and returns it."""
        deadline = time.monotonic() + PATIENCE
        with self.news:
            while True:
                found = look(self.lines)
                if found:
                    return found
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    limit = "before it ended" if self.ended else "in a minute"
                    raise Failure(f"{what} did not come {limit}")
                self.news.wait(left)

    def count(self, beginning):
        with self.news:
            return sum(line.startswith(beginning) for line in self.lines)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def catches(self, number):
        """Whether it has a handler for this signal."""
        with open(f"/proc/{self.process.pid}/status") as file:
            caught = next(line for line in file if line.startswith("SigCgt:"))
        return int(caught.split()[1], 16) & 1 << number - 1

    def workers(self):
        family = children(self.process.pid)
        return [number for number, command in family.items() if "--worker" in command]

    def sockets_of_customers(self, processes):
        """The connections at the desk's port that these processes have open."""
        local = f":{self.port:04X}"
        with open("/proc/net/tcp") as table:
            inodes = {line.split()[9] for line in table if line.split()[1].endswith(local)}
        names = {f"socket:[{inode}]" for inode in inodes}
        held = []
        for process in processes:
            folder = f"/proc/{process}/fd"
            for descriptor in os.listdir(folder):
                try:
                    name = os.readlink(os.path.join(folder, descriptor))
                except FileNotFoundError:
                    continue
                if name in names:
                    held.append(name)
        return held

    def kill_worker(self):
        """Without PostgreSQL there may be none for a while: each says so and dies."""
        def one():
            for worker in set(self.workers()) - self.killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                    return worker
            return None

        self.killed.add(wait_until(one, lambda: "for a minute there is no worker to kill"))

    def fell_broker(self):
        """The broker's server kills it and starts it again; that of Kafka takes it down."""
        servers = [number for number, command in children(self.process.pid).items()
                   if "/servers/" in command[0]]
        if not servers:
            raise Failure("there is no broker to kill")
        os.kill(servers[0], signal.SIGUSR1)
        if self.queue == "kafka":
            self.wait_for("that the broker is down", lambda lines: "Broker down" in lines)
            time.sleep(random.uniform(0.2, 2))  # the time without a broker, which the test is about
            os.kill(servers[0], signal.SIGUSR2)

    def wait_until_its_queues_are_on_disk(self):
        """RabbitMQ 3.10 answers a declaration before that. Killed at once, it would forget the queue."""
        missing = {b"pipeline.orders", b"pipeline.results"}

        def are_there():
            for log in self.files_of_its_processes("data/*/LATEST.LOG"):
                with open(log, "rb") as file:
                    text = file.read()
                missing.difference_update([queue for queue in missing if is_committed(queue, text)])
            return not missing

        wait_until(are_there, lambda: f"after a minute these queues are not on disk: {missing}")

    def files_of_its_processes(self, pattern):
        """Those that match in the working folders of what it has started."""
        return sorted({os.path.realpath(file) for process in descendants(self.process.pid)
                       for file in glob.glob(f"/proc/{process}/cwd/{pattern}")})

    def said(self):
        """Its last lines, and those of what it has started."""
        last = self.lines[-15:] + self.errors[-15:]
        for log in self.files_of_its_processes("*log"):
            with contextlib.suppress(OSError), open(log, errors="replace") as file:
                last += [f"In {os.path.basename(log)}:", *file.readlines()[-15:]]
        return "\n".join(line.rstrip("\n") for line in last)

    def end(self):
        """Ends it in order, and returns what is left of it."""
        family = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure("it did not end in 30 seconds") from None
        if status != 0:
            raise Failure(f"its exit status is {status}")
        self.complaints.join(PATIENCE)
        wait_for_the_end_of(family)


def impatient(build, queue):
    """Ctrl-C twice: the shop does not wait for the order that is being packed."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        shop = Shop(build, queue, FileShelf(folder), seconds="30")
        try:
            shop.ask("POST", "/orders", "1 kettle")
            shop.wait_for("the work", lambda lines: "Packing order 1" in lines)
            family = descendants(shop.process.pid)
            shop.process.send_signal(signal.SIGINT)
            # Once it has heard the signal, it has no handler for the next one.
            wait_until(lambda: not shop.catches(signal.SIGINT), lambda: "it would catch a second signal, too", 5)
            shop.process.send_signal(signal.SIGINT)
            try:
                status = shop.process.wait(5)
            except subprocess.TimeoutExpired:
                raise Failure("after two SIGINTs it still waits") from None
            if status != -signal.SIGINT:
                raise Failure(f"after two SIGINTs its exit status is {status}")
            wait_for_the_end_of(family)
        finally:
            if shop.process.poll() is None:
                shop.process.kill()


def stopped(build, queue):
    """The broker stops, a thousand customers give up, and the shop still answers the next one."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        shop = Shop(build, queue, FileShelf(folder))
        brokers = [number for number, command in descendants(shop.process.pid).items()
                   if "--worker" not in command]
        try:
            for number in brokers:
                os.kill(number, signal.SIGSTOP)
            customers = []
            for number in range(1, 1001):
                customer = socket.create_connection(("127.0.0.1", shop.port))
                order = f"{number} kettle"
                customer.sendall(b"POST /orders HTTP/1.1\r\nHost: a\r\n"
                                 + f"Content-Length: {len(order)}\r\n\r\n{order}".encode())
                customers.append(customer)
            for customer in customers:
                customer.close()
            begin = time.monotonic()
            while True:
                try:
                    status, _ = shop.ask("GET", "/counts")
                    break
                except OSError:  # it still believes that all connections are taken
                    if time.monotonic() - begin > 5:
                        raise Failure("customers who gave up hold the connections") from None
            if status != 200:
                raise Failure(f"while the broker is stopped /counts is {status}")
            status, text = shop.ask("POST", "/orders", "1001 kettle")
            if status != 503:
                raise Failure(f"while the broker is stopped an order gets {status}: {text}")
            for number in brokers:
                os.kill(number, signal.SIGCONT)
            while status != 202:
                status, _ = shop.ask("POST", "/orders", "1001 kettle")
            begin = time.monotonic()
            shop.end()
            took = time.monotonic() - begin
            if took > 10:
                raise Failure(f"it took {took:.1f} s to end")
            print(f"{queue}, stopped: refused, taken again, and ended in {took:.1f} s", flush=True)
        finally:
            for number in brokers:
                if runs(number):
                    os.kill(number, signal.SIGCONT)
            if shop.process.poll() is None:
                shop.process.kill()


def day(build, queue, database):
    folder = tempfile.mkdtemp(prefix="pipeline-")
    shelf: PostgresqlShelf | FileShelf = PostgresqlShelf(build) if database else FileShelf(folder)
    shop = None
    try:
        shop = Shop(build, queue, shelf)
        if queue == "rabbitmq":
            shop.wait_until_its_queues_are_on_disk()
        return orders(shop, shelf)
    except Failure as failure:
        said = f" It said last:\n{shop.said()}" if shop else ""
        raise Failure(f"{failure}.{said}") from None
    finally:
        if shop and shop.process.poll() is None:
            shop.process.kill()
        shelf.end()
        shutil.rmtree(folder, ignore_errors=True)


def orders(shop, shelf):
    lock = threading.Lock()
    waiting = list(range(ORDERS, 0, -1))
    accepted = set()
    refused: collections.Counter[int | str] = collections.Counter()
    failures: list[str] = []
    # The numbers of accepted orders after which each event happens.
    accidents = {40: shop.kill_worker, 100: shop.fell_broker, 160: shop.kill_worker}
    if isinstance(shelf, PostgresqlShelf):
        accidents |= {70: shelf.fell, 130: shelf.fell}

    def customer():
        deadline = time.monotonic() + 2 * PATIENCE
        while True:
            with lock:
                if not waiting or failures:
                    return
                number = waiting.pop()
            while number not in accepted:
                if time.monotonic() > deadline:
                    failures.append(f"order {number} was not accepted in two minutes")
                    return
                status: int | str
                try:
                    status, _ = shop.ask("POST", "/orders", f"{number} kettle")
                except OSError as error:
                    status = type(error).__name__
                if status != 202:  # a client without a 202 orders again
                    refused[status] += 1
                    continue
                with lock:
                    accepted.add(number)
                    happens = accidents.pop(len(accepted), None)
                if happens:
                    try:
                        happens()
                    except Failure as failure:
                        failures.append(str(failure))

    customers = [threading.Thread(target=customer) for _ in range(CUSTOMERS)]
    for thread in customers:
        thread.start()
    for thread in customers:
        thread.join()
    if failures:
        raise Failure("; ".join(failures))

    def all_packed(lines):
        return sum(line.endswith(" is packed") for line in lines) >= ORDERS

    try:
        shop.wait_for("the last packed order", all_packed)
    except Failure as failure:
        silent = {number for number in accepted if f"Order {number} is packed" not in shop.lines}
        unpacked = silent - shelf.packed()
        raise Failure(
            f"{failure}: never reported: {sorted(silent)}; not packed: {sorted(unpacked)}"
        ) from None
    shop.wait_for("a new worker", lambda lines: len(shop.workers()) == 3)
    held = shop.sockets_of_customers(shop.workers())
    if held:
        raise Failure(f"a worker holds sockets of customers: {held}")
    shop.end()

    boxes = shelf.packed()
    lost = accepted - boxes
    if lost:
        raise Failure(f"lost: {sorted(lost)}")
    if boxes != accepted:
        raise Failure(f"on the shelf, and never accepted: {sorted(boxes - accepted)}")
    told = collections.Counter(line for line in shop.lines if line.endswith(" is packed"))
    twice = [line for line, times in told.items() if times > 1]
    if twice or len(told) != ORDERS:
        raise Failure(f"told twice: {twice}; told: {len(told)}")
    # A new worker that finds no PostgreSQL says so and dies, perhaps the one that is to be killed.
    too_early = sum("connection to server at" in line for line in shop.errors)
    if not 2 <= shop.count("Worker ") <= 2 + too_early:
        raise Failure(f"{shop.count('Worker ')} workers have died, {2 + too_early} expected")
    begun = collections.Counter(line for line in shop.lines if line.startswith("Packing order "))
    return {
        "accepted": len(accepted),
        "lost": len(lost),
        "packed twice": sum(times > 1 for times in begun.values()),
        "duplicates": sum(line.endswith(" was packed already") for line in shop.lines),
        "not accepted at once": sum(refused.values()),
    }


def in_words(counts):
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def main():
    build, queue, *database = sys.argv[1:]
    total: collections.Counter[str] = collections.Counter()
    days = int(os.environ.get("REPEAT", "1"))
    try:
        impatient(build, queue)
        stopped(build, queue)
    except Failure as failure:
        print(f"{queue}: {failure}")
        return 1
    for number in range(1, days + 1):
        try:
            counts = day(build, queue, database)
        except Failure as failure:
            print(f"{queue}, day {number}: {failure}")
            return 1
        print(f"{queue}, day {number}: {in_words(counts)}", flush=True)
        total.update(counts)
    if days > 1:
        print(f"{queue}, {days} days: {in_words(total)}")
    return 0


sys.exit(main())

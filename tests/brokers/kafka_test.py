#!/usr/bin/env python3
"""Lesson 27 on real processes: 1000 messages, of which none may be lost, while a member of the
group is killed, and while the broker is away. Duplicates are allowed; they are counted and shown.
  kafka_test.py BUILD_FOLDER      REPEAT=20 in the environment: so many rounds of each
"""
import os
import pathlib
import queue
import random
import signal
import subprocess
import sys
import threading
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
ROUNDS = int(os.environ.get("REPEAT", "1"))
COUNT = 1000
LIMIT = 60  # seconds: a program that needs longer is stuck


class Process:
    """A program whose lines are read as they come, each with its program."""

    def __init__(self, lines, *command):
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.output = self.process.stdout
        self.thread = threading.Thread(target=self.read, args=(lines,))
        self.thread.start()

    def read(self, lines):
        for line in self.output:
            lines.put((self, line.strip()))

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(LIMIT)
        self.thread.join()
        self.output.close()


class Round:
    def __init__(self, test):
        self.test = test
        self.lines: queue.Queue[tuple[Process, str]] = queue.Queue()
        self.sent = set()
        self.done = []
        self.shares = {}
        self.server = self.start("lessons/servers/kafka")
        self.cluster = self.line(self.server)
        self.workers = []
        self.sender = None

    def start(self, program, *arguments):
        process = Process(self.lines, BUILD / program, *arguments)
        self.test.addCleanup(process.end, signal.SIGKILL)
        return process

    def send(self):
        self.sender = self.start("tests/brokers/kafka_member", self.cluster, "send", COUNT)

    def work(self):
        self.workers.append(self.start("tests/brokers/kafka_member", self.cluster, "work", "group"))

    def line(self, of):
        process, line = self.next()
        self.test.assertIs(process, of)
        return line

    def next(self):
        try:
            return self.lines.get(timeout=LIMIT)
        except queue.Empty:
            self.test.fail(f"Nothing for {LIMIT} s: {len(self.sent)} sent, "
                           f"{len(set(self.done))} different ones done.")

    def until(self, condition):
        deadline = time.monotonic() + LIMIT
        while not condition():
            process, line = self.next()
            if process is self.sender:
                self.sent.add(int(line))
            elif line.startswith("has "):
                self.shares[process] = int(line.split()[1])
            elif process is not self.server:
                self.done.append(int(line))
            so_far = f"{len(self.sent)} sent, {len(set(self.done))} different ones done"
            self.test.assertLess(time.monotonic(), deadline, so_far)

    def among(self, members):
        self.until(lambda: sum(self.shares.values()) == 3
                   and sum(share > 0 for share in self.shares.values()) == members)

    def all_done(self):
        self.until(lambda: len(self.sent) == COUNT and self.sent <= set(self.done))
        return f"{COUNT} sent, 0 lost, {len(self.done) - len(set(self.done))} twice"


class Kafka(unittest.TestCase):
    def rounds(self, what):
        for number in range(1, ROUNDS + 1):
            began = time.monotonic()
            result = what(Round(self))
            print(f"{self._testMethodName} {number}: {result}, {time.monotonic() - began:.1f} s",
                  flush=True)
            self.doCleanups()

    def test_a_member_is_killed(self):
        def what(trial):
            trial.work()
            trial.work()
            trial.among(2)
            trial.send()
            at = random.randint(100, 900)
            trial.until(lambda: len(trial.done) >= at)
            victim = random.choice(trial.workers)
            victim.end(signal.SIGKILL)
            trial.shares[victim] = 0
            return f"killed after {at}: {trial.all_done()}"
        self.rounds(what)

    def test_the_broker_is_away(self):
        def what(trial):
            trial.work()
            trial.among(1)
            trial.send()
            at = random.randint(100, 900)
            trial.until(lambda: len(trial.done) >= at)
            trial.server.process.send_signal(signal.SIGUSR1)
            away = random.uniform(0.2, 2)
            time.sleep(away)  # the time without a broker, which the test is about
            trial.server.process.send_signal(signal.SIGUSR2)
            return f"away after {at} for {away:.1f} s: {trial.all_done()}"
        self.rounds(what)


unittest.main(verbosity=0)

#!/usr/bin/env python3
"""Lesson 27 on real processes: 1000 messages, of which none may be lost, while a member of the
group is killed, or joins and leaves, and while a broker is away. Duplicates are allowed; they are
counted and shown.
  kafka_test.py BUILD_FOLDER mock|real    REPEAT=20 in the environment: so many rounds of each
With "mock" the cluster is that of librdkafka. With "real" it has three brokers, of the Kafka that
KAFKA_HOME names, and its controller is killed as well.
"""
import os
import pathlib
import queue
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
IS_REAL = sys.argv.pop(1) == "real"
ROUNDS = int(os.environ.get("REPEAT", "1"))
KAFKA_HOME = os.environ.pop("KAFKA_HOME", "")
if IS_REAL:
    if not KAFKA_HOME:
        print("Skipped: KAFKA_HOME names no Kafka; tests/brokers/kafka fetches one.")
        sys.exit()
    os.environ["KAFKA_HOME"] = KAFKA_HOME
LIMIT = 60  # seconds: a program that needs longer is stuck


class Process:
    """A program whose lines are read as they come, each with its program. After the last: None."""

    def __init__(self, lines, *command):
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.output = self.process.stdout
        self.thread = threading.Thread(target=self.read, args=(lines,))
        self.thread.start()

    def read(self, lines):
        for line in self.output:
            lines.put((self, line.strip()))
        lines.put((self, None))

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(LIMIT)
        self.thread.join()
        self.output.close()


def working_folders(parent):
    """Of the processes that it has started: links, each in its process's folder of /proc."""
    children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [pathlib.Path("/proc", child, "cwd") for child in children]


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
        self.all_sent = False

    def start(self, program, *arguments):
        process = Process(self.lines, BUILD / program, *arguments)
        self.test.addCleanup(process.end, signal.SIGKILL)
        return process

    def send(self, count=1000):
        self.sender = self.start("tests/brokers/kafka_member", self.cluster, "send", count)

    def keep_sending(self):
        self.sender = self.start("tests/brokers/kafka_member", self.cluster, "flow")

    def work(self):
        self.workers.append(self.start("tests/brokers/kafka_member", self.cluster, "work", "group"))

    def leave(self, worker, how=signal.SIGTERM):
        worker.end(how)
        self.shares[worker] = 0

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
            if line is None:
                self.all_sent = self.all_sent or process is self.sender
            elif process is self.sender:
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

    def until_some_are_done(self):
        some = random.randint(100, 900)
        at = len(self.done) + some
        self.until(lambda: len(self.done) >= at)
        return some

    def broker_comes_back(self):
        away = random.uniform(0.2, 2)
        time.sleep(away)  # the time without a broker, which the test is about
        self.server.process.send_signal(signal.SIGUSR2)
        return f"away for {away:.1f} s"

    def controller(self):
        """The number of the broker that is the controller, of a real cluster."""
        told = subprocess.run(
            ["java", "-cp", f"{KAFKA_HOME}/libs/*", "org.apache.kafka.tools.MetadataQuorumCommand",
             "--bootstrap-server", self.cluster, "describe", "--status"],
            stdout=subprocess.PIPE, text=True, check=True, timeout=LIMIT)
        found = re.search(r"^LeaderId:\s+(\d+)", told.stdout, re.MULTILINE)
        assert found, told.stdout
        return int(found[1])

    def kill_broker(self, number):
        for folder in working_folders(self.server.process.pid):
            if folder.readlink().name == str(number):
                os.kill(int(folder.parent.name), signal.SIGKILL)

    def all_done(self):
        self.until(lambda: self.all_sent and self.sent <= set(self.done))
        return f"{len(self.sent)} sent, 0 lost, {len(self.done) - len(set(self.done))} twice"


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
            at = trial.until_some_are_done()
            trial.leave(random.choice(trial.workers), signal.SIGKILL)
            return f"killed after {at}: {trial.all_done()}"
        self.rounds(what)

    def test_members_come_and_go(self):
        def what(trial):
            trial.work()
            trial.work()
            trial.among(2)
            trial.keep_sending()
            trial.until_some_are_done()
            trial.work()
            trial.among(3)
            trial.until_some_are_done()
            trial.leave(trial.workers[0])
            trial.among(2)
            trial.until_some_are_done()
            trial.sender.end()
            return trial.all_done()
        self.rounds(what)

    def test_a_broker_is_away(self):
        def what(trial):
            trial.work()
            trial.among(1)
            trial.send()
            at = trial.until_some_are_done()
            trial.server.process.send_signal(signal.SIGUSR1)
            return f"after {at} {trial.broker_comes_back()}: {trial.all_done()}"
        self.rounds(what)

    @unittest.skipUnless(IS_REAL, "the other cluster has no controller")
    def test_the_controller_is_killed(self):
        def what(trial):
            trial.work()
            trial.among(1)
            controller = trial.controller()
            trial.send()
            at = trial.until_some_are_done()
            trial.kill_broker(controller)
            back = trial.broker_comes_back()
            result = trial.all_done()
            self.assertNotEqual(trial.controller(), controller)
            return f"broker {controller} killed after {at}, {back}: {result}"
        self.rounds(what)


class Server(unittest.TestCase):
    """servers/kafka, with a real cluster."""

    def server(self, home, path=os.environ["PATH"]):
        process = subprocess.run([BUILD / "lessons/servers/kafka"], env={"KAFKA_HOME": home, "PATH": path},
                                 stderr=subprocess.PIPE, text=True, timeout=LIMIT)
        return process.returncode, process.stderr

    def test_a_folder_without_kafka_is_refused(self):
        self.assertEqual(self.server("/nowhere"), (2, (
            "KAFKA_HOME is /nowhere, and there is no libs/kafka_2….jar in it. Name the folder of a "
            "release of Apache Kafka 4, or unset KAFKA_HOME to get the cluster that is part of "
            "librdkafka.\n")))

    def test_without_java_its_package_is_named(self):
        with tempfile.TemporaryDirectory() as home:
            libs = pathlib.Path(home, "libs")
            libs.mkdir()
            (libs / "kafka_2.13-4.0.0.jar").touch()
            self.assertEqual(self.server(home, path=home), (2, (
                "Kafka needs Java 17 or newer: sudo apt-get install default-jre-headless.\n")))

    @unittest.skipUnless(IS_REAL, "needs a real cluster")
    def test_told_to_end_it_leaves_nothing(self):
        for how in signal.SIGTERM, signal.SIGINT:
            with tempfile.TemporaryDirectory() as folder:
                server = subprocess.Popen([BUILD / "lessons/servers/kafka"], stdout=subprocess.PIPE,
                                          env=dict(os.environ, TMPDIR=folder), text=True)
                assert server.stdout
                self.assertEqual(server.stdout.readline().count(":"), 3)
                brokers = working_folders(server.pid)
                self.assertEqual(len(brokers), 3)
                server.send_signal(how)
                self.assertEqual(server.wait(LIMIT), 0)
                server.stdout.close()
                self.assertEqual([broker for broker in brokers if broker.exists()], [])
                self.assertEqual(os.listdir(folder), [])


unittest.main(verbosity=0)

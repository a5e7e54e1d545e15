#!/usr/bin/env python3
"""The asynchronous server of lesson 23 under the load of wrk, with many connections and with
pipelined requests: no error, no connection left, and no more memory the longer it lasts.
  wrk_test.py BUILD_FOLDER
"""
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
PIPELINED = """
init = function(arguments)
  local requests = {}
  for i = 1, 16 do requests[i] = wrk.format() end
  all = table.concat(requests)
end
request = function() return all end
"""


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


class Wrk(unittest.TestCase):
    def setUp(self):
        command = [str(BUILD / "lessons/23-web-api/async"), "0", "5"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.kill)
        self.url = f"http://{self.process.stdout.readline().strip()}/"
        self.folder = pathlib.Path(f"/proc/{self.process.pid}")

    def load(self, connections, *words):
        command = ["wrk", "-t1", f"-c{connections}", "-d3", "--timeout", "30", *words, self.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn("Non-2xx", done.stdout)
        self.assertNotIn("Socket errors", done.stdout)
        self.assertGreater(number(r"(\d+) requests in", done.stdout), connections)

    def memory(self):
        return number(r"VmRSS:\s+(\d+)", (self.folder / "status").read_text())

    def ends_clean(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(60), 0)

    def test_many_connections(self):
        self.load(1000)
        first = self.memory()
        for _ in range(3):
            self.load(1000)
        self.assertLess(self.memory(), first + 2000)  # kB
        self.ends_clean()

    def test_pipelined(self):
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(PIPELINED)
            script.flush()
            self.load(64, "-s", script.name)
            first = self.memory()
            for _ in range(3):
                self.load(64, "-s", script.name)
        self.assertLess(self.memory(), first + 2000)  # kB
        self.ends_clean()


unittest.main()

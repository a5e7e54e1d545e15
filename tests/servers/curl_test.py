#!/usr/bin/env python3
"""The servers of lesson 23, asked by curl: a client that others have written, and that knows all of
HTTP.
  curl_test.py BUILD_FOLDER
"""
import json
import pathlib
import signal
import subprocess
import sys
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
HELLO = {"message": "Hello World"}


class Curl(unittest.TestCase):
    def servers(self):
        for program in ("sync", "async"):
            command = [str(BUILD / "lessons/23-web-api" / program), "0", "2"]
            with (
                self.subTest(program=program),
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
            ):
                assert process.stdout
                try:
                    yield "http://" + process.stdout.readline().strip()
                finally:
                    process.send_signal(signal.SIGTERM)
                    self.assertEqual(process.wait(30), 0)

    def curl(self, *words, data=None):
        command = ["curl", "--silent", "--show-error", "--max-time", "30", *words]
        done = subprocess.run(command, input=data, capture_output=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def status(self, *words, data=None):
        return self.curl("--output", "/dev/null", "--write-out", "%{http_code}", *words, data=data)

    def test_answers(self):
        for server in self.servers():
            self.assertEqual(json.loads(self.curl(server + "/")), HELLO)
            self.assertEqual(json.loads(self.curl("--http1.0", server + "/")), HELLO)
            self.assertIn("Content-Length: 25\r\n", self.curl("--head", server + "/"))
            self.assertEqual(self.status(server + "/nowhere"), "404")
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                answer = self.curl("--include", "--request", method, server + "/")
                self.assertTrue(answer.startswith("HTTP/1.1 405 "), answer)
                self.assertIn("\r\nAllow: GET, HEAD\r\n", answer)

    def test_connections_are_kept(self):
        for server in self.servers():
            form = "%{num_connects}"
            urls = [f"{server}/", f"{server}/?a=b", f"{server}/"]
            outputs = ["--output", "/dev/null"] * len(urls)
            self.assertEqual(self.curl("--write-out", form, *outputs, *urls), "100")

    def test_bodies(self):
        for server in self.servers():
            for size in (0, 1, 64 * 1024):
                data = b"x" * size
                self.assertEqual(self.status("--data-binary", "@-", server + "/", data=data), "405")
                # A client need not wait for the go-ahead before the body.
                words = ("--header", "Expect: 100-continue", "--expect100-timeout", "20")
                sent = ("--data-binary", "@-", server + "/")
                self.assertEqual(self.status(*words, *sent, data=data), "405")
            for size in (64 * 1024 + 1, 3_000_000):
                data = b"x" * size
                self.assertEqual(self.status("--data-binary", "@-", server + "/", data=data), "413")
            # Of unknown length, and so chunked.
            self.assertEqual(self.status("--upload-file", "-", server + "/", data=b"x"), "411")

    def test_heads(self):
        for server in self.servers():
            many = [word for i in range(200) for word in ("--header", f"X{i}: y")]
            self.assertEqual(self.status(*many, server + "/"), "431")
            self.assertEqual(self.status("--header", "X: " + "y" * 9000, server + "/"), "431")
            self.assertEqual(self.status(server + "/" + "y" * 9000), "414")
            self.assertEqual(self.status("--header", "Host:", server + "/"), "400")

    def test_dishes(self):
        for server, seconds in zip(self.servers(), (6, 3), strict=True):
            meal = json.loads(self.curl(server + "/concurrent"))
            self.assertEqual(meal, {"dishes": ["soup", "roast", "salad"], "seconds": seconds})


unittest.main()

#!/usr/bin/env python3
"""The programs of lessons 10 and 11 against servers written by others: nginx and Python's
http.server, on private ports and in a private folder.
  servers_test.py BUILD_FOLDER
"""
import gzip
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SIZES = (0, 1, 1000, 16384, 16385, 1_000_000, 10_000_000)
PAGE = "<!doctype html>\n<title>Fish &amp; chips</title>\n"

NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/temporary; proxy_temp_path {folder}/temporary;
  fastcgi_temp_path {folder}/temporary; uwsgi_temp_path {folder}/temporary;
  scgi_temp_path {folder}/temporary;
  types {{ text/html html; }}
  default_type application/octet-stream;
  charset koi8-r;
  gzip on;
  gzip_min_length 0;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/pages;
    location /chunked/ {{ alias {folder}/pages/; ssi on; ssi_types *; }}
    location /always-gzip/ {{ alias {folder}/pages/; gzip_static always; }}
    location = /moved {{ return 301 /page.html; }}
    location = /round {{ return 302 /round; }}
    location = /cut {{ return 444; }}
    location = /empty {{ return 204; }}
  }}
}}
"""


# The programs of lesson 10 that could be built.
CLIENTS = [
    str(path)
    for name in ("sync", "async", "async_https")
    if (path := BUILD / "lessons/10-http-request" / name).exists()
]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Servers(unittest.TestCase):
    folder: pathlib.Path
    nginx: str  # the beginning of its addresses
    pythons: list[str]

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        pages = cls.folder / "pages"
        pages.mkdir()
        for size in SIZES:
            (pages / f"{size}.bin").write_bytes(b"x" * size)
        (pages / "page.html").write_text(PAGE)
        (pages / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
        (pages / "soup.html").write_bytes("<title>Борщ</title>".encode("koi8-r"))

        # Started by root, its workers would run as another user, who may not read our folder.
        user = "user root;" if os.geteuid() == 0 else ""
        # The port is taken before nginx starts: it is handed over open, so no other can take it.
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = cls.folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=cls.folder, port=port, user=user))
        errors = str(cls.folder / "error.log")
        cls.start(
            [shutil.which("nginx"), "-p", str(cls.folder), "-c", str(settings), "-e", errors],
            env=dict(os.environ, NGINX=f"{listener.fileno()};"),
            pass_fds=[listener.fileno()],
        )
        listener.close()
        cls.nginx = f"http://127.0.0.1:{port}"

        cls.pythons = []
        for protocol in ("HTTP/1.0", "HTTP/1.1"):
            process = cls.start(
                [sys.executable, "-u", "-c", PYTHON, protocol, str(pages)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            cls.addClassCleanup(process.stdout.close)
            cls.pythons.append(f"http://127.0.0.1:{process.stdout.readline().strip()}")

    @classmethod
    def start(cls, command, **options):
        process = subprocess.Popen(command, **options)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        return process

    def prints(self, url, status, size, title, clients=CLIENTS):
        for client in clients:
            with self.subTest(client=client, url=url):
                printed = f"Status: {status}\nSize: {size} bytes\nTitle: {title}\n"
                self.assertEqual(run(client, url, "30"), (0, printed, ""))

    def refuses(self, url, sentence, clients=CLIENTS):
        for client in clients:
            with self.subTest(client=client, url=url):
                self.assertEqual(run(client, url, "30"), (1, "", f"{url}: {sentence}.\n"))

    def test_pages_of_all_sizes(self):
        for base in [self.nginx, self.nginx + "/chunked", *self.pythons]:
            for size in SIZES:
                self.prints(f"{base}/{size}.bin", 200, size, "Missing")
            self.prints(f"{base}/page.html", 200, len(PAGE), "Fish & chips")

    def test_chunks_are_chunks(self):
        """Or the test above would not test them."""
        with socket.create_connection(("127.0.0.1", int(self.nginx.rpartition(":")[2]))) as client:
            request = "GET /chunked/1000.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            client.sendall(request.encode())
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        self.assertIn(b"Transfer-Encoding: chunked", answer)

    def test_what_is_not_there(self):
        for base in [self.nginx, *self.pythons]:
            for client in CLIENTS:
                with self.subTest(client=client, base=base):
                    status, printed, _ = run(client, f"{base}/nothing")
                    self.assertEqual(status, 0)
                    self.assertRegex(printed, r"^Status: 404\nSize: [1-9]\d* bytes\nTitle: \w")
        self.prints(f"{self.nginx}/empty", 204, 0, "Missing")
        self.refuses(f"{self.nginx}/cut", "the connection was cut in mid-answer")

    def test_redirects(self):
        plain, following = CLIENTS[:2], CLIENTS[2:]
        for client in plain:
            self.assertRegex(run(client, f"{self.nginx}/moved")[1], r"^Status: 301\n")
        self.prints(f"{self.nginx}/moved", 200, len(PAGE), "Fish & chips", following)
        self.refuses(f"{self.nginx}/round", "there are more than 5 redirects", following)

    def test_compression_is_declined_or_refused(self):
        self.prints(f"{self.nginx}/page.html", 200, len(PAGE), "Fish & chips")
        self.refuses(
            f"{self.nginx}/always-gzip/page.html",
            "the page is compressed, despite our request",
        )

    def test_a_list(self):
        server = self.nginx.removeprefix("http://")
        pages = self.folder / "pages.txt"
        lines = {
            "/page.html": "Fish & chips",
            "/soup.html": "Борщ",
            "/chunked/10000000.bin": "Missing",
            "/nothing": "status 404",
            "/moved": "status 301",
            "/cut": "the connection was cut in mid-answer",
            f"{self.pythons[0]}/page.html": "Fish & chips",
            f"{self.pythons[1]}/page.html": "Fish & chips",
        }
        pages.write_text("".join(f"{line}\n" for line in lines))
        printed = "".join(f"{line}: {title}\n" for line, title in lines.items())
        # It asks for /cut once more: that is nginx's second connection. Each of the others has one.
        kept = printed.replace(lines["/cut"], "the server hung up instead of answering")
        kept += "Connections: 4\n"
        for program, limit, expected in (
            ("sync", "", printed),
            ("async", "", printed),
            ("async_workers", "3", printed),
            ("async_kept", "1", kept),
        ):
            with self.subTest(program=program):
                command = [str(BUILD / "lessons/11-http-requests" / program), str(pages), server]
                self.assertEqual(run(*command, *limit.split()), (0, expected, ""))


# Python's server on a free port, which it prints; over HTTP/1.1 it keeps connections.
PYTHON = """
import functools, http.server, sys
http.server.SimpleHTTPRequestHandler.protocol_version = sys.argv[1]
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[2])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port)
server.serve_forever()
"""

if __name__ == "__main__":
    if not shutil.which("nginx"):
        sys.exit(print("Skipped: the servers to try need nginx: sudo apt-get install nginx-light"))
    unittest.main()

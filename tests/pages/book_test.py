"""The book that tools/site/book.py makes: of a small site with the browser that is there, and its sentences
where something is missing."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/site"))
sys.dont_write_bytecode = True
import book  # noqa: E402

PAGE = """<!doctype html><main id="content" class="lesson">
<h1 id="one">Lesson {n}<a class="headerlink" href="#one">#</a></h1>
<p>See <a href="#two">below</a>, <a href="../02-two/index.html#two">there</a>, <a href="../02-two/index.html">two</a>,
<a href="sync.cpp">a file</a>.</p>
<h2 id="two">Two</h2>{more}</main>
"""


class Book(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "assets").mkdir()
        for name in ("workbook.css", "print.css", "print.js"):
            (self.folder / "assets" / name).write_bytes((ROOT / "docs/assets" / name).read_bytes())
        for n, name in enumerate(("01-one", "02-two", "03-three"), 1):
            path = self.folder / "lessons" / name
            path.mkdir(parents=True)
            more = "<p>A line.</p>" * 200 if n == 1 else ""
            (path / "index.html").write_text(PAGE.format(n=n, more=more))

    def call(self, browser):
        environment = {**os.environ, **({"WORKBOOK_BROWSER": browser} if browser else {})}
        return subprocess.run(
            [sys.executable, ROOT / "tools/site/book.py", self.folder, self.folder / "book.pdf"],
            env=environment, capture_output=True, text=True,
        )  # fmt: skip

    def test_each_lesson_begins_on_the_page_that_the_contents_say(self):
        ended = self.call(os.environ.get("CHROMIUM"))
        self.assertEqual((ended.stderr, ended.returncode), ("", 0))
        names = ["01-one", "02-two", "03-three"]
        made = (self.folder / "book.pdf").read_bytes()
        numbers = book.numbers_of(made, names)
        self.assertEqual(numbers["01-one"], 3, "after the cover and the contents")
        self.assertGreater(numbers["02-two"], 6, "the first lesson is long")
        self.assertEqual(numbers["03-three"], numbers["02-two"] + 1)
        self.assertIn(b"/Title (Lesson 2", made, "the outline that a reader of PDF shows")
        self.assertIn("<b> 12</b>", book.page(self.folder, book.lessons_of(self.folder), {"02-two": 12}))

    def test_links_lead_to_places_in_the_book(self):
        text = book.page(self.folder, book.lessons_of(self.folder), {})
        for link in ('id="01-one-two"', 'href="#01-one-two"', 'href="#02-two-two"', 'href="#02-two"'):
            self.assertIn(link, text)
        self.assertNotIn("sync.cpp", text)

    def test_without_a_browser(self):
        ended = self.call("no-browser")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("neither is installed. Install one (sudo apt-get install chromium)", ended.stderr)

    def test_a_browser_that_fails(self):
        ended = self.call("false")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("false could not print the book: ", ended.stderr)
        self.assertFalse((self.folder / "book.pdf").exists())


if __name__ == "__main__":
    unittest.main()

"""The guides for people, at the top level: each path that they name or link to is there.

A path is what has a slash between backticks; one with "NN" or "…" in it names no file. What is made by
a build, or by the learner, is not looked for.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MADE = ("build/", "my/", "/")


def missing(root):
    """Each path that a guide names and that is not there, with the line."""
    for guide in sorted(root.glob("*.md")):
        text = re.sub(r"^```.*?^```$", "", guide.read_text(encoding="utf-8"), flags=re.M | re.S)
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        named = re.findall(r"`((?!\./)[^`\s]*/[^`\s]*)`", text)
        for path in links + [path for path in named if not re.search("NN|…|[<>*]", path)]:
            if not path.startswith(MADE) and not (root / path).exists():
                yield f"{guide.name}: {path}"


class Guides(unittest.TestCase):
    def test_each_path_is_there(self):
        self.assertEqual(list(missing(ROOT)), [])


if __name__ == "__main__":
    unittest.main()

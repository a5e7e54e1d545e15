"""The guides for people: each path that they name or link to is there, from the top level or beside the
guide.

A path is what has a slash between backticks; one with "NN", "NAME" or "…" in it names no file. What is made by
a build, or by the learner, is not looked for.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MADE = ("build/", "my/", "/")


def missing(root):
    """Each path that a guide names and that is not there, with the line."""
    guides = [*root.glob("*.md"), *root.glob("tools/**/README.md"), *root.glob("docs/*.md")]
    for guide in sorted(path for path in guides if "node_modules" not in path.parts):
        text = re.sub(r"^```.*?^```$", "", guide.read_text(encoding="utf-8"), flags=re.M | re.S)
        paths = re.findall(r"`((?!\./)[^`\s]*/[^`\s]*)`", text)
        if guide.parent == root / "docs":  # the links there are mkdocs' to check; a test or a page may have a slash
            paths = [path for path in paths if (root / path.split("/")[0]).exists()]
        else:
            paths += re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        for path in paths:
            if path.startswith(MADE) or re.search("NN|NAME|…|[<>*]", path):
                continue
            if not any((folder / path).exists() for folder in (root, guide.parent)):
                yield f"{guide.relative_to(root)}: {path}"


def too_wide(root):
    """Each `pkill -f` of a page whose pattern fits a file of the tree: it would end an editor that has it open."""
    files = [str(path.relative_to(root)) for folder in ("lessons", "tools") for path in (root / folder).rglob("*.*")]
    for page in sorted(root.glob("lessons/*/README.md")):
        for quoted, plain in re.findall(r"\bpkill .*?-f (?:'([^']+)'|([^\s'`]+))", page.read_text(encoding="utf-8")):
            if any(re.search(quoted or plain, file) for file in files):
                yield f"{page.relative_to(root)}: {quoted or plain}"


class Guides(unittest.TestCase):
    def test_each_path_is_there(self):
        self.assertEqual(list(missing(ROOT)), [])

    def test_what_is_killed_by_name_is_no_editor(self):
        self.assertEqual(list(too_wide(ROOT)), [])


if __name__ == "__main__":
    unittest.main()

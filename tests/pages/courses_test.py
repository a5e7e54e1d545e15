"""The courses of docs/for-teachers.md: how long they are, and that one of them has every lesson from 01 to 28.
The build of the pages refuses a session whose minutes do not add up (tools/site/workbook_site/teachers.py).
"""
import pathlib
import re
import unittest

from mkdocs.utils.meta import get_data

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Courses(unittest.TestCase):
    def setUp(self):
        text, meta = get_data((ROOT / "docs/for-teachers.md").read_text(encoding="utf-8"))
        self.courses, self.shown = meta["courses"], re.findall(r"<!-- course (\S+) -->", text)

    def test_their_lengths(self):
        lengths = {name: [session["minutes"] for session in course] for name, course in self.courses.items()}
        self.assertEqual(lengths, {"half-day": [180], "two-days": [180] * 4, "eight-sessions": [90] * 8})

    def test_each_is_on_the_page(self):
        self.assertEqual(self.shown, list(self.courses))

    def test_the_eight_sessions_have_every_lesson_once(self):
        plan = [item for session in self.courses["eight-sessions"] for item in session["plan"]]
        lessons = [f"{number:02}" for number in range(1, 29)]
        self.assertEqual(sorted(item for item in plan if item.isdigit()), lessons)

    def test_no_exercise_comes_before_its_lesson(self):
        for name, course in self.courses.items():
            plan = [item for session in course for item in session["plan"]]
            for item in plan:
                if item.startswith("exercise "):
                    self.assertLess(plan.index(item[-2:]), plan.index(item), f"{name}: {item}")


if __name__ == "__main__":
    unittest.main()

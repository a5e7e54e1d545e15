"""What tools/site refuses, and with which message.

Each test breaks one thing in a copy of the good page (good/lessons/01-two), builds the site
strictly, and expects the build to end with a message that names the file and the line. Run with
/usr/bin/python3, the one that has mkdocs.
"""
import io
import json
import logging
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from mkdocs.commands.build import build
from mkdocs.config import load_config

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools/site"))

from workbook_site import reading  # noqa: E402 (it is found by the line above)
from workbook_site.site import Site  # noqa: E402

PAGE = "lessons/01-two/README.md"


class Build(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        shutil.copy(ROOT / "mkdocs.yml", self.root)
        shutil.copytree(ROOT / "docs", self.root / "docs", ignore=shutil.ignore_patterns("*.md"))
        (self.root / "tools").mkdir()
        for name in ("tools/site", "tools/browser"):
            (self.root / name).symlink_to(ROOT / name)
        shutil.copytree(HERE / "good", self.root, dirs_exist_ok=True)
        (self.root / "docs/index.md").write_text(
            "# The start\n\n<!-- lessons -->\n\n<!-- phrasebook -->\n"
        )

    def change(self, name, old, new):
        path = self.root / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def forget_run(self, program):
        path = self.root / "lessons/01-two/replay.json"
        runs = json.loads(path.read_text())
        del runs[program]
        path.write_text(json.dumps(runs))

    def build(self):
        """The output of mkdocs, and its exit status."""
        said = io.StringIO()
        handler = logging.StreamHandler(said)
        logger = logging.getLogger("mkdocs")
        logger.addHandler(handler)
        logger.propagate = False
        logging.getLogger(
            "mkdocs.commands.build"
        ).filters.clear()  # it says nothing twice, not even in two builds
        try:
            build(load_config(str(self.root / "mkdocs.yml")))
        except (Exception, SystemExit) as error:
            return said.getvalue() + str(error)
        finally:
            logger.removeHandler(handler)
        return ""

    def line(self, name, text):
        return next(
            n
            for n, line in enumerate((self.root / name).read_text().splitlines(), 1)
            if text in line
        )

    def refused(self, message, at=None, name=PAGE):
        """The build ends with this message, which points to the line that holds `at`."""
        said = self.build()
        self.assertIn(message, said)
        line = self.line(name, at) if at else r"\d+"
        self.assertRegex(said, rf"{re.escape(name)}:{line}: ")

    def test_the_good_page_is_built(self):
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertNotIn("@@", text)
        for part in (
            "workbook-replay",
            'class="pair"',
            'class="diff"',
            'data-right="2"',
            'data-note="1"',
            'class="exercise"',
            'data-from="0:" data-to="1:one"',  # where a run in the page draws this bar
            '<a class="change-line" href="#async.cpp" data-file="async.cpp" data-line="3">',
            "<p>What if it waits 2 seconds?</p>",
        ):
            self.assertIn(part, text)
        start = (self.root / "build/site/index.html").read_text()
        self.assertIn("One of everything", start)
        self.assertIn('<a href="lessons/01-two/index.html">01</a>', start)

    def test_what_is_no_html_is_shown_as_it_is(self):
        self.change(PAGE, "description: ", "description: Ben & <b>Anna</b>. ")
        self.change(PAGE, "  One: one", "  <i>One</i>: one")
        self.assertEqual(self.build(), "")
        start = (self.root / "build/site/index.html").read_text()
        self.assertIn("<span>Ben &amp; &lt;b&gt;Anna&lt;/b&gt;. ", start)
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("<span>&lt;i&gt;One&lt;/i&gt;</span>", text)

    def test_a_fragment_that_is_not_in_the_program(self):
        self.change("lessons/01-two/sync.cpp", "wait(1)", "wait(2)")
        self.refused(
            "`wait(1);` is in no line of sync.cpp; quote a part of one line", "1. `wait(1);`"
        )

    def test_a_pair_that_is_torn_apart(self):
        header = self.root / "lessons/01-two/wait.hpp"
        header.write_text("void wait(int seconds);\n")
        self.change(PAGE, "[sync.cpp](sync.cpp)", "[wait.hpp](wait.hpp)\n\n[sync.cpp](sync.cpp)")
        self.refused("sync.cpp follows another listing", "[sync.cpp](sync.cpp)")

    def test_a_note_that_quotes_nothing(self):
        self.change(PAGE, "1. `wait(1);` Waits.", "1. Waits.")
        self.refused("note 1 on sync.cpp must begin with a `quoted part`", "1. Waits.")

    def test_two_notes_on_one_line(self):
        self.change(PAGE, "1. `wait(1);` Waits.", "1. `wait(1);` Waits.\n2. `wait` Waits.")
        self.refused("note 2 on sync.cpp is about the line of note 1", "2. `wait`")

    def test_the_difference_is_without_comments_and_includes(self):
        for name, more in (("sync", "<chrono>"), ("async", "<asio.hpp>")):
            path = self.root / f"lessons/01-two/{name}.cpp"
            path.write_text(f"// {name} only.\n#include {more}\n\n{path.read_text()}")
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        [diff] = re.findall(r'<details class="diff">.*?</details>', text, re.S)
        self.assertIn("<del", diff)
        for gone in ("only.", "include"):
            self.assertNotIn(gone, diff)

    def test_an_output_that_a_replay_has_shown_is_a_link(self):
        self.change(PAGE, "<!-- replay -->", "<!-- replay -->\n\n[sync.expected](sync.expected)")
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn('<a href="sync.expected" data-role="sync">sync.expected</a>', text)
        self.assertNotIn('class="output"', text)

    def test_a_part_without_lessons_is_not_there(self):
        self.assertEqual(self.build(), "")
        start = (self.root / "build/site/index.html").read_text()
        self.assertIn('<h3 id="first-steps">First steps', start)
        self.assertNotIn("Building blocks", start)

    def test_a_program_that_does_not_exist(self):
        self.change(PAGE, "[async.cpp](async.cpp)", "[other.cpp](other.cpp)")
        self.refused("the link to other.cpp leads to no file", "other.cpp")

    def test_a_change_of_a_line_that_does_not_exist(self):
        self.change(PAGE, "change async.cpp `wait(1)`", "change async.cpp `wait(3)`")
        self.refused("`wait(3)` is in no line of async.cpp; quote a part of one", "<!-- change")

    def test_a_change_of_one_of_two_lines(self):
        self.change("lessons/01-two/async.cpp", "while it waits", "while it does wait(1)")
        self.refused("`wait(1)` is in 2 lines of async.cpp; quote a part of one", "<!-- change")

    def test_a_change_of_a_program_that_is_not_on_the_page(self):
        self.change(PAGE, "change async.cpp", "change other.cpp")
        self.refused("other.cpp is not on the lesson's page above; show it first", "<!-- change")

    def test_a_change_of_nothing(self):
        self.change(PAGE, "change async.cpp `wait(1)`", "change async.cpp")
        self.refused("write `<!-- change async.cpp `part of a line` -->`", "<!-- change")

    def test_a_change_without_a_question(self):
        self.change(PAGE, "What if it waits 2 seconds?\n\n", "")
        self.refused("the change has no question", "<!-- change")

    def test_a_change_on_another_page(self):
        start = "# The start\n\n<!-- change {} -->\n\nWhat if?\n\n<!-- lessons -->\n"
        (self.root / "docs/index.md").write_text(start.format("01-two async.cpp `wait(1)`"))
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/index.html").read_text()
        self.assertIn('href="lessons/01-two/index.html#async.cpp"', text)
        (self.root / "docs/index.md").write_text(start.format("async.cpp `wait(1)`"))
        self.refused("outside of a lesson its name comes first", "<!-- change", "docs/index.md")

    def test_a_diff_of_a_file_that_does_not_exist(self):
        self.change(PAGE, "diff sync.cpp async.cpp", "diff sync.cpp other.cpp")
        self.refused("there is no lessons/01-two/other.cpp", "diff sync.cpp")

    def test_an_unknown_link(self):
        self.change(PAGE, "docs/index.md#the-start", "docs/nothing.md")
        self.refused("the link to ../../docs/nothing.md leads to no file", "nothing.md")

    def test_an_unknown_anchor(self):
        self.change(PAGE, "#the-start", "#the-end")
        self.refused("leads to no heading of that name", "#the-end")

    def test_a_missing_section(self):
        self.change(PAGE, "## What changed\n", "")
        self.refused(
            "the section “What changed” must come here, not “In Python this is”", "## In Python"
        )

    def test_the_last_section_missing(self):
        self.change(PAGE, "## Where to go next\n", "")
        self.refused("the section “Where to go next” is missing; add it")

    def test_an_unknown_section(self):
        self.change(PAGE, "## Where to go next", "## Where to go")
        self.refused(
            "the section “Where to go next” must come here, not “Where to go”", "## Where to go"
        )

    def test_a_lane_of_what_the_server_says(self):
        said = '"server": [[250, "GET /"], [750, "200 /"]], "lines"'
        self.change("lessons/01-two/replay.json", '"lines"', said)
        lane = "  sync:\n    Request: [GET /, 200 /]\n  async:\n    One: one"
        self.change(PAGE, "  One: one", lane)
        (self.root / "lessons/01-two/run.json").write_text('{"clock": "real"}')
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("<span>Request</span>", text)
        self.assertIn("Request holds the thread from 0.25 s to 0.75 s", text)
        self.assertIn("Recorded from a real run", text)

    def test_a_lane_ends_with_its_program(self):
        said = '"server": [[20, "GET /"], [1010, "200 /"]], "lines"'
        self.change("lessons/01-two/replay.json", '"lines"', said)
        lane = "  sync:\n    Request: [GET /, 200 /]\n  async:\n    One: one"
        self.change(PAGE, "  One: one", lane)
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("--a:2;--b:100", text)

    def test_a_lane_that_stands_in_line_first(self):
        said = '"server": [[250, "Ben comes"], [500, "Client 2"], [750, "Ben goes"]], "lines"'
        self.change("lessons/01-two/replay.json", '"lines"', said)
        lane = "  sync:\n    Ben: [Ben comes, Ben goes, {served: Client 2}]\n  async:\n    One: one"
        self.change(PAGE, "  One: one", lane)
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("Ben is ready, but unattended from 0.25 s to 0.50 s", text)
        self.assertIn("Ben holds the thread from 0.50 s to 0.75 s", text)

    def test_a_list_that_the_programs_read(self):
        (self.root / "lessons/01-two/pages.txt").write_text("# of <pages>\n/one\n")
        self.refused("pages.txt is on no page")
        self.change(PAGE, "## Predict", "[pages.txt](pages.txt)\n\n## Predict")
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn('<span class="row"># of &lt;pages&gt;', text)

    def test_a_lane_whose_line_is_not_printed(self):
        self.change(PAGE, "One: one", "One: two")
        self.refused("the lane “One” looks for a line “two”, and sync prints none", "lanes:")

    def test_a_quiz_without_a_right_answer(self):
        self.change(PAGE, "2. It is the only line.", "It is the only line.")
        self.refused("the quiz has no right answer", "<!-- quiz")

    def test_a_right_answer_that_is_no_choice(self):
        self.change(PAGE, "2. It is the only line.", "3. It is the only line.")
        self.refused("its number one of 1 to 2", "<!-- quiz")

    def test_a_quiz_without_choices(self):
        self.change(PAGE, "1. `two`\n2. `one`\n", "")
        self.refused("the quiz has no choices", "<!-- quiz")

    def test_a_prediction_without_an_answer(self):
        self.change(
            PAGE,
            "<details><summary>Answer</summary>\n\n1. It does not wait.\n\n- Not 2: It would wait for "
            "that\n  `long`.\n\n</details>\n",
            "",
        )
        self.refused("the predict has no answer", "<!-- predict")

    def test_a_wrong_choice_is_explained(self):
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertRegex(
            text,
            r'<li data-choice="2">\s*<p><strong>Not 2:</strong> It would wait for that\s'
            r"<code>long</code>\.</p>\s*</li>",
        )

    def test_a_wrong_choice_without_a_word_of_why(self):
        self.change(PAGE, "\n- Not 1: No line says so.\n", "")
        self.refused("below the right one write `- Not 1: …`", "<!-- quiz")

    def test_the_wrong_choice_explained(self):
        self.change(PAGE, "- Not 1: No line says so.", "- Not 2: No line says so.")
        self.refused("does not say of each wrong choice why it is wrong", "<!-- quiz")

    def test_a_total_that_the_run_contradicts(self):
        self.change(PAGE, "1. It does not wait.", "2. It waits.")
        self.refused("total=async is “0.5 s”, and choice 2 does not say so", "<!-- predict")

    def test_a_line_that_the_run_contradicts(self):
        self.change(PAGE, "2. It is the only line.", "1. It is the only line.")
        self.refused("line=sync:1 is “one”, and choice 1 does not say so", "<!-- quiz")

    def test_a_count_of_lines_that_the_run_contradicts(self):
        self.change(PAGE, "quiz line=sync:1", "quiz lines=sync")
        self.refused("lines=sync is “1”, and choice 2 does not say so", "<!-- quiz")

    def test_an_unknown_check(self):
        self.change(PAGE, "quiz line=sync:1", "quiz lnie=sync:1")
        self.refused("`lnie=sync:1` is unknown; there are total=PROGRAM", "<!-- quiz")

    def test_an_unknown_program_in_a_check(self):
        self.change(PAGE, "total=async", "total=asink")
        self.refused("replay.json knows no program `asink`; it has sync, async", "<!-- predict")

    def test_an_unknown_comment(self):
        self.change(PAGE, "<!-- replay -->", "<!-- reply -->")
        self.refused("`reply` is unknown; there are replay, diff", "<!-- reply")

    def test_an_unknown_program_in_a_replay(self):
        self.change(PAGE, "<!-- replay -->", "<!-- replay sync asink -->")
        self.refused("replay.json knows no program `asink`", "<!-- replay")

    def test_cpp_typed_into_a_page(self):
        self.change(PAGE, "> One thing.", "```cpp\nint main() {}\n```")
        self.refused("a block of C++ is typed into the page", "```cpp")

    def test_output_typed_into_a_page(self):
        self.change(PAGE, "> One thing.", "```text\none\n```")
        self.refused("a block of output is typed into the page", "```text")

    def test_an_indented_block(self):
        self.change(PAGE, "> One thing.", "    one")
        self.refused("this indented block would be code typed into the page", "    one")

    def test_cpp_typed_into_another_page(self):
        with open(self.root / "docs/index.md", "a") as page:
            page.write("\n```cpp\nint main() {}\n```\n")
        self.refused("a block of C++ is typed into the page", "```cpp", "docs/index.md")

    def test_an_expected_output_that_differs_from_the_replay(self):
        (self.root / "lessons/01-two/sync.expected").write_text("two\n")
        self.refused(
            "what it says of sync is not what sync.expected says", name="lessons/01-two/replay.json"
        )

    def test_a_replay_that_is_missing(self):
        (self.root / "lessons/01-two/replay.json").unlink()
        self.refused("there is no lessons/01-two/replay.json")

    def test_a_program_on_no_page(self):
        shutil.copy(
            self.root / "lessons/01-two/sync.cpp", self.root / "lessons/01-two/async_more.cpp"
        )
        self.refused("async_more.cpp is on no page; link to it")

    def test_an_output_of_no_program(self):
        (self.root / "lessons/01-two/async_more.expected").write_text("more\n")
        self.refused("what async_more prints is on no page; name it in a replay")

    def test_a_file_that_no_page_uses(self):
        (self.root / "lessons/01-two/notes.json").write_text("{}\n")
        self.refused("notes.json is on no page; link to it")

    def test_how_its_programs_run_needs_no_place_on_the_page(self):
        (self.root / "lessons/01-two/run.json").write_text("{}\n")
        self.assertEqual(self.build(), "")

    def test_a_program_built_by_hand_is_no_file_of_the_lesson(self):
        (self.root / "lessons/01-two/async").write_text("")
        self.assertEqual(self.build(), "")

    def test_a_program_that_is_there_twice(self):
        self.change(PAGE, "> One thing.", "> One thing.\n\n[async.cpp](async.cpp)")
        self.refused("async.cpp is on this page already; keep one of the two")

    def test_an_exercise_whose_solution_is_marked_and_published(self):
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("<code>./workbook start 01</code>", text)
        self.assertIn("in <b>0.3 s</b> of simulated time", text)
        for summary in ("<b>Hint 1</b> a nudge", "<b>Hint 2</b> the tool", "nearly the line"):
            self.assertIn(f"{summary}</summary>", text)
        marked = re.findall(
            r'<ins class="row">(.*?)\n</ins>', text.partition('class="solution"')[2]
        )
        self.assertEqual(
            [re.sub("<[^>]+>", "", row) for row in marked],
            ["// Prints in time.", "  wait(0.3);"],
        )
        self.assertIn('href="../../solutions/01-two/exercise.cpp"', text)
        self.assertTrue((self.root / "build/site/solutions/01-two/exercise.cpp").exists())
        self.assertFalse((self.root / "build/site/lessons/01-two/exercise.json").exists())

    def test_the_search_gives_nothing_of_the_answer_away(self):
        self.assertEqual(self.build(), "")
        index = (self.root / "build/site/search.js").read_text()
        self.assertIn("and then print", index)
        self.assertNotIn("Something has to come first", index)
        self.assertNotIn("0.3);", index)

    def test_a_lesson_without_an_exercise(self):
        for path in self.root.glob("*/01-two/exercise.*"):
            path.unlink()
        self.change(PAGE, "## Exercise\n\nThe same again.\n\n[exercise.cpp](exercise.cpp)\n", "")
        self.forget_run("exercise")
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertNotIn("xercise", text)

    def test_an_exercise_that_is_on_no_page(self):
        self.change(PAGE, "[exercise.cpp](exercise.cpp)\n", "")
        self.refused("exercise.cpp is on no page; link to it")

    def test_an_exercise_in_another_section(self):
        self.change(PAGE, "## Exercise\n\nThe same again.\n\n", "")
        self.refused("move it to the section “Exercise”", "[exercise.cpp]")

    def test_an_exercise_without_a_starter(self):
        (self.root / "lessons/01-two/exercise.cpp").unlink()
        self.refused(
            "an exercise without lessons/01-two/exercise.cpp; add the starter",
            name="lessons/01-two/exercise.json",
        )

    def test_an_exercise_without_a_description(self):
        (self.root / "lessons/01-two/exercise.json").unlink()
        self.refused(
            "an exercise without lessons/01-two/exercise.json; add it, with the task and the hints",
            name="lessons/01-two/exercise.cpp",
        )

    def test_an_exercise_without_a_solution(self):
        (self.root / "solutions/01-two/exercise.cpp").unlink()
        self.refused(
            "an exercise without solutions/01-two/exercise.cpp; add the solution",
            name="lessons/01-two/exercise.cpp",
        )

    def test_a_solution_without_an_exercise(self):
        for path in (self.root / "lessons/01-two").glob("exercise.*"):
            path.unlink()
        self.forget_run("exercise")
        self.refused(
            "an exercise without lessons/01-two/exercise.cpp; add the starter",
            name="solutions/01-two/exercise.cpp",
        )

    def test_an_exercise_without_an_output(self):
        (self.root / "lessons/01-two/exercise.expected").unlink()
        self.refused(
            "an exercise without lessons/01-two/exercise.expected; UPDATE_EXPECTED=1 ./workbook",
            name="lessons/01-two/exercise.cpp",
        )

    def test_an_exercise_without_times(self):
        self.forget_run("exercise")
        self.refused(
            "it does not say what the exercise prints, and when; "
            "UPDATE_EXPECTED=1 ./workbook test 01",
            name="lessons/01-two/replay.json",
        )

    def test_an_exercise_without_a_task(self):
        self.change("lessons/01-two/exercise.json", '"task"', '"tsak"')
        self.refused('it has no "task"; add one', name="lessons/01-two/exercise.json")

    def test_an_exercise_with_two_hints(self):
        self.change("lessons/01-two/exercise.json", '"There is `wait`.", ', "")
        self.refused(
            'its "hints" must be three texts: a nudge, the tool, nearly the line; fix them',
            name="lessons/01-two/exercise.json",
        )

    def test_an_exercise_with_an_empty_hint(self):
        self.change("lessons/01-two/exercise.json", '"There is `wait`."', '" "')
        self.refused('its "hints" must be three texts', name="lessons/01-two/exercise.json")

    def test_an_exercise_whose_description_is_no_json(self):
        self.change("lessons/01-two/exercise.json", '"hints": [', '"hints": (')
        self.refused("this is not JSON", '"hints"', "lessons/01-two/exercise.json")

    def test_a_function_that_is_only_mentioned(self):
        self.change(PAGE, "> One thing.", "> One thing, by `spwan(wait(1))`.")
        self.refused("the page names `spwan()`, which no program calls", "spwan")

    def test_a_file_that_is_only_mentioned(self):
        self.change(PAGE, "> One thing.", "> One thing, in `asynk.cpp`.")
        self.refused("the page names `asynk.cpp`, and there is no such file", "asynk.cpp")

    def test_an_output_on_no_page(self):
        self.change(PAGE, "<!-- replay -->", "<!-- replay async -->")
        self.refused("what sync prints is on no page")

    def test_an_output_before_the_prediction(self):
        self.change(PAGE, "## Predict\n", "[sync.expected](sync.expected)\n\n## Predict\n")
        self.refused("an output comes before the prediction and gives it away", "[sync.expected]")

    def test_a_replay_before_the_prediction(self):
        self.change(PAGE, "## Predict\n", "<!-- replay -->\n\n## Predict\n")
        self.refused("the replay comes before the prediction and gives it away", "<!-- replay")

    def test_front_matter_without_a_description(self):
        self.change(PAGE, "description: ", "about: ")
        self.refused("the front matter has no `description:`", "---")

    def test_front_matter_with_minutes(self):
        self.change(PAGE, "lanes:", "minutes: 1\nlanes:")
        self.refused("the front matter has `minutes:`, which are computed; remove it", "---")

    def test_the_minutes_are_on_the_page_and_on_its_card(self):
        self.change(PAGE, "> One thing.", "> One thing.\n\n" + "word " * (4 * reading.WORDS))
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        self.assertIn("about 5 minutes, and an <a", text)
        start = (self.root / "build/site/index.html").read_text()
        self.assertIn("about 5 minutes, and an exercise", start)

    def test_a_page_that_takes_too_long(self):
        self.change(PAGE, "> One thing.", "> One thing.\n\n" + "word " * (26 * reading.WORDS))
        self.refused("minutes to read, and at most 25 are allowed; cut it, or fold", "---")

    def test_a_folded_part_with_a_program(self):
        (self.root / "lessons/01-two/long.hpp").write_text("int a;\n" * (26 * reading.LINES))
        summary = "<details><summary>The <code>long</code> header</summary>"
        inside = "[long.hpp](long.hpp)\n\n1. `int a;` A number."
        fold = f"{summary}\n\n{inside}\n\n</details>"
        self.change(PAGE, "> One thing.", f"> One thing.\n\n{fold}\n\nMore.")
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/lessons/01-two/index.html").read_text()
        folded, _, rest = text.partition(summary)[2].partition("</details>")
        self.assertIn('data-note="1"', folded)
        self.assertIn("</code> A number.", folded)
        self.assertIn("<p>More.</p>", rest)

    def test_notes_for_a_class_without_one_of_them(self):
        self.change(PAGE, "  change: The `1` to a 2.\n", "")
        self.refused("the front matter has no `change:` in `in_class:`", "in_class:")

    def test_notes_for_a_class_that_are_none(self):
        self.change(PAGE, "  minutes: 5\n", "  minutes: some\n")
        self.refused("`minutes:` in `in_class:` must be a whole number", "in_class:")

    def test_notes_for_a_class_that_are_unknown(self):
        self.change(PAGE, "  minutes: 5\n", "  minutes: 5\n  joke: None.\n")
        self.refused("`joke:` in `in_class:` is unknown", "in_class:")

    def course(self, plan):
        """The page for teachers, with a course of one session of 15 minutes."""
        (self.root / "docs/for-teachers.md").write_text(
            f"---\ncourses:\n  one:\n    - minutes: 15\n      plan: [{plan}]\n---\n"
            "# Teachers\n\n<!-- course one -->\n\n<!-- teachers -->\n"
        )
        return "docs/for-teachers.md"

    def test_a_course(self):
        self.course('"01", exercise 01')
        self.assertEqual(self.build(), "")
        text = (self.root / "build/site/for-teachers.html").read_text()
        self.assertIn('<a href="lessons/01-two/index.html">01-two</a> (5), exercise 01 (10)', text)
        self.assertIn('">How many?</td>', text)

    def test_a_course_whose_minutes_do_not_add_up(self):
        name = self.course('"01", break 9')
        self.refused(
            "session 1 of the course one is 15 minutes long, and its parts add up to 14",
            "<!-- course", name,
        )

    def test_a_course_of_what_is_no_lesson(self):
        name = self.course('"02", break 10')
        self.refused("`02` in a plan is no lesson, no exercise, and has no minutes", "<!--", name)

    def test_a_course_that_is_not_planned(self):
        name = self.course("break 15")
        self.change(name, "<!-- course one -->", "<!-- course two -->")
        self.refused("write `<!-- course NAME -->`; the front matter has one", "<!-- course", name)


class Minutes(unittest.TestCase):
    def setUp(self):
        self.lessons = Site(ROOT).lessons  # (It refuses a page that takes too long.)

    def test_what_is_counted(self):
        page = "# One two\n\n- three `four` [five six](no.md) <!-- no -->\n\n"
        page += "| seven | eight |\n| --- | --- |\n\n"
        page += "<details><summary>No</summary>\n\nno\n\n</details>\n"
        folder = HERE / "good/lessons/01-two"
        self.assertEqual(reading.minutes(folder, page * 1000), round(8000 / reading.WORDS))
        rows = (folder / "async.cpp").read_text().splitlines()
        rows = [row for row in rows if row.strip(" {}();")]
        listings = "[async.cpp](async.cpp)\n" * 30
        self.assertEqual(reading.minutes(folder, listings), round(30 * len(rows) / reading.LINES))
        self.assertEqual(reading.minutes(folder, "[exercise.cpp](exercise.cpp)\n" * 100), 1)

    def test_no_page_takes_too_long(self):
        for lesson in self.lessons:
            with self.subTest(lesson.name):
                self.assertLessEqual(lesson.minutes, 25)

    def test_the_guide_agrees(self):
        every = [lesson.minutes for lesson in self.lessons]
        guide = (ROOT / "docs/how-to-use.md").read_text()
        told = re.search(r"takes (\d+) to (\d+) minutes to read", guide)
        assert told
        self.assertEqual((int(told[1]), int(told[2])), (min(every), max(every)))


if __name__ == "__main__":
    unittest.main()

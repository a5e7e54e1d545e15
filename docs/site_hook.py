"""The mkdocs hook that makes the workbook's pages out of lessons/NN-name/.

A lesson's page is its README.md, plain Markdown that GitHub shows as well. Here the links that stand
alone become whole listings and outputs, the one to the starter becomes the exercise, and the HTML
comments become replays, diffs, predictions and quizzes (docs/add-a-lesson.md describes them all). What a program says or prints is read from the files:
a page that does not agree with them ends the build with the file, the line and what to do.

How it works: `on_page_markdown` replaces each such block by slots, paragraphs of the form @@7@@, and
leaves the prose between them to Markdown; `on_page_content` puts the HTML where the slots are.
"""
import decimal
import difflib
import html
import json
import pathlib
import posixpath
import re

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs.utils.meta import get_data
from pygments.lexers import CppLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = "In Python this is"
SECTIONS = (
    "Read both programs",
    "Predict",
    "Watch",
    "What changed",
    "Traps",
    PYTHON,
    "Build it by hand",
    "Ask yourself",
    "Exercise",
    "Where to go next",
)
OPTIONAL_SECTIONS = ("Traps", "Exercise")
NOT_SHIPPED = ("site_hook.py", "theme/")  # they lie in docs/, but are not of the site

slots = {}  # page → the HTML of its slots
sources = {}  # page → its Markdown file, where the messages point to
questions = {}  # page → how many predictions and quizzes it has
index = []  # what the search looks through: [address, title, text] of each section


# ---- the files of a lesson ----------------------------------------------------------------------


class Lesson:
    """What a folder holds, read once: a page asks for it many times."""

    def __init__(self, folder):
        self.folder = folder
        self.readme = folder / "README.md"
        self.name = folder.name
        self.number = int(folder.name[:2])
        text, self.meta = get_data(self.readme.read_text(encoding="utf-8"))
        title = re.search(r"^# (.+)$", text, re.M)
        self.title = title[1] if title else self.name
        for key in ("description", "minutes"):
            if key not in self.meta:
                refuse(
                    self.readme,
                    1,
                    f"the front matter has no `{key}:`; add it between the --- lines",
                )
        path = folder / "replay.json"
        if not path.exists():
            refuse(
                self.readme,
                1,
                f"there is no {relative(path)}; UPDATE_EXPECTED=1 ./workbook test "
                f"{self.name[:2]} writes it",
            )
        self.runs = json.loads(path.read_text(encoding="utf-8"))
        self.exercise = Exercise(self) if any(map(pathlib.Path.exists, pieces(self))) else None
        settings = folder / "run.json"
        self.real_time = (
            settings.exists()
            and json.loads(settings.read_text(encoding="utf-8")).get("clock") == "real"
        )
        for program, run in self.runs.items():
            expected = folder / f"{program}.expected"
            printed = [text for _, text in run["lines"]]
            if (
                not expected.exists()
                or expected.read_text(encoding="utf-8").splitlines() != printed
            ):
                refuse(
                    path,
                    1,
                    f"what it says of {program} is not what {expected.name} says; "
                    f"UPDATE_EXPECTED=1 ./workbook test {self.name[:2]} writes both anew",
                )


def pieces(lesson):
    """The files of an exercise: the starter, what it is about, what it must print, and its solution."""
    names = ("exercise.cpp", "exercise.json", "exercise.expected")
    return [lesson.folder / name for name in names] + [
        ROOT / "solutions" / lesson.name / "exercise.cpp"
    ]


class Exercise:
    """What the page shows of an exercise. It is there with all its pieces, or not at all."""

    MINUTES = 10
    HINTS = ("a nudge", "the tool", "nearly the line")  # what each of them gives

    def __init__(self, lesson):
        self.starter, self.path, expected, self.solution = pieces(lesson)
        update = f"UPDATE_EXPECTED=1 ./workbook test {lesson.name[:2]} writes it from the solution"
        for path, mend in (
            (self.starter, "add the starter"),
            (self.path, "add it, with the task and the hints"),
            (self.solution, "add the solution"),
            (expected, update),
        ):
            if not path.exists():
                other = next(other for other in pieces(lesson) if other.exists())
                refuse(other, 1, f"it belongs to an exercise without {relative(path)}; {mend}")
        if "exercise" not in lesson.runs:
            path = lesson.folder / "replay.json"
            refuse(path, 1, f"it does not say what the exercise prints, and when; {update}")
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            refuse(self.path, error.lineno, f"this is no JSON ({error.msg}); mend it")
        told = told if isinstance(told, dict) else {}
        self.task, self.hints = told.get("task"), told.get("hints")
        if not isinstance(self.task, str) or not self.task.strip():
            refuse(self.path, 1, 'it has no "task"; add one, a paragraph that says what to do')
        if (
            not isinstance(self.hints, list)
            or len(self.hints) != len(self.HINTS)
            or not all(isinstance(hint, str) and hint.strip() for hint in self.hints)
        ):
            refuse(
                self.path,
                1,
                f'its "hints" must be three texts: {", ".join(self.HINTS)}; mend them',
            )


def lessons():
    return [Lesson(path.parent) for path in sorted(ROOT.glob("lessons/[0-9][0-9]-*/README.md"))]


def relative(path):
    return pathlib.Path(path).relative_to(ROOT).as_posix()


def refuse(path, line, sentence):
    raise PluginError(f"{relative(path)}:{line}: {sentence}.")


# ---- what mkdocs calls --------------------------------------------------------------------------


def on_config(config):
    slots.clear(), sources.clear(), questions.clear(), index.clear()
    order = config["extra"].get("pages", [])
    others = sorted(
        (path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md"),
        key=lambda name: (order.index(name) if name in order else len(order), name),
    )
    config["extra"]["lessons"] = lessons()
    config["nav"] = ["index.md"] + [
        {title: pages}
        for title, pages in (
            (
                "Lessons",
                [f"lessons/{lesson.name}/README.md" for lesson in config["extra"]["lessons"]],
            ),
            ("Around the lessons", others),
        )
        if pages
    ]
    return config


def on_files(files, config):
    for file in list(files):
        if file.src_uri.startswith(NOT_SHIPPED):
            files.remove(file)
    for lesson in config["extra"]["lessons"]:
        for path in sorted(lesson.folder.iterdir()):
            if path.name == "README.md" or path.suffix in (".cpp", ".hpp", ".txt", ".expected"):
                files.append(
                    File(
                        relative(path), str(ROOT), config["site_dir"], config["use_directory_urls"]
                    )
                )
        if lesson.exercise:
            files.append(
                File(
                    relative(lesson.exercise.solution),
                    str(ROOT),
                    config["site_dir"],
                    config["use_directory_urls"],
                )
            )
    return files


def on_page_markdown(markdown, page, config, files):
    uri = page.file.src_uri
    path = pathlib.Path(page.file.abs_src_path)
    lesson = next((l for l in config["extra"]["lessons"] if l.readme == path), None)
    text = path.read_text(encoding="utf-8-sig")
    first_line = text[: text.rfind(markdown)].count("\n") + 1 if markdown in text else 1
    sources[uri] = path
    writer = Writer(path, first_line, lesson, config)
    markdown = writer.rewrite(markdown)
    slots[uri], questions[uri] = writer.slots, writer.questions
    if lesson:
        page.meta["lesson"] = lesson
    return markdown


def on_page_content(content, page, config, files):
    content = re.sub(r"<p>@@(\d+)@@</p>", lambda m: slots[page.file.src_uri][int(m[1])], content)
    index.extend(sections(page.file.url, page.title, content))
    # A wide table or code block scrolls by itself, never the page; a keyboard must reach it.
    content = re.sub(
        r"<table>.*?</table>",
        r'<div class="table" tabindex="0" role="group" aria-label="Table">\g<0></div>',
        content,
        flags=re.S,
    )
    return content.replace("<pre><code", '<pre tabindex="0"><code')


def sections(url, title, content):
    """[address, title, text] of each section: the prose and the programs. No answers, and nothing twice."""
    content = re.sub(
        r'<(details) class="answer">.*?</\1>|<(workbook-replay) .*?</\2>|<(figure) class="(?:diff|output)".*?</\3>|'
        r'<(a) class="headerlink".*?</\4>|<(dl|section) class="(?:commands|aids)".*?</\5>',
        "",
        content,
        flags=re.S,
    )
    heading, *rest = re.split(r'<h[23] id="([^"]+)">(.*?)</h[23]>', content, flags=re.S)

    def plain(text):
        text = re.sub(r"</?(?:span|code|a|em|strong|i)\b[^>]*>", "", text)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())

    entries = [[url, title, plain(re.sub(r"<h1.*?</h1>", "", heading, flags=re.S))]]
    for anchor, name, text in zip(rest[::3], rest[1::3], rest[2::3]):
        entries.append([f"{url}#{anchor}", f"{plain(name)} ({title})", plain(text)])
    return entries


def on_page_context(context, page, config, nav):
    context["questions"] = questions.get(page.file.src_uri, 0)
    context["lesson"] = page.meta.get("lesson")
    context["names"] = {page_of(lesson): lesson.name for lesson in config["extra"]["lessons"]}
    return context


def on_post_build(config):
    site = pathlib.Path(config["site_dir"])
    # A script, for a page that was opened as a file may load one, but not fetch anything.
    (site / "search.js").write_text(
        "window.workbookIndex=" + json.dumps(index, ensure_ascii=False, separators=(",", ":")),
        encoding="utf-8",
    )
    check_links(site)


def page_of(lesson):
    return f"lessons/{lesson.name}/index.html"


def check_links(site):
    """Every link between pages leads to a file, and to an id in it."""
    ids, links = {}, []
    for uri, source in sources.items():
        target = re.sub(r"(README|index)\.md$", "index.html", uri).replace(".md", ".html")
        output = (site / target).read_text(encoding="utf-8")
        ids[target] = set(re.findall(r'\bid="([^"]+)"', output))
        links += [
            (target, source, html.unescape(href))
            for href in re.findall(r'<a [^>]*?href="([^"]*)"', output)
        ]
    for page, source, href in links:
        if re.match(r"[a-z]+:", href):
            continue
        path, _, anchor = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        missing = (
            f"the link to {href} leads to no file"
            if not (site / target).is_file()
            else f"the link to {href} leads to no heading of that name"
            if anchor and target in ids and anchor not in ids[target]
            else None
        )
        if missing:
            lines = source.read_text(encoding="utf-8").splitlines()
            wanted = "#" + anchor if anchor else posixpath.basename(path).replace("index.html", "")
            line = next((n for n, text in enumerate(lines, 1) if wanted in text), 1)
            refuse(source, line, f"{missing}; mend the link or what it leads to")


# ---- a page's blocks ----------------------------------------------------------------------------

FILE_LINK = re.compile(r"\[[^\]]+\]\(([\w.-]+\.(?:cpp|hpp|txt|expected))\)\s*$")
COMMENT = re.compile(r"<!--\s*(\w+)\s*(.*?)\s*-->\s*$")
ITEM = re.compile(r"(\d+)\.\s+(.*)")
TYPED = {
    "": "nothing",
    "cpp": "C++",
    "c++": "C++",
    "c": "C",
    "text": "output",
    "txt": "output",
    "output": "output",
}


class Writer:
    """Rewrites one page, from its first line to its last."""

    def __init__(self, path, first_line, lesson, config):
        self.path, self.first_line, self.lesson, self.config = path, first_line, lesson, config
        self.slots, self.questions = [], 0
        self.listed, self.shown, self.diffed, self.predicted = set(), set(), set(), False
        self.out, self.at = [], 0

    def refuse(self, sentence, at=None):
        refuse(self.path, self.first_line + (self.at if at is None else at), sentence)

    def slot(self, text):
        self.slots.append(text)
        return ["", f"@@{len(self.slots) - 1}@@", ""]

    def rewrite(self, markdown):
        self.lines = [self.links(line, n) for n, line in enumerate(markdown.split("\n"))]
        if self.lesson:
            self.check_sections()
        while self.at < len(self.lines):
            self.out += self.block()
        if self.lesson:
            self.check_mentions()
            self.check_inventory()
        return "\n".join(self.out)

    def block(self):
        line = self.lines[self.at]
        if re.match(r"\s*(```|~~~)", line):
            return self.fence()
        if (
            self.lesson
            and re.match(r"(    |\t)\S", line)
            and not self.out[-1].strip()
            and not self.in_list()
        ):
            self.refuse(
                "this indented block would be code typed into the page; link to the file, alone in a paragraph"
            )
        link = FILE_LINK.match(line)
        if link and self.alone(self.at):
            if self.lesson is None:
                self.refuse(f"only a lesson's own page shows {link[1]}; link to the lesson")
            if link[1] == "exercise.cpp":
                return self.exercise()
            return self.outputs() if link[1].endswith(".expected") else self.programs()
        comment = COMMENT.match(line)
        if comment:
            handler = getattr(self, "on_" + comment[1], None)
            if handler is None:
                self.refuse(
                    f"`{comment[1]}` is unknown; there are replay, diff, predict and quiz, and outside of lessons also lessons and phrasebook"
                )
            return handler(comment[2].split())
        if re.match(r"</?details", line):
            self.at += 1
            return self.slot(line)
        self.at += 1
        return [line]

    def in_list(self):
        """Is the last block that is not indented an item of a list?"""
        for line in reversed(self.out):
            if line.strip() and not line.startswith(("    ", "\t", "  ")):
                return re.match(r"([-*+]|\d+\.)\s", line)
        return False

    def alone(self, at):
        def blank(n):
            return n < 0 or n >= len(self.lines) or not self.lines[n].strip()

        return blank(at - 1) and blank(at + 1)

    def skip_blank(self):
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1

    def paragraph(self):
        self.skip_blank()
        begin = self.at
        while self.at < len(self.lines) and self.lines[self.at].strip():
            self.at += 1
        return self.lines[begin : self.at]

    def ordered_list(self):
        """The ordered list that begins here: [(number, line, its lines)], or [] if there is none."""
        self.skip_blank()
        items = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            item = ITEM.match(line)
            if item:
                items.append((int(item[1]), self.at, [line]))
            elif not items or not line.strip() and not self.list_goes_on():
                break
            elif line.strip() and not line.startswith(" ") and not self.lines[self.at - 1].strip():
                break
            else:
                items[-1][2].append(line)
            self.at += 1
        return items

    def list_goes_on(self):
        following = next((line for line in self.lines[self.at :] if line.strip()), "")
        return ITEM.match(following) or following.startswith("   ")

    def fence(self):
        begin = self.at
        mark, language = re.match(r"\s*(```+|~~~+)\s*([\w+-]*)", self.lines[begin]).groups()
        if language in TYPED and (self.lesson or TYPED[language].startswith("C")):
            self.refuse(
                f"a block of {TYPED[language]} is typed into the page; link to the file, alone in a "
                "paragraph (a command goes into a ```console block)"
            )
        self.at += 1
        while self.at < len(self.lines) and not self.lines[self.at].strip().startswith(mark):
            self.at += 1
        if self.at == len(self.lines):
            self.refuse(f"the block that begins with {mark} never ends", begin)
        self.at += 1
        return self.lines[begin : self.at]

    # The files lie as GitHub shows them: docs/ beside lessons/. On the site docs/ is the top.
    def links(self, line, n, source=None):
        """The line with its links as mkdocs wants them; `source` is the file it comes from, if not this."""

        def mend(match):
            target, anchor = match[1], match[2] or ""
            if not target or re.match(r"[a-z]+:", target):
                return match[0]
            path = ((source or self.path).parent / target).resolve()
            if path.is_dir():
                path = path / "README.md"
            if not path.exists():
                self.refuse(f"the link to {target} leads to no file; mend it or add the file", n)
            return (
                "]("
                + posixpath.relpath(self.uri(path), posixpath.dirname(self.uri(self.path)) or ".")
                + anchor
                + ")"
            )

        return "".join(
            part if part.startswith("`") else re.sub(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", mend, part)
            for part in re.split(r"(`+[^`]+`+)", line)
        )

    def uri(self, path):
        docs = ROOT / "docs"
        return (
            path.relative_to(docs) if docs in path.parents else path.relative_to(ROOT)
        ).as_posix()

    def file(self, name, at=None):
        path = self.lesson.folder / name
        if not path.exists():
            self.refuse(f"there is no {relative(path)}; mend the name or add the file", at)
        return path.read_text(encoding="utf-8")

    def run(self, lesson, program, at=None):
        if program not in lesson.runs:
            self.refuse(
                f"replay.json knows no program `{program}`; it has {', '.join(lesson.runs)}", at
            )
        return lesson.runs[program]

    # ---- programs and outputs
    def programs(self):
        """One program with its notes, or all that follow each other: two are a pair."""
        found = []
        while self.at < len(self.lines):
            begin = self.at
            link = FILE_LINK.match(self.lines[self.at])
            if not link or link[1].endswith(".expected") or not self.alone(self.at):
                break
            self.at += 1
            notes = self.ordered_list()
            found.append((link[1], begin, notes))
            self.skip_blank()
        out = self.slot('<div class="pair">') if len(found) > 1 else []
        for name, at, notes in found:
            self.list_once(name, at)
            text, marks = self.file(name, at), {}
            rows = text.splitlines()
            for number, (_, line, item) in enumerate(notes, 1):
                quoted = re.match(r"\d+\.\s+(`+)\s?(.+?)\s?\1", item[0])
                if not quoted:
                    self.refuse(
                        f"note {number} on {name} must begin with a `quoted part` of the line it explains",
                        line,
                    )
                row = next((n for n, row in enumerate(rows) if quoted[2] in row), None)
                if row is None:
                    self.refuse(
                        f"`{quoted[2]}` is in no line of {name}; quote a part of one line as it is now",
                        line,
                    )
                marks.setdefault(row, []).append(str(number))
            out += self.slot(
                f'<div class="program{" noted" if notes else ""}" data-role="{role(name)}">'
                + listing(name, text, marks)
                + ('<div class="notes">' if notes else "")
            )
            out += [line for _, _, item in notes for line in item]
            out += self.slot(("</div>" if notes else "") + "</div>")
        return out + (self.slot("</div>") if len(found) > 1 else [])

    def list_once(self, name, at):
        if name in self.listed:
            self.refuse(f"{name} is on this page already; keep one of the two", at)
        self.listed.add(name)

    def exercise(self):
        """The exercise, where the page links to its starter."""
        lesson, exercise = self.lesson, self.lesson.exercise
        above = next((line for line in reversed(self.lines[: self.at]) if line[:3] == "## "), "")
        if above[3:].strip() != "Exercise":
            self.refuse("exercise.cpp stands for the exercise; move it to the section “Exercise”")
        self.file("exercise.cpp")
        self.list_once("exercise.cpp", self.at)
        self.list_once("exercise.json", self.at)
        self.shown.add("exercise")
        self.at += 1
        starter = exercise.starter.read_text(encoding="utf-8")
        solution = exercise.solution.read_text(encoding="utf-8")
        run = lesson.runs["exercise"]
        digits = decimals([run])
        stamp = len(seconds(run["total_ms"], digits))
        number = lesson.name[:2]
        commands = "".join(
            f"<div><dt><code>./workbook {command} {number}</code></dt><dd>{does}</dd></div>"
            for command, does in (
                (
                    "start",
                    f"Copies the starter to <code>my/{lesson.name}.cpp</code>, where you edit it, and "
                    "never overwrites your work.",
                ),
                (
                    "check",
                    "Builds your file, runs it in simulated time, and says whether it is right and, if "
                    "not, why.",
                ),
                ("watch", "Does the same at every save, until you stop it."),
            )
        )
        lines = "".join(
            f"<li><span>{seconds(at, digits)}</span> <samp>{html.escape(text)}</samp></li>"
            for at, text in run["lines"]
        )
        total = f"{seconds(run['total_ms'])} s"
        out = self.slot('<div class="exercise" data-role="other"><div class="task">')
        out += [exercise.task]
        out += self.slot(
            f'</div><dl class="commands">{commands}</dl><div class="work"><div class="program">'
            + listing("exercise.cpp", starter, what="the starter")
            + '</div><section class="aids" aria-label="What it must print, hints and solution">'
            f'<div class="screen" style="--stamp:{stamp}ch"><p><span>must print, in <b>{total}</b> of simulated time</span>'
            f'<a href="exercise.expected">exercise.expected</a></p><ol>{lines}</ol></div>'
        )
        for n, (gives, hint) in enumerate(zip(exercise.HINTS, exercise.hints), 1):
            out += self.slot(
                f'<details class="hint"><summary><b>Hint {n}</b> {gives}</summary>'
            )
            out += [hint]
            out += self.slot("</details>")
        name = relative(exercise.solution)
        return out + self.slot(
            '<details class="solution"><summary><b>The solution</b></summary>'
            "<p>Have you tried? What you find yourself you keep. <code>./workbook check "
            f"{number}</code> says what is wrong with a first attempt, and the hints lead you to the "
            "line.</p>"
            "<details><summary>Yes, show the solution</summary>"
            "<p>The marked lines are not in the starter.</p>"
            + listing(
                name,
                solution,
                what="the solution",
                href=posixpath.relpath(name, posixpath.dirname(self.uri(self.path))),
                new=added(starter, solution),
            )
            + "</details></details></section></div></div>"
        )

    def outputs(self):
        """One output, or all that follow each other, side by side."""
        if not self.predicted:
            self.refuse("an output stands before the prediction and gives it away; move it below")
        found = []
        while self.at < len(self.lines):
            link = FILE_LINK.match(self.lines[self.at])
            if not link or not link[1].endswith(".expected") or not self.alone(self.at):
                break
            name = link[1]
            self.shown.add(name.rsplit(".", 1)[0])
            found.append(
                f'<figure class="output" data-role="{role(name)}"><figcaption><span>prints</span> '
                f'<a href="{name}">{name.rsplit(".", 1)[0]}</a></figcaption><pre tabindex="0" role="group" '
                f'aria-label="{name}"><samp>{html.escape(self.file(name))}</samp></pre></figure>'
            )
            self.at += 1
            self.skip_blank()
        return self.slot(
            "".join(found) if len(found) == 1 else f'<div class="outputs">{"".join(found)}</div>'
        )

    def on_diff(self, names):
        if len(names) != 2 or self.lesson is None:
            self.refuse("write `<!-- diff sync.cpp async.cpp -->`, with two files of the lesson")
        self.diffed.update(names)
        texts = [self.file(name) for name in names]
        self.at += 1
        return self.slot(diff(names, texts))

    def on_lessons(self, _):
        self.at += 1
        return self.slot(
            '<ol class="cards">'
            + "".join(
                f'<li data-lesson="{l.name}"><a href="{page_of(l)}"><span class="eyebrow">Lesson {l.number}</span>'
                f'<b>{html.escape(l.title)}</b><span>{html.escape(str(l.meta["description"]))}</span>'
                f'<small>about {l.meta["minutes"]} minutes{", and an exercise" if l.exercise else ""}'
                '<span class="mark"></span></small></a></li>'
                for l in self.config["extra"]["lessons"]
            )
            + "</ol>"
        )

    def on_phrasebook(self, _):
        """All tables "In Python this is", as one, with a column that leads back."""
        rows = []
        for lesson in self.config["extra"]["lessons"]:
            text = lesson.readme.read_text(encoding="utf-8")
            section = text.partition(f"\n## {PYTHON}\n")[2].partition("\n## ")[0]
            table = [line.strip() for line in section.splitlines() if line.strip().startswith("|")]
            rows += [
                f"{self.links(row, self.at, lesson.readme)} [{lesson.number:02}]({self.uri(lesson.readme)}) |"
                for row in table[2:]
            ]
        self.at += 1
        return ["", "| Python | here | remark | lesson |", "| --- | --- | --- | --- |", *rows, ""]

    # ---- the replay
    def on_replay(self, words):
        lesson, programs = self.lesson, words
        if lesson is None:
            lesson = next(
                (l for l in self.config["extra"]["lessons"] if words and l.name == words[0]), None
            )
            if lesson is None:
                self.refuse(
                    "outside of a lesson write `<!-- replay 01-print -->`, with the lesson's name"
                )
            programs = words[1:]
        elif not self.predicted:
            self.refuse("the replay stands before the prediction and gives it away; move it below")
        programs = programs or ["sync", "async"]
        for program in programs:
            self.run(lesson, program)
        self.shown.update(programs)
        at, self.at = self.at, self.at + 1
        return self.slot(Replay(lesson, programs, lambda text: refuse_lane(lesson, text)).html())

    # ---- predictions and quizzes
    def on_predict(self, words):
        self.predicted = True
        kind = words[0] if words else ""
        if kind == "choose":
            return self.choice("predict", words[1:])
        if kind != "order" or len(words) not in (2, 3) or self.lesson is None:
            self.refuse("write `<!-- predict order PROGRAM -->` or `<!-- predict choose -->`")
        lines = [text for _, text in self.run(self.lesson, words[1])["lines"]]
        if len(words) == 3:
            part = re.fullmatch(r"(\d+)-(\d+)", words[2])
            if not part or not 1 <= int(part[1]) < int(part[2]) <= len(lines):
                self.refuse(
                    f"`{words[2]}` is no part of the {len(lines)} lines of {words[1]}; write it as 1-8"
                )
            lines = lines[int(part[1]) - 1 : int(part[2])]
        if len(lines) > 8:
            self.refuse(
                f"{words[1]} prints {len(lines)} lines, too many to order; take a part, as in 1-8"
            )
        self.questions += 1
        self.at += 1
        question = self.paragraph()
        if not question:
            self.refuse("the prediction has no question; write it in the paragraph right below")
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        return (
            self.slot('<div class="question" data-kind="order" data-step="predict">')
            + question
            + self.slot(
                f'<details class="answer"><summary>Answer</summary><ol class="printed">{items}</ol></details></div>'
            )
        )

    def on_quiz(self, words):
        return self.choice("quiz", words)

    def choice(self, step, words):
        begin, self.at = self.at, self.at + 1
        self.questions += 1
        question = self.paragraph()
        if not question or not question[0].startswith("**"):
            self.refuse(
                f"the {step} has no question; write it in **bold** in the paragraph right below",
                begin,
            )
        choices = self.ordered_list()
        if len(choices) < 2:
            self.refuse(
                f"the {step} has no choices; write an ordered list below its question", begin
            )
        self.skip_blank()
        summary = self.lines[self.at] if self.at < len(self.lines) else ""
        if not summary.startswith("<details>"):
            self.refuse(
                f"the {step} has no answer; write <details><summary>Answer</summary> below its choices",
                begin,
            )
        self.at += 1
        answer = self.ordered_list()
        if len(answer) != 1 or not 1 <= answer[0][0] <= len(choices):
            self.refuse(
                f"the {step} has no right answer; write one numbered item in its <details>, its number one of "
                f"1 to {len(choices)}",
                begin,
            )
        number, _, why = answer[0]
        self.skip_blank()
        if self.at >= len(self.lines) or self.lines[self.at].strip() != "</details>":
            self.refuse("the answer must end with </details>, after its one numbered item")
        self.at += 1
        right = " ".join(line.strip() for line in choices[number - 1][2])
        for word in words:
            self.verify(word, right, number, begin)
        indent = len(why[0]) - len(ITEM.match(why[0])[2])
        why = [f"**{number}.** {ITEM.match(why[0])[2]}"] + [
            re.sub(rf"^ {{0,{max(indent, 4)}}}", "", line) for line in why[1:]
        ]
        return (
            self.slot(
                f'<div class="question" data-kind="choose" data-step="{step}" data-right="{number}">'
            )
            + question
            + [""]
            + [line for _, _, item in choices for line in item]
            + self.slot(f'<details class="answer"><summary>Answer</summary>')
            + why
            + self.slot("</details></div>")
        )

    def verify(self, check, right, number, at):
        """Where a run can tell, it does: the right choice must say what the run says."""
        kind, _, program = check.partition("=")
        program, _, n = program.partition(":")
        if kind not in ("total", "line", "lines") or not program or self.lesson is None:
            self.refuse(
                f"`{check}` is unknown; there are total=PROGRAM, line=PROGRAM:N and lines=PROGRAM",
                at,
            )
        run = self.run(self.lesson, program, at)
        if kind == "line":
            if not n.isdigit() or not 1 <= int(n) <= len(run["lines"]):
                self.refuse(f"`{check}` names no line; {program} prints {len(run['lines'])}", at)
            said = run["lines"][int(n) - 1][1]
            holds = said in right
        elif kind == "lines":
            said = str(len(run["lines"]))
            holds = re.search(rf"(?<![\d.]){said}(?![\d.]\d)", right)
        else:
            said = seconds(run["total_ms"])
            value = re.escape(said[:-2]) + r"(\.0)?" if said.endswith(".0") else re.escape(said)
            holds = re.search(rf"(?<![\d.]){value}(\s|\u00a0|&nbsp;)?s", right)
            said += " s"
        if not holds:
            self.refuse(
                f"the answer is {number}, but {check} is “{said}”, and choice {number} does not say so; "
                "mend the answer or its choice",
                at,
            )

    # ---- the page as a whole
    def check_sections(self):
        wanted = 0
        outside = True
        for n, line in enumerate(self.lines):
            if re.match(r"\s*(```|~~~)", line):
                outside = not outside
            if not outside or not line.startswith("## "):
                continue
            title = line[3:].strip()
            while wanted < len(SECTIONS) and SECTIONS[wanted] != title:
                if SECTIONS[wanted] not in OPTIONAL_SECTIONS:
                    self.refuse(
                        f"the section “{SECTIONS[wanted]}” must come here, not “{title}”", n
                    )
                wanted += 1
            if wanted == len(SECTIONS):
                self.refuse(
                    f"“{title}” is no section of a page, or not in its place; the order is "
                    + ", ".join(SECTIONS),
                    n,
                )
            wanted += 1
        missing = [title for title in SECTIONS[wanted:] if title not in OPTIONAL_SECTIONS]
        if missing:
            self.refuse(f"the section “{missing[0]}” is missing; add it", len(self.lines) - 1)

    def check_mentions(self):
        """A file that the prose names is there: in this lesson, in another one, or at that path. A
        function that it names with its brackets is called in this lesson or in an earlier one; the
        section that is about Python has others."""
        known = {path.name for path in ROOT.glob("lessons/*/*")}
        programs = "".join(
            path.read_text(encoding="utf-8")
            for path in ROOT.glob("lessons/*/*.[ch]pp")
            if path.parent.name <= self.lesson.name
        )
        section = ""
        for n, line in enumerate(self.lines):
            section = line[3:].strip() if line.startswith("## ") else section
            for name in re.findall(r"`(?:[\w:.>-]*[.:>])?([A-Za-z_]\w*)\([^`]*\)`", line):
                if section != PYTHON and not re.search(rf"\b{name}\(", programs):
                    self.refuse(
                        f"the page names `{name}()`, which no program calls up to this lesson; "
                        "mend the name",
                        n,
                    )
            for name in re.findall(r"`([\w./-]+\.(?:[ch]pp|expected|json))`", line):
                if name not in known and not (ROOT / name).exists():
                    self.refuse(
                        f"the page names `{name}`, and there is no such file; mend the name", n
                    )

    def check_inventory(self):
        """Every file of the lesson is used on the page, or says how its programs run and ran."""
        last = len(self.lines) - 1
        for path in sorted(self.lesson.folder.glob("*.*")):
            name, program = path.name, path.stem
            if path.suffix == ".expected":
                if program not in self.shown:
                    self.refuse(
                        f"what {program} prints is on no page; name it in a replay or link to {name}",
                        last,
                    )
            elif (
                path.suffix in (".cpp", ".hpp", ".txt", ".json")
                and name not in ("run.json", "replay.json")
                and name not in self.listed
            ):
                self.refuse(f"{name} is on no page; link to it, alone in a paragraph", last)


def refuse_lane(lesson, sentence):
    lines = lesson.readme.read_text(encoding="utf-8").splitlines()
    refuse(
        lesson.readme,
        next((n for n, line in enumerate(lines, 1) if line.startswith("lanes:")), 1),
        sentence,
    )


# ---- listings -----------------------------------------------------------------------------------


def role(name):
    stem = name.rsplit(".", 1)[0] if name.endswith((".cpp", ".hpp", ".expected")) else name
    return stem if stem in ("sync", "async") else "other"


KINDS = (
    (Comment.Preproc, "p"),
    (Comment.PreprocFile, "s"),
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
)
SENT_ON = re.compile(r"\bco_(?:await|return|yield)\b")


def highlighted(text):
    """The lines of a C++ text as HTML; only the six kinds that have a colour get a span."""
    out = []
    for token, value in CppLexer(stripnl=False).get_tokens(text):
        kind = next((k for t, k in KINDS if token in t), None)
        if token in Comment.PreprocFile:
            kind = "s"
        if SENT_ON.fullmatch(value):
            kind = "k"
        pieces = value.split("\n")
        shown = [
            f'<span class="{kind}">{html.escape(p, False)}</span>'
            if kind and p.strip()
            else html.escape(p, False)
            for p in pieces
        ]
        out.append("\n".join(shown))
    return "".join(out).rstrip("\n").split("\n")


def listing(name, text, marks={}, what=None, href=None, new=()):
    """A whole program; `marks` has the numbers of a row's notes, `new` the rows to mark as added."""
    rows = []
    plain = name.endswith(".txt")
    shown = html.escape(text, False).splitlines() if plain else highlighted(text)
    for n, row in enumerate(shown):
        note = f' data-note="{" ".join(marks[n])}"' if n in marks else ""
        tag = "ins" if n in new else "span"
        todo = " todo" if "TODO" in row else ""
        rows.append(f'<{tag} class="row{todo}"{note}>{row}\n</{tag}>')
    what = what or {"sync": "blocking", "async": "awaiting"}.get(role(name), "")
    return (
        f'<figure class="listing"><figcaption><a href="{href or name}">{name}</a><span>{what}</span></figcaption>'
        f'<pre tabindex="0" role="group" aria-label="{name}"><code>{"".join(rows)}</code></pre></figure>'
    )


def blocks(old, new):
    """How the lines of one text become those of another."""
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def added(old, new):
    """The numbers of the lines that are only in the new text."""
    opcodes = blocks(old.splitlines(), new.splitlines())
    return {n for tag, _, _, c, d in opcodes if tag != "equal" for n in range(c, d)}


CONTEXT = 2


def diff(names, texts):
    """Both files as one: what is only in the one, what is only in the other, little of the rest."""
    old, new = (text.splitlines() for text in texts)
    shown = [highlighted(text) for text in texts]
    chunks, rows, only = [], [], [0, 0]

    def fold(count):
        nonlocal rows
        if rows:
            chunks.append(
                f'<pre tabindex="0" role="group" aria-label="Changed lines"><code>{"".join(rows)}</code></pre>'
            )
            rows = []
        chunks.append(f'<p class="fold">{count} lines are the same</p>')

    opcodes = blocks(old, new)
    for n, (tag, a, b, c, d) in enumerate(opcodes):
        if tag == "equal":
            before = CONTEXT if n else 0
            after = CONTEXT if n + 1 < len(opcodes) else 0
            same = [f'<span class="row same">  {row}\n</span>' for row in shown[1][c:d]]
            if len(same) > before + after + 2:
                rows += same[:before]
                fold(len(same) - before - after)
                rows += same[len(same) - after :] if after else []
            else:
                rows += same
            continue
        rows += [f'<del class="row">- {row}\n</del>' for row in shown[0][a:b]]
        rows += [f'<ins class="row">+ {row}\n</ins>' for row in shown[1][c:d]]
        only[0] += b - a
        only[1] += d - c
    if rows:
        chunks.append(
            f'<pre tabindex="0" role="group" aria-label="Changed lines"><code>{"".join(rows)}</code></pre>'
        )
    lines = [f"{count} line{'' if count == 1 else 's'}" for count in only]
    return (
        f'<figure class="diff"><figcaption><span class="gone" data-role="{role(names[0])}">&minus; only in {names[0]}: '
        f'{lines[0]}</span> <span class="come" data-role="{role(names[1])}">+ only in {names[1]}: {lines[1]}</span>'
        f'</figcaption>{"".join(chunks)}</figure>'
    )


# ---- the replay ---------------------------------------------------------------------------------


def seconds(milliseconds, digits=1):
    """As JavaScript's toFixed says it, for the replay shows the same times: half is rounded up."""
    places = decimal.Decimal(1).scaleb(-digits)
    return str(decimal.Decimal(milliseconds / 1000).quantize(places, decimal.ROUND_HALF_UP))


def decimals(runs):
    """How many of them tell the moments of these runs' lines apart."""
    lines = (line for run in runs for line in run["lines"] + run.get("server", []))
    return 1 if all(at % 100 == 0 for at, _ in lines) else 2


RECORDED = '<p class="recorded">Recorded from a real run: yours will differ by some milliseconds.</p>'


class Moment(int):
    """A moment of a run, and the line it is the moment of: a run in the page (assets/live/run.js) draws
    the same bars from when that line comes. `line` is "2:Start", the second line that begins so, or
    "server 2:Start", if the lesson's server says it; "0:" is the beginning, "end" the end."""

    def __new__(cls, at, line):
        moment = super().__new__(cls, at)
        moment.line = line
        return moment

    def later(self, milliseconds):
        which, _, text = self.line.partition(":")
        return Moment(self + milliseconds, f"{which}+{milliseconds}:{text}")


class Replay:
    """Some runs on one axis, drawn complete: a page without scripts shows all of it, assets/replay.js
    covers it up again and lets the clock uncover it. The axis counts milliseconds, or, when no run
    takes any time, printed lines."""

    LOOKS = {
        "hold": "holds the thread",
        "wait": "waits, and leaves the thread to others",
        "late": "ready, but nobody looks",
        "free": "the thread is free for any task",
        "tick": "prints a line",
    }

    def __init__(self, lesson, programs, refuse):
        self.lesson, self.programs, self.refuse = lesson, programs, refuse
        self.runs = {program: lesson.runs[program] for program in programs}
        self.end = max(run["total_ms"] for run in self.runs.values())
        self.timed = self.end > 0
        if not self.timed:
            self.end = max(len(run["lines"]) for run in self.runs.values())
        self.digits = decimals(self.runs.values())
        self.blocking = lesson.meta.get("blocking", ["sync"])
        self.used = set()

    def at(self, program, n):
        return self.runs[program]["lines"][n][0] if self.timed else n + 1

    def events(self, program):
        """(moment, line, whether the program printed it) of all that it prints, and of what its server
        says, if it has one."""
        run = self.runs[program]
        printed = [(self.at(program, n), text, True) for n, (_, text) in enumerate(run["lines"])]
        said = [(at, text, False) for at, text in run.get("server", [])]
        return sorted(printed + said, key=lambda event: event[0])

    def seconds(self, at):
        return f"{seconds(at, self.digits)} s"

    def lanes(self, program):
        """[(name, [(look, from, to)], [ticks])] of a program."""
        given = self.lesson.meta.get("lanes") or {}
        if given and all(name in self.lesson.runs for name in given):
            given = given.get(program, given.get("async", {}) if program != "sync" else {})
        events = self.events(program)
        lines = [text for _, text, _ in events]
        total = self.runs[program]["total_ms"] if self.timed else len(lines)
        begin, total = Moment(0, "0:"), Moment(total, "end")
        holds = program in self.blocking
        lanes, last = [], begin

        def line(name, text, after=-1):
            text = str(text)
            for same in (lambda l: l == text, lambda l: l.startswith(text)):
                for n in range(after + 1, len(lines)):
                    if same(lines[n]):
                        return n
            self.refuse(
                f"the lane “{name}” looks for a line “{text}”, and {program} prints none"
                + (" after its beginning" if after >= 0 else "")
                + "; mend the lane or give `lanes:` per program"
            )

        def moment(n, text):
            at, _, own = events[n]
            alike = sum(
                of == own and line.startswith(str(text)) for _, line, of in events[: n + 1]
            )
            return Moment(at, f"{'' if own else 'server '}{alike}:{text}")

        for name, rule in given.items():
            if isinstance(rule, dict) and "ticks" not in rule:
                self.refuse(
                    f"the lane “{name}” has neither a text, nor [from, to], nor {{ticks: prefix}}"
                )
            if isinstance(rule, dict) or not self.timed and not isinstance(rule, list):
                prefix = str(rule["ticks"] if isinstance(rule, dict) else rule)
                ticks = [at for at, text, _ in events if text.startswith(prefix)]
                if not ticks:
                    line(name, prefix)
                lanes.append((name, [("span", ticks[0], ticks[-1])], ticks, prefix))
                continue
            start, stop, options = begin, rule, {}
            if isinstance(rule, list):
                start, stop, *rest = rule + [None] * (2 - len(rule))
                options = rest[0] if rest else {}
            elif holds:
                start = last
            first = -1
            if isinstance(rule, list):
                if start == "start":
                    start = begin
                else:
                    first = line(name, start)
                    start = moment(first, start)
            stop = total if stop == "end" else moment(line(name, stop, first), stop)
            if holds or options.get("busy"):
                bars = [("hold", start, stop)]
            else:
                needs = start.later(int(float(options.get("waits", 1e9)) * 1000))
                bars = [("wait", start, min(stop, needs))]
                if stop - needs >= 100:
                    bars.append(("late", needs, stop))
            if "served" in options:
                turn = moment(line(name, options["served"], first), options["served"])
                bars = [("late", start, turn)] + [
                    (look, max(since, turn), end) for look, since, end in bars if end > turn
                ]
            last = stop
            lanes.append((name, bars, [], None))
        return lanes

    def thread(self, program, lanes):
        """When the thread is held, and when it is free. One that blocks holds it all the time, else it is
        held by the lanes that are busy; printing takes no time."""
        begin, total = Moment(0, "0:"), Moment(self.runs[program]["total_ms"], "end")
        if program in self.blocking:
            return [("hold", begin, total)]
        bars, at = [], begin
        for bar in sorted(
            (bar for _, bars, _, _ in lanes for bar in bars if bar[0] == "hold"),
            key=lambda bar: bar[1],
        ):
            if bar[1] > at:
                bars.append(("free", at, bar[1]))
            bars.append(bar)
            at = bar[2]
        return bars + ([("free", at, total)] if at < total else [])

    def percent(self, value):
        return f"{100 * value / self.end:.2f}".rstrip("0").rstrip(".")

    def lane(self, name, bars, ticks, ticked=None, kind=""):
        """`ticked` is what a line begins with that makes a tick, if some do."""
        out = []
        for look, start, stop in bars:
            label, width = "", 100 * (stop - start) / self.end
            if look in self.LOOKS:
                self.used.add(look)
                if self.timed:
                    word = (
                        {"hold": "held ", "free": "free "}[look]
                        if kind
                        else "ready "
                        if look == "late"
                        else ""
                    )
                    label = f'<b data-end="{stop}">{word}{self.seconds(stop - start)}</b>'
            edges = (
                f' data-from="{html.escape(start.line)}" data-to="{html.escape(stop.line)}"'
                if ticked is None
                else ""
            )
            place = (
                "" if width >= 18 else " short before" if 100 * stop / self.end > 80 else " short"
            )
            out.append(
                f'<i class="{look}{place}"{edges} style="--a:{self.percent(start)};--b:{self.percent(stop)}">{label}</i>'
            )
        for tick in ticks:
            self.used.add("tick")
            out.append(f'<i class="tick" style="--a:{self.percent(tick)}"></i>')
        of = f' data-ticks="{html.escape(ticked)}"' if ticked is not None else ""
        return f'<div class="lane {kind}"{of}><span>{html.escape(str(name))}</span><div class="track">{"".join(out)}</div></div>'

    def words(self, program, lanes):
        said = []
        if self.timed:
            lanes = [("the thread", self.thread(program, lanes), [], None)] + lanes
        for name, bars, ticks, _ in lanes:
            for look, start, stop in bars:
                if look in self.LOOKS:
                    does = (
                        {"hold": "is held", "free": "is free"}[look]
                        if name == "the thread"
                        else self.LOOKS[look]
                    )
                    said.append(f"{name} {does} from {self.seconds(start)} to {self.seconds(stop)}")
            if ticks:
                where = ", ".join(
                    seconds(t, self.digits) if self.timed else str(t) for t in ticks
                )
                said.append(
                    f"{name} prints at {where} s"
                    if self.timed
                    else f"{name} prints the lines {where}"
                )
        return f"<li><b>{program}</b>: {html.escape('; '.join(said) or 'one line after the other')}.</li>"

    def total(self, program):
        return f"{seconds(self.runs[program]['total_ms'])} s"

    def verdict(self):
        if not self.timed:
            return "No run takes any time; what differs is the order of the lines."
        first, *rest = self.programs
        # (Of the totals as they are shown, for the reader will subtract them.)
        shown = lambda program: decimal.Decimal(seconds(self.runs[program]["total_ms"]))
        said = [f"{first} {self.total(first)}"]
        for program in rest:
            less = shown(first) - shown(program)
            less = f"{abs(less)} s {'less' if less > 0 else 'more'}" if less else "the same"
            said.append(f"{program} {self.total(program)}: {less}")
        return ", ".join(said) + "."

    def axis(self):
        if not self.timed:
            step = 1 if self.end <= 8 else 4 if self.end <= 28 else 10
            marks = [(n, str(n)) for n in range(step, self.end + 1, step)]
            unit = "lines printed"
        else:
            step = next(
                s for s in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000)
                if self.end / s <= 6
            )
            marks = [(n, f"{n / 1000:g} s") for n in range(0, self.end + 1, step)]
            unit = ""
        return (
            '<div class="lane axis"><span>'
            + unit
            + '</span><div class="track">'
            + "".join(f'<i style="--a:{self.percent(at)}">{text}</i>' for at, text in marks)
            + "</div></div>"
        )

    def html(self):
        groups, screens, words = [], [], []
        for program in self.programs:
            lanes = self.lanes(program)
            drawn = [self.lane(*lane) for lane in lanes]
            if self.timed:
                drawn.insert(0, self.lane("thread", self.thread(program, lanes), [], kind="thread"))
            if not any(ticks for _, _, ticks, _ in lanes):
                ticks = [self.at(program, n) for n in range(len(self.runs[program]["lines"]))]
                drawn.append(self.lane("prints", [], ticks, "", kind="prints"))
            total = (
                self.total(program) if self.timed else f"{len(self.runs[program]['lines'])} lines"
            )
            end = self.runs[program]["total_ms"] if self.timed else len(self.runs[program]["lines"])
            groups.append(
                f'<div class="group" data-role="{role(program)}" data-program="{program}"><p><b>{program}</b>'
                f'<span data-end="{end}">{total}</span></p>{"".join(drawn)}</div>'
            )
            words.append(self.words(program, lanes))
            lines = "".join(
                f'<li data-at="{self.at(program, n)}"><span>'
                + (seconds(at, self.digits) if self.timed else str(n + 1))
                + f"</span> <samp>{html.escape(text)}</samp></li>"
                for n, (at, text) in enumerate(self.runs[program]["lines"])
            )
            screens.append(
                f'<div class="screen" data-role="{role(program)}" data-program="{program}"><p><b>{program}</b>'
                f'<span data-end="{end}">ended, {total}</span></p><ol>{lines}</ol></div>'
            )
        legend = "".join(
            f'<li class="{look}"><i></i>{text}</li>'
            for look, text in self.LOOKS.items()
            if look in self.used
        )
        return (
            f'<workbook-replay class="replay runs-{len(self.programs)}" data-end="{self.end}" data-unit="{"ms" if self.timed else "lines"}" style="--end:{self.end}">'
            f'<div class="chart" aria-hidden="true">{"".join(groups)}{self.axis()}</div>'
            f'<ul class="legend" aria-hidden="true">{legend}</ul>'
            f'<p class="verdict" role="status">{self.verdict()}</p>'
            f'{RECORDED if self.lesson.real_time else ""}'
            f'<div class="screens" style="--stamp:{len(seconds(self.end, self.digits)) if self.timed else len(str(self.end))}ch">'
            f'{"".join(screens)}</div>'
            f'<details class="in-words"><summary>The timeline in words</summary><ul>{"".join(words)}</ul></details>'
            f"</workbook-replay>"
        )

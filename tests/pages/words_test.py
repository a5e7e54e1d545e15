"""The words of the pages: no phrasing of words.toml may be there, except in the allowed places.

Run as a program it prints each new place, and what to write instead. If a place that
words_allowed.txt allows is gone, it says which line of that list to shorten: the list only shrinks.
Each line of it ends with the reason why the phrase is right there.
--shrink does that; --compare COMMIT says what the list allows now and did not then.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ALLOWED = HERE / "words_allowed.txt"
PHRASES = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))["phrase"]
for each in PHRASES:
    each["pattern"] = re.compile(each["pattern"], 0 if each.get("capitals") else re.I)

Place = collections.namedtuple("Place", "file line phrase text")


def pages(root):
    """The pages, and the exercises' texts, which are on pages, too."""
    return sorted(
        [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("lessons/*/README.md")]
        + [*root.glob("lessons/*/exercise.json")]
    )


def blank(match):
    """As many characters, and the same lines, but no words."""
    return re.sub(r"[^\n]", " ", match.group())


def prose(text):
    """The text without code and without the addresses of links; each character keeps its place."""
    text = re.sub(r"^(```+).*?^\1", blank, text, flags=re.M | re.S)
    text = re.sub(r"<!--.*?-->|<a id=\"[^\"]*\">", blank, text, flags=re.S)
    text = re.sub(r"(`+)[^`]+?\1", blank, text, flags=re.S)
    return re.sub(r"(?<=\])\([^)\s]*\)", blank, text)


def paragraphs(text):
    """Each with its beginning. A heading, an item, a row of a table are paragraphs, too."""
    start = 0
    for match in re.finditer(r"\n(?=\s*\n|\s*(?:[-*] |\d+\. |#|\|))|\Z", text):
        yield start, text[start : match.start()]
        start = match.end()


def strings(value):
    """All strings of a JSON file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def flattened(text):
    """A paragraph in one line, with one blank between words, and where each character was."""
    marks = re.match(r"[\s#>]*(?:[-*] |\d+\. )?\s*", text)
    assert marks
    matches = list(re.compile(r"\s+|\S").finditer(text, marks.end()))
    flat = "".join(match.group() if match.group().strip() else " " for match in matches)
    return flat, [match.start() for match in matches]


def found_in(text):
    """Each phrase that a paragraph has, where it is, and how it is written there."""
    flat, starts = flattened(text)
    for phrase in PHRASES:
        for match in phrase["pattern"].finditer(flat):
            yield phrase, starts[match.start()], match.group().strip()


def places(root):
    """Every place that has one of the phrases."""
    for path in pages(root):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            parts = [
                (text.find(json.dumps(string, ensure_ascii=False)), prose(string))
                for string in strings(json.loads(text))
            ]
        else:
            parts = list(paragraphs(prose(text)))
        for start, part in parts:
            for phrase, offset, words in found_in(part):
                yield Place(name, text.count("\n", 0, start + offset) + 1, phrase, words)


def rows(text):
    """The fields of each line of a list like words_allowed.txt: file, phrase, count, reason."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [[field.strip() for field in line.split("|", 3)] for line in lines]


def parsed(text):
    """How often each phrase may be in each file, by a list like words_allowed.txt."""
    return {(file, phrase): int(count) for file, phrase, count, *_ in rows(text)}


def faults(found, allowed):
    """The faults, in sentences: places that are new, and allowed ones that are gone."""
    by_key = collections.defaultdict(list)
    for place in found:
        by_key[place.file, place.phrase["name"]].append(place)
    for key in sorted({*by_key, *allowed}):
        there, may = by_key[key], allowed.get(key, 0)
        if len(there) > may:
            for place in there:
                yield (
                    f'{place.file}:{place.line}: "{place.text}":'
                    f" say instead {place.phrase['instead']}"
                )
            if may:
                yield f"  ({len(there)} places, of which {may} may stay as they are)"
        elif len(there) < may:
            yield (
                f'{ALLOWED.name}: "{key[0]} | {key[1]} | {may}":'
                f" only {len(there)} of these are left."
                f" Shrink the list: {pathlib.Path(__file__).name} --shrink"
            )


class Words(unittest.TestCase):
    def test_each_phrase_is_caught_and_what_replaces_it_is_not(self):
        for phrase in PHRASES:
            with self.subTest(phrase["name"]):
                self.assertIn(phrase, [found for found, _, _ in found_in(phrase["caught"])])
                self.assertNotIn(phrase, [found for found, _, _ in found_in(phrase["passed"])])

    def test_what_is_code_is_no_prose(self):
        text = "A `nobody` and\n```\nnobody\n```\n<!-- nobody -->[text](nobody.md) nobody"
        self.assertEqual(len(prose(text)), len(text))
        self.assertEqual(prose(text).split(), ["A", "and", "[text]", "nobody"])
        # The anchor that a heading had under its former name.
        self.assertEqual(prose('<a id="nobody-is-told"></a>').strip(), "</a>")

    def test_a_place_too_many_is_named_with_its_line(self):
        phrase = next(p for p in PHRASES if p["name"] == "nobody")
        place = Place("a.md", 3, phrase, "nobody")
        self.assertEqual(list(faults([place], {("a.md", "nobody"): 1})), [])
        self.assertRegex(next(faults([place], {})), r'^a\.md:3: "nobody": say instead ')

    def test_a_place_that_is_gone_is_no_longer_allowed(self):
        said = next(faults([], {("a.md", "nobody"): 1}))
        self.assertIn("only 0 of these are left", said)

    def test_the_list_only_shrinks(self):
        before = {("a.md", "nobody"): 2}
        self.assertEqual(list(grown({("a.md", "nobody"): 1}, before)), [])
        self.assertTrue(list(grown({("a.md", "nobody"): 3}, before)))
        self.assertTrue(list(grown({("b.md", "nobody"): 1}, before)))

    def test_each_allowed_place_has_its_reason(self):
        for row in rows(read_allowed()):
            self.assertTrue(row[3:] and row[3], f"{ALLOWED.name}: no reason: {' | '.join(row)}")

    def test_no_page_ends_processes_by_a_pattern(self):
        # It would also end an editor that has the file open. `ps`, then `kill` with a number.
        for page in pages(ROOT):
            found = re.search(r"\b(?:pkill|killall)\b.*", page.read_text(encoding="utf-8"))
            self.assertIsNone(found, page)

    def test_the_pages(self):
        said = list(faults(places(ROOT), parsed(read_allowed())))
        if said:
            self.fail("\n" + "\n".join(said))


def grown(allowed, before):
    """What a list allows that an older one did not, in sentences."""
    for (file, phrase), count in sorted(allowed.items()):
        if count > before.get((file, phrase), 0):
            yield f'{ALLOWED.name}: "{file} | {phrase} | {count}" allows more than before.'


def read_allowed():
    return ALLOWED.read_text(encoding="utf-8")


def shrink():
    """Removes from the list the places that are gone. It never adds any."""
    there = collections.Counter((place.file, place.phrase["name"]) for place in places(ROOT))
    lines = [line for line in read_allowed().splitlines() if line.startswith("#")]
    for file, phrase, count, *reason in rows(read_allowed()):
        if left := min(int(count), there[file, phrase]):
            lines.append(" | ".join([file, phrase, str(left), *reason]))
    ALLOWED.write_text("\n".join(lines) + "\n", encoding="utf-8")


def compare(commit):
    """Ends with 1 if the list allows more than at that commit (where it may not have been yet)."""
    where = f"{commit}:{ALLOWED.relative_to(ROOT).as_posix()}"
    git = ["git", "show", where]
    shown = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    said = [] if shown.returncode else list(grown(parsed(read_allowed()), parsed(shown.stdout)))
    sys.exit("\n".join(said) or 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["--shrink"]:
        shrink()
    elif sys.argv[1:2] == ["--compare"] and len(sys.argv) == 3:
        compare(sys.argv[2])
    else:
        unittest.main()

"""The mkdocs hook that makes one classic script of each of docs/assets/workbook.js and
present/presenting.js.

It holds the module of that name and those that it imports. A page that was opened as a file
can load a script, but no module. A reader who builds the pages has mkdocs, but seldom npm, so npm's
bundlers cannot do this. Here each module becomes a function that returns what the module exports,
and the functions are called in the order in which a browser would run the modules. That is correct
for a part of the language, and all else is refused: an import is
`import { a, b } from "./file.js";` or `import "./file.js";`, an export is a function, a class or a
`const`, at its declaration, both begin their line, and no two modules import each other.

The modules are in the site as well: those in live/, which only a server ever sends, import dom.js
themselves.
"""

import pathlib
import posixpath
import re
from typing import NoReturn

from mkdocs.config import Config
from mkdocs.exceptions import PluginError

ENTRIES = ("workbook.js", "present/presenting.js")
STATEMENT = re.compile(r"^(?:import|export)\b.*", re.M)
IMPORT = re.compile(r'import (?:\{\s*(\w+(?:,\s*\w+)*),?\s*\} from )?"(\.{1,2}/[a-z_]+\.js)";')
EXPORT = re.compile(r"export (?=(?:(?:async )?function\*?|class|const) (\w+))")


class Bundle:
    """The text of one script that does what the module `entry` of a folder does."""

    def __init__(self, folder: pathlib.Path, entry: str) -> None:
        self.folder = folder
        self.begun: set[str] = set()
        self.exports: dict[str, list[str]] = {}  # of each module that is in the bundle
        self.parts: list[str] = []
        self.add(entry)
        self.text = '"use strict";\n(() => {\n' + "\n".join(self.parts) + "})();\n"

    def add(self, name: str) -> None:
        """Appends this module after those that it imports."""
        self.begun.add(name)
        text = (self.folder / name).read_text(encoding="utf-8")
        exports: list[str] = []
        body, end = "", 0
        for statement in STATEMENT.finditer(text):
            body += text[end : statement.start()]
            line = text.count("\n", 0, statement.start()) + 1
            if export := EXPORT.match(text, statement.start()):
                exports.append(export[1])
                end = export.end()
            elif match := IMPORT.match(text, statement.start()):
                body += self.imported(match, name, f"{name}:{line}")
                end = match.end()
            else:
                refuse(
                    f"{name}:{line}",
                    f"`{statement[0]}` is not a form that tools/site/bundle.py takes",
                )
        body += text[end:]
        self.exports[name] = exports
        self.parts.append(
            f"// {name}\nconst {variable(name)} = (function () {{\n{body}"
            f"return {{ {', '.join(exports)} }};\n}})();\n"
        )

    def imported(self, match: re.Match[str], name: str, place: str) -> str:
        """The text that replaces an import."""
        names = re.findall(r"\w+", match[1] or "")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
        if not (self.folder / file).is_file():
            refuse(place, f"there is no docs/assets/{file}; fix the import")
        if file not in self.begun:
            self.add(file)
        if file not in self.exports:
            refuse(place, f"{file} imports this module; move what both need to a third one")
        for each in names:
            if each not in self.exports[file]:
                refuse(place, f"{file} exports no `{each}`; fix the import")
        return f"const {{ {', '.join(names)} }} = {variable(file)};" if names else ""


def variable(file: str) -> str:
    return "$" + re.sub(r"\W", "_", file.removesuffix(".js"))


def refuse(place: str, sentence: str) -> NoReturn:
    raise PluginError(f"docs/assets/{place}: {sentence}.")


def on_post_build(config: Config) -> None:
    for entry in ENTRIES:
        bundle = Bundle(pathlib.Path(config["docs_dir"]) / "assets", entry)
        made = pathlib.Path(config["site_dir"]) / "assets" / entry
        made.write_text(bundle.text, encoding="utf-8")

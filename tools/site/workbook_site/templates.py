"""The HTML: templates/ holds one template for each kind of block."""

import functools
import html
import pathlib
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

MARKDOWN = "\0"  # before and after each piece of Markdown in the HTML


class OneLine(Extension):
    """A template is written in indented lines, and its HTML has neither: in a listing or between
    two words a blank would be seen. The comment keeps the lines that Jinja's messages name."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n\s*", lambda lines: "{#" + lines[0] + "#}", source.rstrip())


def escaped(value: object) -> Markup:
    """The names for quotes that Python's own library gives them, not those of Jinja."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def as_markdown(text: str) -> Markup:
    """What Markdown will render, wherever it is in the HTML."""
    return Markup(MARKDOWN + text + MARKDOWN)


@functools.cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(pathlib.Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[OneLine],
        finalize=escaped,
    )
    made.filters["markdown"] = as_markdown
    return made


def render(template: str, **values: Any) -> str:
    return environment().get_template(template).render(**values)

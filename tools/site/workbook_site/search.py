"""The texts that the search looks through."""

import html
import json
import pathlib
import re
from collections.abc import Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    address: str
    title: str
    text: str


def sections(url: str, title: str, content: str) -> list[Entry]:
    """One entry for each section: the prose and the programs. No answers, and nothing twice."""
    content = re.sub(
        r'<(details) class="(?:answer|diff)">.*?</\1>|<(workbook-replay) .*?</\2>|'
        r'<(figure) class="output".*?</\3>|'
        r'<(a) class="headerlink".*?</\4>|<(dl|section) class="(?:commands|aids)".*?</\5>',
        "",
        content,
        flags=re.S,
    )
    heading, *rest = re.split(r'<h[23] id="([^"]+)">(.*?)</h[23]>', content, flags=re.S)
    entries = [Entry(url, title, plain(re.sub(r"<h1.*?</h1>", "", heading, flags=re.S)))]
    for anchor, name, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        entries.append(Entry(f"{url}#{anchor}", f"{plain(name)} ({title})", plain(text)))
    return entries


def plain(text: str) -> str:
    text = re.sub(r"</?(?:span|code|a|em|strong|i)\b[^>]*>", "", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def write(entries: Sequence[Entry], path: pathlib.Path) -> None:
    """As a script: a page that was opened as a file may load one, but not fetch anything."""
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    path.write_text("window.workbookIndex=" + text, encoding="utf-8")

"""What Markdown made, finished: tables that a phone can stack, code that breaks where it may."""

import html
import re

from markupsafe import Markup

LONG = 12  # letters of code that fit into any line
# Code is read in pieces, and a line may end after one: after `::`, `->`, `,`, `=`, `/`, `.`, `(`, and
# after the `:` of JSON.
PIECES = re.compile(r"::|->|[,=](?=\S)|(?<=\w)[./](?=[A-Za-z_])|\((?=\w)|:(?=[\"\d{\[])")


def finished(content: str) -> str:
    content = re.sub(r"<table>.*?</table>", lambda table: stacked(table[0]), content, flags=re.S)
    # (A block of code scrolls when it is wide, and a keyboard must reach it.)
    parts = re.split(r"(<pre\b.*?</pre>)", content, flags=re.S)
    for n, part in enumerate(parts):
        if n % 2:
            parts[n] = part.replace("<pre><code", '<pre tabindex="0"><code')
        else:
            parts[n] = re.sub(r"(<(?:code|samp)>)([^<]*)(</(?:code|samp)>)", breakable, part)
    return "".join(parts)


def stacked(table: str) -> str:
    """Each cell has the name of its column, because on a phone the cells of a row stand below each
    other. Where a table scrolls, it does so by itself, and a keyboard must reach it."""
    names = [plain(cell) for cell in re.findall(r"<th>(.*?)</th>", table, flags=re.S)]

    def row(match: re.Match[str]) -> str:
        columns = iter(names)
        return re.sub(
            "<td>", lambda _: Markup('<td data-column="{}">').format(next(columns)), match[0]
        )

    cells = re.sub(r"<tr>.*?</tr>", row, table, flags=re.S)
    return f'<div class="table" tabindex="0" role="group" aria-label="Table">{cells}</div>'


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def breakable(code: re.Match[str]) -> str:
    text = html.unescape(code[2])
    if len(text) <= LONG:
        return code[0]
    pieces = PIECES.sub(lambda piece: piece[0] + "\0", text)
    return code[1] + html.escape(pieces, False).replace("\0", "<wbr>") + code[3]

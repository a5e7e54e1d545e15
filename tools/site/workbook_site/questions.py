"""Predictions and quizzes, and whether a right answer says what the run says."""

import re

from .page import Page
from .runs import seconds
from .templates import render


def predict(page: Page, words: list[str]) -> list[str]:
    page.predicted = True
    kind = words[0] if words else ""
    if kind == "choose":
        return choice(page, "predict", words[1:])
    if kind != "order" or len(words) not in (2, 3) or page.lesson is None:
        page.refuse("write `<!-- predict order PROGRAM -->` or `<!-- predict choose -->`")
    lines = [line.text for line in page.run(page.lesson, words[1]).lines]
    if len(words) == 3:
        part = re.fullmatch(r"(\d+)-(\d+)", words[2])
        if not part or not 1 <= int(part[1]) < int(part[2]) <= len(lines):
            page.refuse(
                f"`{words[2]}` is not a part of the {len(lines)} lines of {words[1]}; write it as 1-8"
            )
        lines = lines[int(part[1]) - 1 : int(part[2])]
    if len(lines) > 8:
        page.refuse(
            f"{words[1]} prints {len(lines)} lines, too many to order; take a part, as in 1-8"
        )
    page.questions += 1
    page.at += 1
    question = page.paragraph()
    if not question:
        page.refuse("the prediction has no question; write it in the paragraph right below")
    return page.put(render("order.html", question="\n".join(question), lines=lines))


def quiz(page: Page, words: list[str]) -> list[str]:
    return choice(page, "quiz", words)


def choice(page: Page, step: str, checks: list[str]) -> list[str]:
    begin, page.at = page.at, page.at + 1
    page.questions += 1
    question = page.paragraph()
    if not question or not question[0].startswith("**"):
        page.refuse(
            f"the {step} has no question; write it in **bold** in the paragraph right below",
            begin,
        )
    choices = page.ordered_list()
    if len(choices) < 2:
        page.refuse(f"the {step} has no choices; write an ordered list below its question", begin)
    page.skip_blank()
    summary = page.lines[page.at] if page.at < len(page.lines) else ""
    if not summary.startswith("<details>"):
        page.refuse(
            f"the {step} has no answer; write <details><summary>Answer</summary> below its choices",
            begin,
        )
    page.at += 1
    answer = page.ordered_list()
    if len(answer) != 1 or not 1 <= answer[0].number <= len(choices):
        page.refuse(
            f"the {step} has no right answer; write one numbered item in its <details>, its number "
            f"one of 1 to {len(choices)}",
            begin,
        )
    number = answer[0].number
    right = " ".join(line.strip() for line in choices[number - 1].lines)
    for check in checks:
        verify(page, check, right, number, begin)
    wrong = page.wrong_choices()
    others = [n for n in range(1, len(choices) + 1) if n != number]
    if [item.number for item in wrong] != others:
        page.refuse(
            f"the {step} does not say of each wrong choice why it is wrong; below the right one "
            f"write {' and '.join(f'`- Not {n}: …`' for n in others)}",
            begin,
        )
    page.skip_blank()
    if page.at >= len(page.lines) or page.lines[page.at].strip() != "</details>":
        page.refuse("the answer must end with </details>, after its wrong choices")
    page.at += 1
    return page.put(
        render(
            "choice.html",
            step=step,
            right=number,
            question="\n".join([*question, "", *(line for item in choices for line in item.lines)]),
            why=f"**{number}.** {answer[0].body()}",
            wrong=[(item.number, f"**Not {item.number}:** {item.body()}") for item in wrong],
        )
    )


def verify(page: Page, check: str, right: str, number: int, at: int) -> None:
    """If a run can confirm an answer, it must: the right choice says what the run says."""
    kind, _, program = check.partition("=")
    program, _, n = program.partition(":")
    if kind not in ("total", "line", "lines") or not program or page.lesson is None:
        page.refuse(
            f"`{check}` is unknown; there are total=PROGRAM, line=PROGRAM:N and lines=PROGRAM",
            at,
        )
    run = page.run(page.lesson, program, at)
    if kind == "line":
        if not n.isdigit() or not 1 <= int(n) <= len(run.lines):
            page.refuse(f"`{check}` names no line; {program} prints {len(run.lines)}", at)
        said = run.lines[int(n) - 1].text
        holds = said in right
    elif kind == "lines":
        said = str(len(run.lines))
        holds = bool(re.search(rf"(?<![\d.]){said}(?![\d.]\d)", right))
    else:
        said = seconds(run.total_ms)
        value = re.escape(said[:-2]) + r"(\.0)?" if said.endswith(".0") else re.escape(said)
        holds = bool(re.search(rf"(?<![\d.]){value}(\s|\u00a0|&nbsp;)?s", right))
        said += " s"
    if not holds:
        page.refuse(
            f"the answer is {number}, but {check} is “{said}”, and choice {number} does not say "
            "so; fix the answer or its choice",
            at,
        )

"""The rows of Markdown's tables, known by the row of dashes or by their neighbours."""

import re
from collections.abc import Iterator

_RULE = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


def table_rows(text: str) -> dict[int, bool]:
    """Where lines begin that are rows of tables, and whether they are ruled lines that say nothing."""
    found: dict[int, bool] = {}
    if "|" in text:
        for run in _runs(text):
            rules = {number: line for number, (_, line) in enumerate(run) if _RULE.fullmatch(line)}
            first = max(min(rules) - 1, 0) if rules else 0
            if rules or (len(run) > 1 and all(_is_framed(line) for _, line in run)):
                for number, (start, _) in enumerate(run[first:], first):
                    found[start] = number in rules
    return found


def _runs(text: str) -> Iterator[list[tuple[int, str]]]:
    """Lines with a bar that follow each other."""
    run: list[tuple[int, str]] = []
    start = 0
    for line in text.split("\n"):
        if "|" in line:
            run.append((start, line))
        elif run:
            yield run
            run = []
        start += len(line) + 1
    if run:
        yield run


def _is_framed(line: str) -> bool:
    found = line.strip(" \t>")
    return found.startswith("|") and found.endswith("|") and found.count("|") > 2

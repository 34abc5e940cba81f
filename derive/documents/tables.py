"""The rows of Markdown's tables, known by the row of dashes or by their neighbours."""

import re
from collections.abc import Iterator, Mapping

_RULE = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_NAMES = frozenset("variable symbol name node quantity größe knoten variablen variável símbolo nodo nœud".split())
_FORMULAS = frozenset("expression formula definition equation ausdruck formel expresión expressão fórmula".split())


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


def equated_bars(text: str, rows: Mapping[int, bool]) -> frozenset[int]:
    """The bars that stand for a sign of equality: behind a name, in tables whose head says Variable | Expression."""
    found: set[int] = set()
    is_defining, end = False, -1
    for start, is_rule in rows.items():
        is_defining = is_defining and start == end + 1
        end = text.find("\n", start) % (len(text) + 1)
        first, second, *_ = *(cell.strip() for cell in text[start:end].lstrip(" \t>|").split("|")), ""
        if first.lower() in _NAMES:
            is_defining = second.lower() in _FORMULAS
        elif is_defining and not is_rule and second and len(first.split()) == 1:
            found.add(text.index("|", text.index(first, start)))
    return frozenset(found)


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

"""The report for a terminal, as styled lines: the author's line, a caret under what is wrong, the right form."""

import textwrap
from collections.abc import Iterable, Iterator

from derive.checking.report import Checked, Report, Summary
from derive.folding import folded

Line = tuple[str, str]
"""(style, text); a style is a verdict, "right", "title" or "quiet", "" for none."""

_OPEN = ("refuted", "undecided", "not-understood")
_WORDS = {"not-understood": "not understood"}
_INDENT = "    "
_MOST_ASSUMED = 12
_MOST_LINES = 8
_MOST_MENDED = 12


def report_lines(report: Report, width: int) -> Iterator[Line]:
    """What is not right or not read as it stands, the names that were matched, counts of each file and of all."""
    for examined in report.examined:
        for one in examined.checked:
            if one.verdict in _OPEN:
                yield from _told(one, width)
                yield "", ""
        yield from _mended(examined.checked, width)
        if examined.assumed and examined.checked:
            names = [f"{written} = {name}" for written, name in examined.assumed]
            more = f", and {len(names) - _MOST_ASSUMED} more" if len(names) > _MOST_ASSUMED else ""
            yield from _folded(
                "names matched to the walkthrough: ", ", ".join(names[:_MOST_ASSUMED]) + more, width, "quiet"
            )
        if examined.taken:
            yield from _folded("values taken from the walkthrough: ", ", ".join(examined.taken), width, "quiet")
        if len(report.examined) > 1:
            yield "", f"{examined.file}: {Summary.of(examined.checked)}"
    yield "title", str(Summary.of(report.checked))


def _told(one: Checked, width: int) -> Iterator[Line]:
    yield one.verdict, f"{_place(one)}: {_WORDS.get(one.verdict, one.verdict)}"
    for formula, caret in _shown(one.text, width):
        yield "", formula
        if caret is not None:
            yield one.verdict, " " * caret + "^"
    if one.reading:
        yield from _folded("read as: ", one.reading, width)
    if one.slip:
        yield from _folded("", one.slip.partition(": ")[2], width, "title")
    if one.correct:
        yield from _folded("right: ", one.correct, width, "right")
    if one.reason:
        yield from _folded("", one.reason, width, "quiet")


def _place(one: Checked) -> str:
    return f"{one.file}:{one.line}:{one.column}" if one.file else f"line {one.line}, column {one.column}"


def _mended(checked: Iterable[Checked], width: int) -> Iterator[Line]:
    """What is right as it was read, where it does not stand so: the author may want to mend it."""
    mended = [one for one in checked if one.verdict not in _OPEN and one.reading]
    for one in mended[:_MOST_MENDED]:
        why = f" ({one.reason})" if one.reason else ""
        yield from _folded(f"{_place(one)}: {one.verdict}, read as: ", f"{one.reading}{why}", width, "quiet", indent="")
    if len(mended) > _MOST_MENDED:
        yield "quiet", f"and {len(mended) - _MOST_MENDED} more that are right as they were read: see --json"


def _shown(text: str, width: int) -> Iterator[tuple[str, int | None]]:
    """A formula in lines that fit, and on the line where its right member starts the column of that.

    A formula of more than _MOST_LINES lines is shown around its last = only.
    """
    caret = text.find("=") + 1
    while caret < len(text) and text[caret] in " =":
        caret += 1
    caret = min(caret, max(0, len(text) - 1))
    lines = list(folded(_INDENT + text, width))
    if len(lines) > _MOST_LINES or max(map(len, lines)) > width:
        start = max(0, min(caret - width // 3, len(text) - width + len(_INDENT)))
        yield _INDENT + _cut(text, start, width - len(_INDENT)), len(_INDENT) + caret - start
        return
    waiting = len("".join(text[:caret].split()))  # what is printed before it, blanks apart
    for line in lines:
        inked = [column for column, sign in enumerate(line) if not sign.isspace()]
        yield line, inked[waiting] if 0 <= waiting < len(inked) else None
        waiting -= len(inked)


def _cut(text: str, start: int, width: int) -> str:
    """So much of a text from a place on, … where some is left out."""
    shown = text[start : start + width]
    shown = f"…{shown[1:]}" if start else shown
    return f"{shown[:-1]}…" if start + width < len(text) else shown


def _folded(label: str, text: str, width: int, style: str = "", indent: str = _INDENT) -> Iterator[Line]:
    wrapped = textwrap.wrap(label + text, max(20, width - len(indent)), subsequent_indent="  ", break_long_words=False)
    for line in wrapped:
        yield style, indent + line

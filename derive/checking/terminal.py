"""The report for a terminal, as styled lines: what was understood, then each line that is not right, then the
counts.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from derive.checking.report import WORDS, Checked, Examined, Report, Summary, Understood, plural
from derive.folding import folded
from derive.sentences import sentence

Line = tuple[str, str]
"""(style, text); a style is a verdict, "right", "title" or "quiet", "" for none."""

_NAMES = re.compile(r"[^\W\d_]\w*")
_INDENT = "    "
_UNBROKEN = 1_000_000
_MOST_DEFINED = 14
_MOST_NAMED = 12
_MOST_LINES = 8
_MOST_POINT = 4
_MOST_LISTED = 12


def report_lines(report: Report, width: int | None, *, verbose: bool = False) -> Iterator[Line]:
    """For each document how it was read, what is not right, and what is not read; the counts last.

    Lines are cut and folded at `width`; where that is None, none is.
    """
    width = _UNBROKEN if width is None else width
    for examined in report.examined:
        if len(report.examined) > 1:
            yield "title", examined.file
        yield from _understood(examined.understood, width, verbose)
        yield from _right(examined, width, verbose)
        yield "", ""
        for one in examined.checked:
            if one.verdict in ("refuted", "undecided"):
                yield from _told(one, width, verbose)
                yield "", ""
        if any(one.verdict == "not-understood" for one in examined.checked):
            yield from _unread(examined.checked, width, verbose)
            yield "", ""
        if len(report.examined) > 1:
            yield "title", f"{examined.file}: {Summary.of(examined.checked)}"
            yield "", ""
    yield "title", str(Summary.of(report.checked))


# what was understood


def _understood(understood: Understood, width: int, verbose: bool) -> Iterator[Line]:
    defined = understood.defined
    shown = defined if verbose else defined[:_MOST_DEFINED]
    if defined:
        yield "quiet", "This is what the document defines, and what its other lines are held against:"
        width_of = max(len(one.where) for one in shown)
        for one in shown:
            words, _, number = one.where.rpartition(" ")
            head = f"{_INDENT}{words} {number:>{width_of - len(words) - 1}}  "
            yield "", _cut(head + one.text, 0, width)
        if len(shown) < len(defined):
            yield "quiet", f"{_INDENT}and {len(defined) - len(shown)} more (-v lists them)"
    for lent in understood.lent:
        yield from _folded("Taken from elsewhere, since the document does not say it: ", lent, width, "quiet", "")
    if understood.same:
        names = [f"{written} as {read}" for written, read in understood.same]
        yield from _folded("Names read as another spelling: ", _listed(names, _MOST_NAMED), width, "quiet", "")
    if understood.notes:
        yield from _folded("Assumed: ", _listed(list(understood.notes), _MOST_NAMED, "; "), width, "quiet", "")
    if understood.opaque:
        yield from _folded(
            "Used, and nowhere said what it is: ", _listed(list(understood.opaque), _MOST_NAMED), width, "quiet", ""
        )


def _right(examined: Examined, width: int, verbose: bool) -> Iterator[Line]:
    """How many lines are right; each of them with -v; numbers whose last digit is off."""
    proved = [one for one in examined.checked if one.verdict == "proved"]
    stated = [one for one in examined.checked if one.verdict != "definition"]
    if stated:
        yield (
            "right",
            f"{len(proved)} of {plural(len(stated), 'equality')} right"
            + ("." if verbose or not proved else " (-v lists them)."),
        )
    for one in proved if verbose else ():
        yield "proved", _cut(f"{_INDENT}{one.where}  {one.text}", 0, width)
    for one in [one for one in proved if one.imprecise][: None if verbose else _MOST_LISTED]:
        yield from _folded(
            f"{_place(one)}: right but for the last digit: ", f"{one.text} ({one.reason})", width, "quiet", ""
        )
    mended = [one for one in proved if one.reading]
    for one in mended if verbose else mended[:_MOST_LISTED]:
        yield from _folded(f"{_place(one)}: right if read so: ", f"{one.text} ({one.reading})", width, "quiet", "")
    if len(mended) > _MOST_LISTED and not verbose:
        yield "quiet", f"and {len(mended) - _MOST_LISTED} more that are right as they were read (-v lists them)"


# what is not right


def _told(one: Checked, width: int, verbose: bool) -> Iterator[Line]:
    yield one.verdict, f"{_place(one)}: {WORDS[one.verdict]}"
    for formula, marks in _shown(one.text, one.culprit, width):
        yield "", formula
        if marks:
            yield one.verdict, marks
    if one.reading:
        yield from _folded("read so: ", one.reading, width)
    if one.slip:
        yield from _folded("", _sentence(one.slip.partition(": ")[2] or one.slip, one), width, "title")
    elif one.verdict == "refuted" and one.kind == "" and one.correct:
        yield from _folded("", "The two sides are not the same.", width, "title")
    if one.correct:
        yield from _folded("what belongs there: ", one.correct, width, "right")
    if one.numbers is not None and one.kind != "numeric" and one.numbers.left != one.correct:
        yield from _folded("", _numbers(one, verbose), width, "quiet")
    elif one.sizes:
        yield from _folded("", f"The two sides differ for {_sizes(one)}.", width, "quiet")
    if one.reason and one.reason != "the two sides differ" and not (one.slip or "").endswith(one.reason):
        yield from _folded("", _sentence(one.reason, one), width, "quiet")


def _numbers(one: Checked, verbose: bool) -> str:
    assert one.numbers is not None
    told = f"the left side is {one.numbers.left}, the right side {one.numbers.right}"
    if one.numbers.at == "document":
        return f"With the document's own numbers {told}."
    point = one.witness or ()
    if one.sizes:
        told = f"For {_sizes(one)} {told}"
        return f"{told}, at {_point(point)}." if point and verbose else f"{told} (-v shows at which values)."
    if point and (verbose or len(point) <= _MOST_POINT):
        return f"At {_point(point)} {told}."
    return f"For example, {told} (-v shows at which values)." if point else f"{told[0].upper()}{told[1:]}."


def _point(point: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point)


def _sizes(one: Checked) -> str:
    return ", ".join(f"{name} = {size}" for name, size in one.sizes or ())


def _sentence(words: str, one: Checked) -> str:
    """Words about a line as a sentence; what begins with a name of that line stays as it is."""
    return sentence(words, _NAMES.findall(f"{one.text} {one.correct or ''}"))


def _unread(checked: Sequence[Checked], width: int, verbose: bool) -> Iterator[Line]:
    """What is not understood, once by its reason with all its lines."""
    kinds: dict[str, list[Checked]] = {}
    for one in checked:
        if one.verdict == "not-understood":
            kinds.setdefault(_kind(one.reason or "no formula"), []).append(one)
    count = sum(map(len, kinds.values()))
    yield (
        "not-understood",
        f"{plural(count, 'equality')} not understood, so nothing is said of {'it' if count == 1 else 'them'}:",
    )
    for kind, found in kinds.items():
        yield from _folded("", f"{kind} ({_lines(found, len(found) if verbose else _MOST_LISTED)})", width, "")
        for one in found if verbose else ():
            yield "quiet", _cut(f"{_INDENT}  {one.where}  {one.text}", 0, width)


def _kind(reason: str) -> str:
    """A reason without the formula that it stands in."""
    return reason.partition(" here: ")[0] + (" here" if " here: " in reason else "")


# places, cuts


def _lines(found: Sequence[Checked], most: int) -> str:
    """`line 7`, `lines 7, 9`, `cell 2, line 1; cell 3, line 4`."""
    if any(one.cell for one in found):
        return _listed(list(dict.fromkeys(one.where for one in found)), most, "; ")
    numbers = list(dict.fromkeys(str(one.line) for one in found))
    return f"line{'s' * (len(numbers) > 1)} {_listed(numbers, most)}"


def _place(one: Checked) -> str:
    if one.cell:
        return f"{one.file}, {one.where}".removeprefix(", ")
    return f"{one.file}:{one.line}:{one.column}" if one.file else f"line {one.line}, column {one.column}"


def _listed(names: list[str], most: int, sign: str = ", ") -> str:
    more = f"{sign}and {len(names) - most} more" if len(names) > most else ""
    return sign.join(names[:most]) + more


def _shown(text: str, culprit: tuple[int, int] | None, width: int) -> Iterator[tuple[str, str]]:
    """A formula in lines that fit, and below each the carets under the part of it that a slip is about.

    A formula of more than _MOST_LINES lines is shown around that part only.
    """
    lines = list(folded(_INDENT + text, width))
    start, end = culprit or (0, 0)
    if len(lines) > _MOST_LINES or max(map(len, lines)) > width:
        room = width - len(_INDENT)
        begin = max(0, min(start - width // 3, len(text) - room))
        marks = " " * (len(_INDENT) + start - begin) + "^" * max(1, min(end, begin + room) - start)
        yield _INDENT + _cut(text, begin, room), marks if culprit else ""
        return
    first, last = (len("".join(text[:place].split())) for place in (start, end))
    printed = 0
    for line in lines:
        inked = [column for column, sign in enumerate(line) if not sign.isspace()]
        marked = [column for place, column in enumerate(inked) if first <= printed + place < last]
        printed += len(inked)
        last = first if marked else last  # the first line that has some of it is enough
        yield line, " " * marked[0] + "^" * (marked[-1] - marked[0] + 1) if marked else ""


def _cut(text: str, start: int, width: int) -> str:
    """So much of a text from a place on, … where some is left out."""
    shown = text[start : start + width]
    shown = f"…{shown[1:]}" if start else shown
    return f"{shown[:-1]}…" if start + width < len(text) else shown


def _folded(label: str, text: str, width: int, style: str = "", indent: str = _INDENT) -> Iterator[Line]:
    wrapped = textwrap.wrap(
        label + text,
        max(20, width - len(indent)),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in wrapped:
        yield style, indent + line

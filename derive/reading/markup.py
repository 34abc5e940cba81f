"""A document of any kind to lines of linear formulas and prose: Markdown, LaTeX and HTML are undone, places are kept.

The kinds are mixed in one file as people mix them, so every rule looks for its own marks and not for a file's name.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from derive.errors import DeriveError
from derive.reading.commas import with_points
from derive.reading.macros import expand_macros
from derive.reading.mathematics import EDGE, ESCAPE, with_mathematics
from derive.reading.notation import canonical
from derive.reading.renewed import with_updates
from derive.reading.tags import BRACED, image, script, without_html
from derive.reading.traced import Traced, join
from derive.reading.withdrawn import without_withdrawn

_STRANGE = re.compile(r"[^\w\s]{20000,}")
LONGEST_LINE = 20_000
"""Longer lines are nobody's formula."""
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[((?:[^\[\]\n]|\n(?!\n)|\[[^\[\]\n]*\]){0,4000})\](?:\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\))?")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\n]|\[[^\[\]\n]*\]){1,400})\]\((?:https?:|www\.|#|\.{0,2}/)[^()\s]*\)")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\ue000]+")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_CODE = re.compile(r"`+([^`\n]*)`+")
_BULLET = re.compile(
    r"^[ \t]*(?:[*•·▪►➢][ \t]+|-[ \t]+(?=.*(?:[=≈←]|[A-Za-z]{3}[ :]))|\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)][ \t]+)+"
)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+|[ \t]+#+[ \t]*$")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*\|?[ \t]*$")
_OUTER_STARS = re.compile(r"^[ \t]*(\*{1,3}|_{1,3})(?=\S)(.*?\S)[ \t]*\1[ \t]*([.,:;]?)[ \t]*$")
_BOLD = re.compile(r"(?<![\w)\]*])(?!\*[(\d-])(\*{1,3}|_{1,3})(?=[^\s*_])((?:(?!\1).)+?)(?<=[^\s*_])\1(?![\w*(])")
_BOLD_LINES = re.compile(
    r"^([ \t]*(?:[*+-][ \t]+)?)(\*\*|__)(?=[^\s*_])"
    r"((?:(?!\2)[^\n])*(?:\n(?![ \t]*\n)(?:(?!\2)[^\n])*){1,12}?)(?<=\S)\2[ \t]*$",
    re.MULTILINE,
)
_COMMENTED = re.compile(r"^[ \t]*(?:#{1,6}|//+)(?:[ \t]|$)", re.MULTILINE)
_GLUED_DASH = re.compile(r"^[ \t]*-(?:[A-Z][a-z]+|[a-z]{2,12}) [A-Za-z]", re.MULTILINE)
_DASH = re.compile(r"^[ \t]*-(?=[∂δA-Za-z])", re.MULTILINE)
_CROSS = re.compile(r"(?<=[\w)\]²}])[ ]+[xX][ ]+(?=[\w(\[∂½\\-])")
_NO_CROSS = re.compile(
    r"(?<![\w'.])[xX](?=\s*[=+*/^²_'),;\]}])|[=+\-*/^(\[{∂,·×]\s*[xX](?![\w])|(?<!\w)d[xX](?!\w)|\d[xX](?!\w)|[xX]\d"
)
_NUMBERED_LINES = re.compile(r"^[ \t]*(\d{1,2})[ \t]+-[ \t]+(?=\S)", re.MULTILINE)
_SPELLED = re.compile(r"(?<![\w\\])[Ss]igma(?=\s?\()")
_LOSS_OF = re.compile(
    r"(?<![\w\\])([LJCE]|[Ll]oss|[Cc]ost)\(\s*[^\W\d]\w{0,9}(?:\s*[,;|]\s*[^\W\d]\w{0,9}){0,4}\s*\)"
    r"(?=[\s\ue000]*(?:=|\)?/\(?∂|\)?/\(?d))"
)
"""J(w, b) is J: what a loss depends on, the other lines say."""
_TAGS_OF_EQUATIONS = re.compile(
    r"[ \t]*-{2,}>?[ \t]*(?:\(?\w{0,4}\)?|eq\w*\.?[ \t]*\(?\w{0,4}\)?)[ \t\ue000]*$|"
    r"[ \t]+#+[ \t]*\(?\d{1,3}\)?[ \t\ue000]*$|"
    r"[ \t]*(?:\.{3,}|…+)[ \t…]*\(?[\w.]{1,6}\)?[ \t\ue000]*$|"
    r"(?<=[\w)\]²])[ \t]+(?:\((?:\d{1,2}(?:\.\d{1,2})?[a-d]?|[ivx]{2,5})\)|\[\d{1,2}\])[ \t\ue000]*$|"
    r"(?:[ \t]{2,}|\t)[(\[](?:[ivxIVX]{1,5}|\d{1,2}(?:\.\d{1,2})?[a-d]?|[a-dA-D])[)\]][ \t\ue000]*$"
)
_UNDERSCORED = re.compile(r"(?<=∂)_(?=\w)")
_NEXT = re.compile(r"(?<=\w)\([tnkτ]\s*\+\s*1\)")
_NOW = re.compile(r"(?<=\w)\([tnkτ]\)")
_NEW = re.compile(r"(?<=\w)\((new|old)\)")
_CHANGES = re.compile(r"Δ(\s*\w+\s*\)?\s*/\s*\(?\s*)Δ(?=\s*\w)")
"""ΔE/Δw5, written for ∂E/∂w5."""
_MODULES = re.compile(r"(?<![\w.])(?:math|np|numpy|jnp|torch|tf|F|scipy|special)\.(?=[a-z_]+\()")
"""np.exp(x) is exp(x)."""
_SIGMA = re.compile(r"(?<![\w∂])Σ(?=\s*[∂(\[]|\s+\w|_?[a-zᵢₖⱼ](?!\w))")
"""A lone capital sigma before something is a sum."""
_REMARK = re.compile(
    r"[ \t]+(_?>>.*)$|[ \t]+(?:#|//(?=[ \t]+[^\W\d_]{2,}[,:]?[ \t]+[^\W\d_]))[ \t](.*)$|"
    r"[ \t]+([\[{(](?=[^=\]})]*(?<![\w\\])[A-Za-z]{3,}(?![\w(])[^\]})]*[ ])"
    r".*[\]})])[ \t\ue000]*$"
)


_EDGES = re.compile(EDGE)
_SLOPE_CELL = re.compile(rf"[\s{EDGE}]*(?:[d∂]\s?\w+\s?/\s?[d∂]\s?\w+|\([d∂]\s?\w+\)/\([d∂]\s?\w+\))[\s{EDGE}]*")
_FORMULA_CELL = re.compile(r"[^=∂<>|:;?]*[*/^²-][^=∂<>|:;?]*")
"""What can be the formula of a derivative in the cell before it."""


def read_lines(source: str) -> tuple[Traced, ...]:
    """The lines of a document in linear notation, every character with its offset in the source; remarks come last.

    DeriveError for a text that is a heap of signs.
    """
    strange = _STRANGE.search(source)
    if strange is not None:
        line = source.count("\n", 0, strange.start()) + 1
        found = f"{len(strange.group()):,} signs without a letter or a digit: {strange.group()[:12]}…"
        raise DeriveError(f"line {line}", found, "this is no derivation")
    whole = with_points(without_withdrawn(_without_endless_lines(Traced.of(source))))
    if "<" in whole.text or "&" in whole.text:
        whole = without_html(whole)
    whole = whole.sub(_FENCE, lambda match: [])
    whole = whole.sub(_IMAGE, image).sub(_LINK, lambda match: [match.span(1)]).sub(_URL, lambda match: [" "])
    whole = whole.sub(_QUOTE, lambda match: []).sub(_COMMENTED, lambda match: [])
    whole = whole.sub(_BOLD_LINES, lambda match: [match.span(1), match.span(3)])
    whole = _without_numbers(whole)
    if len(_CROSS.findall(whole.text)) > 1 and not _NO_CROSS.search(_formulas(whole.text)):
        whole = whole.sub(_CROSS, lambda match: ["*"])
    if _GLUED_DASH.search(whole.text):
        whole = whole.sub(_DASH, lambda match: [])
    if "\\" in whole.text:
        whole = expand_macros(whole)
    whole = with_mathematics(whole)
    rows = tuple(row for line in whole.lines() for row in _plain(line) if row.line.text.strip(f" \t{EDGE}"))
    return (*(row.line for row in rows if not row.is_remark), *(row.line for row in rows if row.is_remark))


def _formulas(text: str) -> str:
    """The lines of a text that hold an equality, without their x between operands."""
    return _CROSS.sub("*", "\n".join(line for line in text.split("\n") if "=" in line))


def _without_numbers(whole: Traced) -> Traced:
    """Lines that are numbered `1 - …`, `2 - …` without their numbers."""
    numbers = [int(match.group(1)) for match in _NUMBERED_LINES.finditer(whole.text)]
    if not any(two == one + 1 for one, two in pairwise(numbers)):
        return whole
    return whole.sub(_NUMBERED_LINES, lambda match: [])


class _Row(Struct, frozen=True):
    """A line, and whether it is a remark on another: what goes on with `=` goes on with no remark."""

    line: Traced
    is_remark: bool = False


def _without_endless_lines(whole: Traced) -> Traced:
    if all(len(line) <= LONGEST_LINE for line in whole.text.split("\n")):
        return whole
    return join(
        part for line in whole.lines() for part in (line[:LONGEST_LINE], Traced("\n", (line.place(len(line)),)))
    )


def _plain(row: Traced) -> Iterator[_Row]:
    """One row without the marks of Markdown; a row of a table comes out cell by cell."""
    row = row.map(canonical).sub(_UNDERSCORED, lambda match: []).sub(BRACED, script)
    row = row.sub(_CHANGES, lambda match: ["∂", match.span(1), "∂"])
    row = row.sub(_MODULES, lambda match: []).sub(_SIGMA, lambda match: ["∑"])
    row = with_updates(row).sub(_SPELLED, lambda match: ["σ"]).sub(_LOSS_OF, lambda match: [match.span(1)])
    text = row.text.strip()
    if _TABLE_RULE.match(row.text) and "|" in text:
        return
    if text.startswith("|") and text.count("|") > 2:
        cells = tuple(_unmarked(cell) for cell in _cells(row))
        for cell in cells:
            yield from _with_remark(cell)
        for left, right in pairwise(cells):
            if _SLOPE_CELL.fullmatch(left.text) and _FORMULA_CELL.fullmatch(right.text):
                yield _Row(join((left.sub(_EDGES, _nothing), Traced(" ", left.at[-1:]), right.sub(_EDGES, _nothing))))
        return
    yield from _with_remark(_unmarked(row))


def _nothing(match: re.Match[str]) -> list[str]:
    return []


def _with_remark(row: Traced) -> Iterator[_Row]:
    """A line, and the remark behind it as a line of its own: `a = b  # as E2 = 0`."""
    match = _REMARK.search(row.text)
    if match is None:
        yield _Row(row)
        return
    group = next(number for number in (1, 2, 3) if match.group(number) is not None)
    yield _Row(row[: match.start()])
    # what stands in brackets may be a part of the formula
    yield _Row(row[match.start(group) : match.end(group)], is_remark=group < 3)


def _cells(row: Traced) -> Iterator[Traced]:
    start = 0
    for match in re.finditer(r"(?<!\\)\|", row.text):
        yield row[start : match.start()]
        start = match.end()
    yield row[start:]


def _unmarked(row: Traced) -> Traced:
    row = row.sub(_HEADING, lambda match: [])
    row = row.sub(_BULLET, lambda match: [])
    for _ in range(3):
        bare = row.sub(_OUTER_STARS, lambda match: [match.span(2), " ", match.span(3)])
        if bare is row:
            break
        row = bare.sub(_BULLET, lambda match: [])
    row = row.sub(_BOLD, lambda match: [match.span(2)])
    row = row.sub(_CODE, lambda match: [EDGE, match.span(1), EDGE])
    row = row.sub(re.compile("`"), lambda match: [" "])
    row = row.sub(ESCAPE, lambda match: [match.span(1)])
    row = row.sub(_NEW, lambda match: ["_", match.span(1)])
    if _NEXT.search(row.text):
        row = row.sub(_NEXT, lambda match: ["_new"]).sub(_NOW, lambda match: ["_old"])
    return row.sub(_TAGS_OF_EQUATIONS, lambda match: [EDGE])

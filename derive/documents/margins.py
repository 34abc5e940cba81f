"""What stands before a line: signs of quotations, headings, list items and remarks."""

import re

from msgspec import Struct

QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_HEADING = re.compile(r"[ \t]*#{1,6}(?=[ \t\n]|\Z)[ \t]*")
PROBLEMS = (
    "Example|Exercise|Problem|Problema|Problème|Question|Beispiel|Aufgabe|Exemple|Exercice|Ejemplo|Ejercicio"
    "|Exemplo|Exercício|Esempio|Esercizio|Przykład|Zadanie|Пример|Задача|习题|例题|练习|問題|例題|문제|예제|연습문제"
)
"""What a problem of its own is called."""
_TITLE = re.compile(rf"[ \t]*(?=(?:\*\*|__)?(?:{PROBLEMS})s?[ \t]+[\d(A-HIVX])", re.IGNORECASE)
"""Example 2: what a text without marks has for a heading."""
_REMARK = re.compile(r"[ \t]*//+[ \t]*")
_RULE = re.compile(r"[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,}|(?:\*[ \t]+){2,}\*|(?:-[ \t]+){2,}-)[ \t]*(?=\n|\Z)")
_DEFINED_LINK = re.compile(r"[ \t]*\[[^\[\]\n]{1,200}\]:[ \t]*(?:https?://|www\.|#|\.{0,2}/)\S*[^\n]*")
_SIGN = re.compile(r"[ \t]*([*+•·▪►➢‣◦-])[ \t]+")
_PLAIN_SIGNS = "*+-·"
"""Those that may be operators."""
_MARK = re.compile(r"\*{2,3}|__")
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_NUMBER = re.compile(r"[ \t]*(?P<mark>(?:\*{2,3})?)(?P<opened>\(?)(?P<of>\d{1,2}|[ivx]{1,4}|[a-l])[.)](?P=mark)[ \t]+")
"""An item's number, be it in emphasis of its own: **(i)** f(x) = …"""
_LABEL = re.compile(r"(\*{2,3}|__|)\(?(\d{1,2}|[a-l])[.)]\1(?=\s|\Z)")
"""The number or the letter of an item that stands in no other one."""
_NUMBERED = re.compile(r"\((\d{1,2})\)[ \t]+(?=[^\W\d_]{3}[^=\n]*$)", re.MULTILINE)
_COUNTED = re.compile(r"^[ \t]*(\d{1,2})[ \t]+-[ \t]+", re.MULTILINE)
_LINE = re.compile(r"[^\n]*")
_WORDS = re.compile(r":|(?<![\w\\])[^\W\d_]{3,}(?![\w(])|\\[(\[]|\$|[\u2e80-\uffef]")
"""A word, a marked formula: what an item says and a term does not."""
_RELATION = re.compile(r"[=≈←]")
_OPERATOR = re.compile(r"[=+*/^·×)(\[−-]")
_NEAR = 2_000


class Margin(Struct, frozen=True):
    """Where a line's own text begins, and what stands before it."""

    end: int
    is_quoted: bool = False
    is_heading: bool = False
    is_section: bool = False
    """Whether something else begins: a heading, a rule, Example 2."""
    is_item: bool = False
    title: int = 0
    """The number of a title without a formula: 3 of (3) Gas law."""
    label: str = ""
    """The number or the letter of an item: 3 of 3. y = x^2, a of **(a)**."""
    level: int = 0
    """How deep a heading is: 3 of ### Example 4."""
    emphasis: slice | None = None
    """The marks of emphasis before an item's number: **1. f(x) = …**"""


def margin(text: str, place: int) -> Margin:
    """What stands before the line that begins at a place.

    A sign before a term is the operator of a formula that goes on: an item says something, or its neighbours do.
    """
    quote = QUOTE.match(text, place)
    start = quote.end() if quote else place
    quoted = quote is not None
    skipped = _RULE.match(text, start) or _DEFINED_LINK.match(text, start)
    if skipped:
        return Margin(skipped.end(), quoted, is_heading=True, is_section=True)
    heading = _HEADING.match(text, start)
    if heading:
        return Margin(heading.end(), quoted, is_heading=True, is_section=True, level=heading[0].count("#"))
    if title := _TITLE.match(text, start):
        return Margin(title.end(), quoted, is_section=True)
    remark = _REMARK.match(text, start)
    if remark:
        return Margin(remark.end(), quoted)
    end = _item_end(text, start)
    label = found[2] if (found := _LABEL.match(text, start)) else ""
    mark = _MARK.match(text, end)
    if mark:
        inner = _NUMBER.match(text, mark.end())
        if inner and not _is_factor(text, inner):
            marks = slice(mark.start(), mark.end())
            return Margin(inner.end(), quoted, is_item=True, label=label, emphasis=marks)
    numbered = _NUMBERED.match(text, start)
    return Margin(end, quoted, is_item=end > start, title=int(numbered[1]) if numbered else 0, label=label)


def _item_end(text: str, start: int) -> int:
    """Past the signs of an item: `- `, `* 1. `, `(a) `, `**(a)** `."""
    end = start
    for _ in range(3):
        number, counted = _NUMBER.match(text, end), _COUNTED.match(text, end)
        if (sign := _SIGN.match(text, end)) and _is_item(text, start, sign):
            task = _TASK.match(text, sign.end())
            end = task.end() if task else sign.end()
        elif number and not _is_factor(text, number):
            end = number.end()
        elif counted and _is_counted(text, counted):
            end = counted.end()
        else:
            break
    return end


def _is_factor(text: str, number: re.Match[str]) -> bool:
    """Whether `(a) ` goes on as a product, a sum, an equation."""
    is_plain = not number["opened"] and number["of"].isdigit()
    return not is_plain and _OPERATOR.match(text, number.end()) is not None


def _is_counted(text: str, number: re.Match[str]) -> bool:
    """Whether a line before or behind has the next number: else `1 - a` is a difference."""
    near = text[max(0, number.start() - _NEAR) : number.end() + _NEAR]
    found = {int(other.group(1)) for other in _COUNTED.finditer(near)}
    return bool({int(number.group(1)) - 1, int(number.group(1)) + 1} & found)


def _is_item(text: str, start: int, sign: re.Match[str]) -> bool:
    """Whether a sign begins an item, as its words or its neighbours show; else it is the operator of a term."""
    rest = _line(text, sign.end())
    before = _line(text, text.rfind("\n", 0, max(start - 1, 0)) + 1) if start else ""
    behind = text.find("\n", sign.end()) + 1
    if sign.group(1) in _PLAIN_SIGNS and (_opened(before) > 0 or _opened(rest) < 0):
        return False  # a bracket stands open from line to line
    if sign.group(1) not in _PLAIN_SIGNS or _WORDS.search(rest):
        return True
    neighbours = (before, _line(text, behind) if behind else "")
    if any(_says(other, sign.group(1)) for other in neighbours):
        return True
    if _RELATION.search(rest):
        return not _RELATION.search(before) or any(_says(before, other) for other in _PLAIN_SIGNS)
    return not before.strip() and sign.group(1) != "-"


def _opened(line: str) -> int:
    """How many brackets of a line are not closed on it; below zero where it closes more than it opens."""
    return sum(line.count(sign) for sign in "([{") - sum(line.count(sign) for sign in ")]}")


def _says(line: str, sign: str) -> bool:
    """Whether a line is an item with that sign."""
    found = _SIGN.match(line)
    said = line[found.end() :] if found else ""
    return found is not None and found.group(1) == sign and bool(_WORDS.search(said) or _RELATION.search(said))


def _line(text: str, place: int) -> str:
    found = _LINE.match(text, place, place + _NEAR)
    return found.group() if found else ""

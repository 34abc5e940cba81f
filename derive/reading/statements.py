"""Statements in a document's lines: runs of formula signs around `=`, with prose cut away and broken chains joined."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from derive.reading.markup import EDGE
from derive.reading.notation import CLOSES, OPENS
from derive.reading.tokens import PATTERNS, Resolving, word
from derive.reading.traced import Traced, join


@dataclass(frozen=True)
class Statement:
    """A chain `a = b = c` as its members; an empty member is one that the author left out or put a `?` for.

    `words` is what stands after the last `=` where that is prose: `w_new = new weights`.
    """

    members: tuple[Traced, ...]
    words: str = ""
    shown: bool = False
    """Whether it stood in mathematics of its own, $…$ or the like, where letters are names."""


class _Kind(Enum):
    FORMULA, OPERATOR, EQUALS, OPEN, CLOSE, COMMA, PROSE, STOP, EDGE = (auto() for _ in range(9))


@dataclass(frozen=True)
class _Item:
    kind: _Kind
    start: int
    end: int


_WORDS = dict(PATTERNS)["WORD"]
_SCAN = re.compile(
    rf"(?P<edge>[{EDGE}]+)|(?P<blank>\s+)|(?P<number>{dict(PATTERNS)['NUMBER']})|(?P<word>{_WORDS})|"
    r"(?P<equals>:=|={1,3}|≈|≅|≃)|(?P<operator>\*\*|[+\-*/^∂|'])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|"
    r"(?P<dot>\.)|(?P<placeholder>\?+)|(?P<other>.)",
    re.DOTALL,
)
_FOREIGN = "∑∏∫∇⊙⊗∘ᵀ‖⟨⟩▦∈∞"
_FORMULA_SIGNS = frozenset("½⅓⅔¼¾⅛⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺¡" + _FOREIGN)
FOREIGN = re.compile(f"[{_FOREIGN}]")
"""Signs of sums over indices, matrices and limits."""
_NAME_LIKE = re.compile(r"\w*\d|\w+_\w|[α-ωΑ-Ω]\w*\Z|[^\W\d_]\Z")
_ARTICLES = frozenset({"a", "A", "I"})
_TIGHT = frozenset("+*/^×")


def find_statements(lines: Iterable[Traced], names: Resolving) -> tuple[Statement, ...]:
    """Every chain of equalities, in the document's order; lines that begin with `=` go on with the one before."""
    found: list[Statement] = []
    for line in lines:
        if "=" in line.text or _may_go_on(found, line):
            for number, statement in enumerate(_in_line(line, names)):
                _add(found, statement, begins=number == 0)
    return tuple(s for s in found if len(s.members) > 1)


def _may_go_on(found: list[Statement], line: Traced) -> bool:
    """Whether a line without `=` can be the rest of the member before: one of the two has the operator."""
    if not found:
        return False
    text = line.text.strip(f" \t{EDGE}")
    before = found[-1].members[-1].text.rstrip(f" \t{EDGE}")
    return text[:1] in _TIGHT or before[-1:] in _TIGHT or (found[-1].shown and text[:1] == "-") or not before


def _add(found: list[Statement], new: Statement, *, begins: bool) -> None:
    """Put a statement behind the others, joined to the last one where it goes on with it."""
    first = new.members[0].text.strip()
    if found and begins and not found[-1].words:
        last = found[-1]
        tail = last.members[-1].text.strip()
        if not first and len(new.members) > 1:
            members = last.members[:-1] if not tail and len(last.members) > 1 else last.members
            found[-1] = replace(new, members=(*members, *new.members[1:]), shown=last.shown or new.shown)
            return
        if (
            first[:1] in _TIGHT
            or (first[:1] == "-" and new.shown)
            or tail[-1:] in _TIGHT
            or (not tail and len(last.members) > 1 and len(new.members) == 1)
        ):
            blank = Traced(" ", last.members[-1].at[-1:] or new.members[0].at[:1] or (0,))
            joined = join((last.members[-1], blank, new.members[0]))
            found[-1] = replace(last, members=(*last.members[:-1], joined, *new.members[1:]), words=new.words)
            return
    if len(new.members) > 1:
        found.append(new)


def _in_line(line: Traced, names: Resolving) -> Iterator[Statement]:
    items = _parted(_items(line.text, names))
    if "=" not in line.text and any(item.kind is _Kind.PROSE for item in items):
        return  # what goes on with a formula has no words
    run: list[_Item] = []
    shown = False
    for item in (*items, _Item(_Kind.STOP, len(line.text), len(line.text))):
        if item.kind in (_Kind.PROSE, _Kind.STOP):
            yield from _statement(line, run, item, shown)
            run = []
        elif item.kind is _Kind.EDGE:
            shown = True
        else:
            run.append(item)


def _statement(line: Traced, run: list[_Item], stop: _Item, shown: bool) -> Iterator[Statement]:
    if not run:
        return
    members: list[Traced] = []
    start = run[0].start
    for item in run:
        if item.kind is _Kind.EQUALS:
            members.append(line[start : item.start].sub(_EDGES, lambda match: [" "]).stripped())
            start = item.end
    members.append(line[start : run[-1].end].sub(_EDGES, lambda match: [" "]).stripped())
    words = ""
    if not members[-1].text and stop.kind is _Kind.PROSE:
        words = line.text[stop.start :].strip(f" \t{EDGE}")
    yield Statement(tuple(members), words, shown)


_EDGES = re.compile(EDGE)


def _items(text: str, names: Resolving) -> list[_Item]:
    """The line's signs and words, told apart as formula or prose."""
    found: list[_Item] = []
    inside = False
    for match in _SCAN.finditer(text):
        kind, value, start, end = str(match.lastgroup), match.group(), match.start(), match.end()
        if kind == "blank":
            continue
        if kind == "edge":
            inside = not inside if len(value) % 2 else inside
            if len(value) > 1 or _parts_here(text, start, end):
                found.append(_Item(_Kind.STOP if len(value) % 2 else _Kind.EDGE, start, end))
            found.append(_Item(_Kind.EDGE, start, end))
        elif kind == "word":
            whole = text.count(EDGE * 2) > 0
            known = _is_formula(text, value, start, end, names, inside or whole)
            found.append(_Item(_Kind.FORMULA if known else _Kind.PROSE, start, end))
        elif kind == "number":
            found.append(_Item(_Kind.FORMULA, start, end))
        elif kind == "dot":
            found.append(_Item(_Kind.OPERATOR if _is_product(text, start) else _Kind.STOP, start, end))
        elif kind == "placeholder":
            found.append(_Item(_Kind.STOP, start, end))
        elif kind == "other":
            found.append(_Item(_Kind.FORMULA if value in _FORMULA_SIGNS else _Kind.STOP, start, end))
        else:
            found.append(_Item(_Kind[kind.upper()], start, end))
    return found


def _parts_here(text: str, start: int, end: int) -> bool:
    """Whether formula and prose part at an edge: they hold together where an operator stands next to it."""
    before = text[:start].rstrip(f" \t{EDGE}")[-1:]
    after = text[end:].lstrip(f" \t{EDGE}")[:1]
    joining = "=+*/^("
    return not (before and before in joining) and not (after and after in "=+*/^)")


def _is_formula(text: str, value: str, start: int, end: int, names: Resolving, shown: bool) -> bool:
    """Whether a word belongs to a formula: a known name, one that looks like a name, or a word between operators."""
    if value in _ARTICLES and not shown and names.resolve(value) is None:
        return False
    if word(value, start, names) is not None:
        return len(value) > 1 or shown or value not in "de" or text[end : end + 1] in ("(", "^", "/", "*")
    if _NAME_LIKE.match(value):
        return True
    before = text[:start].rstrip(f" \t{EDGE}")[-1:]
    after = text[end:].lstrip(f" \t{EDGE}")[:1]
    binding = "=+-*/^()[]{}|,∂'"
    return shown and (before == "" or before in binding) and (after == "" or after in binding)


def _is_product(text: str, place: int) -> bool:
    """f'(x).g(x): a dot without blanks, between operands that no decimal has."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return (
        (before in (")", "]", "}") and (after.isalpha() or after in ("(", "[", "{")))
        or (before.isalnum() and not before.isdigit() and after in ("(", "["))
        or (before.isdigit() and after == "(")
    )


def _parted(items: list[_Item]) -> list[_Item]:
    """Brackets around prose or an equation, and commas outside all brackets, part statements."""
    partner: dict[int, int] = {}
    waiting: list[int] = []
    for number, item in enumerate(items):
        if item.kind is _Kind.OPEN:
            waiting.append(number)
        elif item.kind is _Kind.CLOSE and waiting:
            partner[waiting[-1]] = number
            partner[number] = waiting.pop()
    stops = [n for n, item in enumerate(items) if item.kind in (_Kind.PROSE, _Kind.STOP, _Kind.EQUALS)]
    found = list(items)
    for opened, closed in partner.items():
        if opened < closed and any(opened < n < closed for n in stops):
            found[opened] = replace(items[opened], kind=_Kind.STOP)
            found[closed] = replace(items[closed], kind=_Kind.STOP)
    level = 0
    for number, item in enumerate(found):
        if item.kind is _Kind.OPEN and number in partner:
            level += 1
        elif item.kind is _Kind.CLOSE and number in partner:
            level -= 1
        elif item.kind is _Kind.COMMA:
            found[number] = replace(item, kind=_Kind.STOP if level <= 0 else _Kind.OPERATOR)
    return found


def listed(member: Traced) -> tuple[Traced, ...]:
    """The elements of `[w1, w2, b1]`; nothing for what is no list."""
    text = member.text.strip()
    if len(text) < 2 or OPENS.get(text[0]) != text[-1] or "," not in text:
        return ()
    inside = member.stripped()[1:-1]
    found: list[Traced] = []
    level = start = 0
    for place, char in enumerate(inside.text):
        level += (char in OPENS) - (char in CLOSES)
        if level < 0:
            return ()
        if char == "," and level == 0:
            found.append(inside[start:place].stripped())
            start = place + 1
    return (*found, inside[start:].stripped())

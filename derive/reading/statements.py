"""Statements in a document's lines: chains of formulas around `=`, put together where lines break them."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from derive.reading.functions import ACTIVATIONS
from derive.reading.items import FUNCTIONS, Item, Kind, items_of, parted
from derive.reading.mathematics import EDGE
from derive.reading.notation import CLOSES, OPENS
from derive.reading.sights import NOTHING, Rule, Sight
from derive.reading.traced import Traced, join
from derive.reading.unsigned import EDGES, LONGEST_SIDE, side_by_side, slopes_in_words, with_a_word
from derive.reading.vocabulary import Resolving
from derive.reading.worded import told_left


class Statement(Struct, frozen=True):
    """A chain `a = b = c` as its members; an empty member is one that the author left out or put a `?` for.

    `words` is what stands after the last `=` where that is prose: `w_new = new weights`.
    """

    members: tuple[Traced, ...]
    words: str = ""
    shown: bool = False
    """Whether it stood in mathematics of its own, $…$ or the like, where letters are names."""
    displayed: bool = False
    """Whether it is a row of displayed mathematics, whose next row can go on with a minus."""
    about: bool = False
    """Whether a relation in it is ≈."""
    cut: tuple[bool, bool] = (False, False)
    """Whether words stand in its first, in its last member, so that only a part of it is there."""
    sight: Sight = NOTHING
    """The functions of the document that it may use."""
    defines: Rule | None = None
    """The function that it defines, f(x) = …"""
    before: Rule | None = None
    """What that function was until then."""
    augmented: str = ""
    """The operator of `dx += a`, whose members are dx and a."""
    lacks_equals: bool = False
    """Whether a quantity and its formula stand side by side without a `=`: o1 (w5*h1 + w6*h2)."""
    is_part: bool = False
    """Whether later lines add to what it begins, dx = a."""


_LONGEST_CHAIN = 200
_LONGEST_LIST = 200
_RELATION = re.compile("[=≈≅≃≡←]")
_POINT = frozenset(("at",))
_AT_A_POINT = re.compile(r"\|_?\{?[A-Za-z]\w*\s*=")
_TIGHT = frozenset("+*/^×")
_BINARY = frozenset(("*", "/", "^", "**", "+"))


def find_statements(lines: Iterable[Traced], names: Resolving) -> tuple[Statement, ...]:
    """Every chain of equalities, in the document's order; lines that begin with `=` go on with the one before."""
    lines = tuple(lines)
    begun = frozenset(
        word for line in lines for found in (_BEGUN, _DIFFERENTIATED) for word in found.findall(line.text)
    )
    functions = frozenset(word for line in lines for word in FUNCTIONS.findall(line.text)) - {"d", "D"} | ACTIVATIONS
    names = _Begun(names, begun, functions, products_in(lines))
    found: list[Statement] = []
    alone: Traced | None = None
    adjacent = False
    for line in lines:
        found.extend(Statement(members) for members in slopes_in_words(line, names))
        if not _RELATION.search(line.text) and not _may_go_on(found, line, adjacent):
            alone = _alone(line, names)
            found.extend(Statement(members, lacks_equals=True) for members in side_by_side(line, names))
            found.extend(Statement(members) for members in with_a_word(line, names))
            adjacent = False
            continue
        for statement, begins in _in_line(line, names):
            if alone is not None and begins and not statement.members[0].text.strip():
                statement = replace(statement, members=(alone, *statement.members[1:]))
            _add(found, statement, begins=begins, adjacent=adjacent)
        alone = None
        adjacent = True
    return tuple(sorted((s for s in found if len(s.members) > 1), key=_place))


def _place(statement: Statement) -> int:
    """Where a statement begins: remarks are read last and stand where they stand."""
    return next((member.place(0) for member in statement.members if member.at), 0)


class _Begun(Struct, frozen=True):
    """Known names, and the words with which lines of the document begin before a `=`: net = w1*x1, out = tanh(net)."""

    known: Resolving
    words: frozenset[str]
    functions: frozenset[str]
    """Those of which a line says f(x, y) = …"""
    products: frozenset[str]

    def resolve(self, written: str) -> tuple[str, ...] | None:
        return self.known.resolve(written) or ((written,) if written in self.products | self.words else None)


def products_in(lines: Iterable[Traced]) -> frozenset[str]:
    """Words that are products of letters, wx in z = wx + b: the letters stand alone elsewhere, the word never does."""
    formulas = tuple(line.text for line in lines if _RELATION.search(line.text))
    letters = {letter for text in formulas for found in _LETTER.findall(text) for letter in found if letter}
    letters -= set("deA")
    words = {word for text in formulas for word in _LETTERS.findall(text) if letters.issuperset(word)}
    whole = {word for text in formulas for pattern in (_BEGUN, _DIFFERENTIATED) for word in pattern.findall(text)}
    return frozenset(words - whole)


_LETTERS = re.compile(r"(?<![\w'])[^\W\d_]{2,3}(?![\w'])")
_LETTER = re.compile(
    rf"(?:^|[=+\-*/^∂(\[{{)\]}}])[\s{EDGE}]*([^\W\d_])(?![\w'])|"
    rf"(?<![\w'])([^\W\d_])[\s{EDGE}]*[=+\-*/^)\]}}]|(?<!\w)d([^\W\d_])(?!\w)"
)
_DIFFERENTIATED = re.compile(r"∂\s*([A-Za-z]{2,12})(?![\w(])")
_BEGUN = re.compile(rf"^[\s{EDGE}]*([A-Za-z]{{2,12}})[\s{EDGE}]*=(?!=)")


def _alone(line: Traced, names: Resolving) -> Traced | None:
    """A line that is nothing but one side of an equation: the next may go on with `=`."""
    if _RELATION.search(line.text) or not re.search(r"[\w)]", line.text) or len(line.text) > LONGEST_SIDE:
        return None
    items = items_of(line.text, names)
    kinds = {item.kind for item in items}
    if kinds <= {Kind.FORMULA, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.EDGE} and Kind.FORMULA in kinds:
        return line.sub(EDGES, lambda match: [" "]).stripped()
    return None


def _may_go_on(found: list[Statement], line: Traced, adjacent: bool) -> bool:
    """Whether a line without `=` can be the rest of the member before: one of the two has the operator."""
    if not found:
        return False
    text = line.text.strip(f" \t{EDGE}")
    before = found[-1].members[-1].text.rstrip(f" \t{EDGE}")
    if text == "-":
        return False  # a dash in a table's cell
    goes_on = text[:1] == "-" and (adjacent or (found[-1].displayed and EDGE * 2 in line.text))
    return text[:1] in _TIGHT or before[-1:] in _TIGHT or goes_on or not before


def _add(found: list[Statement], new: Statement, *, begins: bool, adjacent: bool) -> None:
    """Put a statement behind the others, joined to the last one where it goes on with it."""
    first = new.members[0].text.strip()
    if found and begins and not found[-1].words:
        last = found[-1]
        tail = last.members[-1].text.strip()
        if not first and len(new.members) > 1 and len(last.members) < _LONGEST_CHAIN:
            members = last.members[:-1] if not tail and len(last.members) > 1 else last.members
            found[-1] = replace(
                new,
                members=(*members, *new.members[1:]),
                shown=last.shown or new.shown,
                cut=(last.cut[0], new.cut[1]),
            )
            return
        if (
            first[:1] in _TIGHT
            or (first[:1] == "-" and sum((new.displayed, adjacent, len(new.members) == 1)) > 1)
            or (tail[-1:] in _TIGHT and len(new.members) == 1)
            or (not tail and len(last.members) > 1 and len(new.members) == 1)
        ):
            blank = Traced(" ", last.members[-1].at[-1:] or new.members[0].at[:1] or (0,))
            joined = join((last.members[-1], blank, new.members[0]))
            cut = (last.cut[0] or (last.cut[1] and len(last.members) == 1), new.cut[1] or last.cut[1])
            found[-1] = replace(last, members=(*last.members[:-1], joined, *new.members[1:]), words=new.words, cut=cut)
            return
    if not first and len(new.members) > 1:
        new = replace(new, members=new.members[1:])  # its left side stands in words
    if len(new.members) > 1 or new.words:
        found.append(new)


def _in_line(line: Traced, names: Resolving) -> Iterator[tuple[Statement, bool]]:
    """The statements of a line, each with whether the line begins with it."""
    both = _PAIRED.fullmatch(line.text)
    if both is not None:  # out_o1, out_o2 = σ(o1), σ(o2)
        spans = both.span(1), both.span(2)
        line = join(part for span in spans for part in _bracketed(line, span, "=" if span == spans[1] else ""))
    items = parted(items_of(line.text, names), line.text)
    if not _RELATION.search(line.text) and any(item.kind is Kind.PROSE for item in items):
        return  # what goes on with a formula has no words
    run: list[Item] = []
    shown = False
    told = False
    before = Item(Kind.STOP, 0, 0)
    for item in (*items, Item(Kind.STOP, len(line.text), len(line.text))):
        if item.kind in (Kind.PROSE, Kind.STOP, Kind.CUT):
            for statement in _statement(line, run, before, item, shown):
                yield statement, not told
            told = told or bool(run) or item.kind is not Kind.STOP
            run = []
            before = item
        elif item.kind is Kind.EDGE:
            shown = True
        else:
            run.append(item)


_PAIRED = re.compile(rf"[\s{EDGE}]*(\w+(?:\s*,\s*\w+){{1,7}})\s*=\s*([^=,]+(?:,[^=,]+){{1,7}})[\s{EDGE}]*")


def _bracketed(line: Traced, span: tuple[int, int], before: str) -> tuple[Traced, ...]:
    """A part of a line in square brackets, behind a sign."""
    at = (line.place(span[0]),)
    return Traced(f"{before}[", at * len(f"{before}[")), line[span[0] : span[1]], Traced("]", at)


def _statement(line: Traced, run: list[Item], before: Item, stop: Item, shown: bool) -> Iterator[Statement]:
    if not run:
        return
    first = line.text[run[0].start : run[0].end]
    at_a_point = line.text[before.start : before.end].casefold() in _POINT or _AT_A_POINT.search(line.text) is not None
    cut = (
        at_a_point or before.kind is Kind.CUT or (before.kind is Kind.PROSE and first in _BINARY),
        at_a_point or stop.kind is Kind.CUT or (stop.kind is Kind.PROSE and run[-1].kind is Kind.OPERATOR),
    )
    members: list[Traced] = []
    start = run[0].start
    for item in run:
        if item.kind is Kind.EQUALS:
            members.append(line[start : item.start].sub(EDGES, lambda match: [" "]).stripped())
            start = item.end
    members.append(line[start : run[-1].end].sub(EDGES, lambda match: [" "]).stripped())
    before_it = line[: run[0].start].sub(EDGES, lambda match: [" "])
    is_by = _BY_WHAT.match(line.text[run[-1].end :])
    left = told_left(before_it, members[0], members[1].text) if len(members) > 1 and not is_by else None
    told = _DERIVATIVE_OF.search(line.text[: run[0].start])
    if left is not None:
        members[0] = left
    elif members[0].text and told and not is_by:
        members[0] = join((Traced("∂(", members[0].at[:1] * 2), members[0], Traced(")/∂x", members[0].at[-1:] * 4)))
    words = ""
    if not members[-1].text and stop.kind is Kind.PROSE:
        words = line.text[stop.start :].strip(f" \t{EDGE}")
        words = "" if re.search(r"[+*/^=∂]", words) else words
    about = any(line.text[item.start] in "≈≅≃" for item in run if item.kind is Kind.EQUALS)
    signs = [line.text[item.start : item.end] for item in run if item.kind is Kind.EQUALS]
    augmented = signs[0][0] if len(signs) == 1 and signs[0][0] in "+-*/" else ""
    for each in _assignments(tuple(members)):
        yield Statement(each, words, shown, EDGE * 2 in line.text, about, cut, augmented=augmented)


def _assignments(members: tuple[Traced, ...]) -> Iterator[tuple[Traced, ...]]:
    """`t1=.01 t2=0.99` gives two assignments: a number with a name behind a blank ends one and begins the next."""
    begun: list[Traced] = []
    for place, member in enumerate(members):
        between = 0 < place < len(members) - 1
        match = (_NUMBER_AND_NAME.fullmatch(member.text) or _GAP.fullmatch(member.text)) if between else None
        if match is None:
            begun.append(member)
            continue
        yield (*begun, member[: match.end(1)])
        begun = [member[match.start(2) :]]
    yield tuple(begun)


_GAP = re.compile(r"(.*[\w)\]}²])[ ]{2,}([\w∂(\[][^ ].*|\w)")
_NUMBER_AND_NAME = re.compile(r"([+-]?\d*\.?\d+)\s+([^\W\d]\w*)")
_DERIVATIVE_OF = re.compile(r"(?:derivative|gradient|slope|differential|differentiation)\s+of\s*\Z", re.IGNORECASE)
_BY_WHAT = re.compile(rf"[\s{EDGE}]*(?:with\s+respect|w\.?\s?r\.?\s?t)", re.IGNORECASE)


def listed(member: Traced) -> tuple[Traced, ...]:
    """The elements of `[w1, w2, b1]`; nothing for what is no list."""
    text = member.text.strip()
    if len(text) < 2 or OPENS.get(text[0]) != text[-1] or "," not in text:
        return ()
    if text.count(",") > _LONGEST_LIST:
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

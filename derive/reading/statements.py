"""Statements in a document's lines: runs of formula signs around `=`, with prose cut away and broken chains joined."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from itertools import accumulate, takewhile

from msgspec import Struct
from msgspec.structs import replace

from derive.reading.commas import is_in_number
from derive.reading.functions import ACTIVATIONS
from derive.reading.markup import EDGE, WORDS
from derive.reading.notation import CLOSES, OPENS, SUBSCRIPTS
from derive.reading.sights import NOTHING, Rule, Sight
from derive.reading.tokens import PATTERNS, Resolving, word
from derive.reading.traced import Traced, join
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


class _Kind(Enum):
    FORMULA, OPERATOR, EQUALS, OPEN, CLOSE, COMMA, PROSE, STOP, CUT, EDGE = (auto() for _ in range(10))


class _Item(Struct, frozen=True):
    kind: _Kind
    start: int
    end: int


_WORDS = dict(PATTERNS)["WORD"]
_SCAN = re.compile(
    rf"(?P<edge>[{EDGE}]+)|(?P<blank>\s+)|(?P<number>{dict(PATTERNS)['NUMBER']})|(?P<word>{_WORDS})|"
    r"(?P<equals>:=|[+\-*/]=(?!=)|={1,3}|[≈≅≃≡←])|(?P<operator>\*\*|[+\-*/^∂|'])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|"
    r"(?P<dot>\.)|(?P<placeholder>\?+)|(?P<other>.)",
    re.DOTALL,
)
_FOREIGN = "∑∏∫∇⊙⊗∘ᵀ‖⟨⟩▦∈∞"
_FORMULA_SIGNS = frozenset("½⅓⅔¼¾⅛⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺¡" + _FOREIGN)
FOREIGN = re.compile(rf"[{_FOREIGN}]|(?<=[\w)\]}}])(?<!\be)\^(?:\{{T\}}|\(T\)|T\b)")
"""Signs of sums over indices, matrices and limits; a matrix turned over, W^T."""
_NAME_LIKE = re.compile(r"\w+_\Z|\w*\d|\w+_\w|[α-ωΑ-Ω]\w*\Z|[^\W\d_]\Z")
_ENGLISH = re.compile(r"[A-Za-z]{3,}|[a-z]{2}")
_DIFFERENTIAL = re.compile(r"d[A-Za-z]\w*")
_SIGNS = "=+-*/^()[]{}|,∂'→⇒;"
_CALL_ABOVE = re.compile(r"d\s*(?:\w+\s*)?\((?:[^()]|\((?:[^()]|\([^()]*\))*\)){1,200}\)\s*\)?\s*/\s*\(?\s*[d∂]")
"""d(f(x))/dx, df(x)/dx and d (a*x) / dx: a differential of more than a name."""
_ARGUMENT = frozenset("([{^'|²")
_LONGEST_CHAIN = 200
_LONGEST_LIST = 200
_LONGEST_SIDE = 300
_SHORT = 3
_RELATION = re.compile("[=≈≅≃≡←]")
_CLOSING = frozenset(("", ",", ".", ";", ")", "]"))
_POINT = frozenset(("at",))
_AT_A_POINT = re.compile(r"\|_?\{?[A-Za-z]\w*\s*=")
_ARTICLES = frozenset({"a", "A", "I"})
_TIGHT = frozenset("+*/^×")
_BINARY = frozenset(("*", "/", "^", "**", "+"))
_POWERS = frozenset("²³^*+/")


def find_statements(lines: Iterable[Traced], names: Resolving) -> tuple[Statement, ...]:
    """Every chain of equalities, in the document's order; lines that begin with `=` go on with the one before."""
    lines = tuple(lines)
    begun = frozenset(
        word for line in lines for found in (_BEGUN, _DIFFERENTIATED) for word in found.findall(line.text)
    )
    functions = frozenset(word for line in lines for word in _FUNCTIONS.findall(line.text)) - {"d", "D"} | ACTIVATIONS
    names = _Begun(names, begun, functions, products_in(lines))
    found: list[Statement] = []
    alone: Traced | None = None
    adjacent = False
    for line in lines:
        found.extend(_slopes_in_words(line, names))
        if not _RELATION.search(line.text) and not _may_go_on(found, line, adjacent):
            alone = _alone(line, names)
            found.extend(_side_by_side(line, names))
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
_FUNCTIONS = re.compile(r"(?<![\w)])([^\W\d]\w{0,11})\(\s*[^\W\d_]\w{0,3}(?:\s*,\s*[^\W\d_]\w{0,3}){0,9}\s*\)\s*=(?!=)")
_BEGUN = re.compile(rf"^[\s{EDGE}]*([A-Za-z]{{2,12}})[\s{EDGE}]*=(?!=)")


def _alone(line: Traced, names: Resolving) -> Traced | None:
    """A line that is nothing but one side of an equation: the next may go on with `=`."""
    if _RELATION.search(line.text) or not re.search(r"[\w)]", line.text) or len(line.text) > _LONGEST_SIDE:
        return None
    items = _items(line.text, names)
    kinds = {item.kind for item in items}
    if kinds <= {_Kind.FORMULA, _Kind.OPERATOR, _Kind.OPEN, _Kind.CLOSE, _Kind.EDGE} and _Kind.FORMULA in kinds:
        return line.sub(_EDGES, lambda match: [" "]).stripped()
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
            or (first[:1] == "-" and (new.displayed or (adjacent and len(new.members) == 1)))
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
    items = _parted(_items(line.text, names), line.text)
    if not _RELATION.search(line.text) and any(item.kind is _Kind.PROSE for item in items):
        return  # what goes on with a formula has no words
    run: list[_Item] = []
    shown = False
    told = False
    before = _Item(_Kind.STOP, 0, 0)
    for item in (*items, _Item(_Kind.STOP, len(line.text), len(line.text))):
        if item.kind in (_Kind.PROSE, _Kind.STOP, _Kind.CUT):
            for statement in _statement(line, run, before, item, shown):
                yield statement, not told
            told = told or bool(run) or item.kind is not _Kind.STOP
            run = []
            before = item
        elif item.kind is _Kind.EDGE:
            shown = True
        else:
            run.append(item)


_PAIRED = re.compile(rf"[\s{EDGE}]*(\w+(?:\s*,\s*\w+){{1,7}})\s*=\s*([^=,]+(?:,[^=,]+){{1,7}})[\s{EDGE}]*")


def _bracketed(line: Traced, span: tuple[int, int], before: str) -> tuple[Traced, ...]:
    """A part of a line in square brackets, behind a sign."""
    at = (line.place(span[0]),)
    return Traced(f"{before}[", at * len(f"{before}[")), line[span[0] : span[1]], Traced("]", at)


def _statement(line: Traced, run: list[_Item], before: _Item, stop: _Item, shown: bool) -> Iterator[Statement]:
    if not run:
        return
    first = line.text[run[0].start : run[0].end]
    at_a_point = line.text[before.start : before.end].casefold() in _POINT or _AT_A_POINT.search(line.text) is not None
    cut = (
        at_a_point or before.kind is _Kind.CUT or (before.kind is _Kind.PROSE and first in _BINARY),
        at_a_point or stop.kind is _Kind.CUT or (stop.kind is _Kind.PROSE and run[-1].kind is _Kind.OPERATOR),
    )
    members: list[Traced] = []
    start = run[0].start
    for item in run:
        if item.kind is _Kind.EQUALS:
            members.append(line[start : item.start].sub(_EDGES, lambda match: [" "]).stripped())
            start = item.end
    members.append(line[start : run[-1].end].sub(_EDGES, lambda match: [" "]).stripped())
    before_it = line[: run[0].start].sub(_EDGES, lambda match: [" "])
    left = told_left(before_it, members[0], members[1].text) if len(members) > 1 else None
    told = _DERIVATIVE_OF.search(line.text[: run[0].start])
    if left is not None:
        members[0] = left
    elif members[0].text and told and not _BY_WHAT.match(line.text[run[-1].end :]):
        members[0] = join((Traced("∂(", members[0].at[:1] * 2), members[0], Traced(")/∂x", members[0].at[-1:] * 4)))
    words = ""
    if not members[-1].text and stop.kind is _Kind.PROSE:
        words = line.text[stop.start :].strip(f" \t{EDGE}")
        words = "" if re.search(r"[+*/^=∂]", words) else words
    about = any(line.text[item.start] in "≈≅≃" for item in run if item.kind is _Kind.EQUALS)
    signs = [line.text[item.start : item.end] for item in run if item.kind is _Kind.EQUALS]
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


def _side_by_side(line: Traced, names: Resolving) -> Iterator[Statement]:
    """A line that has a name or a derivative, and a formula behind it without any sign between them."""
    edge = len(line.text) - len(line.text.lstrip(f" \t{EDGE}"))
    line = line[edge : max(edge, len(line.text.rstrip(f" \t{EDGE}")))]
    text = line.text
    match = _SIDE_BY_SIDE.match(text) if len(text) <= _LONGEST_SIDE else None
    if match is None or any(item.kind not in _PARTS for item in _items(text, names)):
        return
    yield Statement((line[slice(*match.span("left"))], line[slice(*match.span("right"))]), lacks_equals=True)


_PARTS = frozenset((_Kind.FORMULA, _Kind.OPERATOR, _Kind.OPEN, _Kind.CLOSE, _Kind.EDGE))
_SIDE_BY_SIDE = re.compile(
    r"(?P<left>[^\W\d_]\w*(?=\s)|[d∂]\w+\s?/\s?[d∂]\w+(?=[\s(]))\s*(?P<right>[\w(\[½].*[+*/^²-].*)\Z"
)


def _slopes_in_words(line: Traced, names: Resolving) -> Iterator[Statement]:
    """`the derivative of σ(x) is …`, `derivative of y where y = σ(x) is …`: dσ(x)/dx = …"""
    for match in _SLOPE_IN_WORDS.finditer(line.text):
        value = line[match.start("value") :]
        items = list(takewhile(lambda item: item.kind not in _ENDS, _items(value.text, names)))
        if not any(item.kind is _Kind.FORMULA for item in items):
            continue
        value = value[: items[-1].end]
        while value.text[-1:] in CLOSES and value.text.count(value.text[-1]) > value.text.count(CLOSES[value.text[-1]]):
            value = value[:-1].stripped()
        of, by = line[slice(*match.span("of"))], match["by"]
        at = of.at[:1]
        left = join((Traced("d(", at * 2), of, Traced(f")/d{by}", of.at[-1:] * (3 + len(by)))))
        yield Statement((left, value.sub(_EDGES, lambda m: [" "]).stripped()))


_ENDS = frozenset((_Kind.PROSE, _Kind.STOP, _Kind.CUT, _Kind.COMMA, _Kind.EQUALS))
_SLOPE_IN_WORDS = re.compile(
    rf"(?:derivative|slope)[\s{EDGE}]+of[\s{EDGE}]+(?:(?P<name>\w+)[\s{EDGE}]+(?:where|when|if|with|for)[\s{EDGE}]+(?P=name)\s*=\s*)?"
    rf"(?P<of>[^\W\d]\w*\((?P<by>[^\W\d_]\w*)\))[\s{EDGE}]+(?:is|equals)[\s{EDGE}]+(?P<value>[^\s=]+.*)",
    re.IGNORECASE,
)
_GAP = re.compile(r"(.*[\w)\]}²])[ ]{2,}([\w∂(\[][^ ].*|\w)")
_NUMBER_AND_NAME = re.compile(r"([+-]?\d*\.?\d+)\s+([^\W\d]\w*)")
_DERIVATIVE_OF = re.compile(r"(?:derivative|gradient|slope|differential|differentiation)\s+of\s*\Z", re.IGNORECASE)
_BY_WHAT = re.compile(rf"[\s{EDGE}]*(?:with\s+respect|w\.?\s?r\.?\s?t)", re.IGNORECASE)
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
        elif value == WORDS:
            found.append(_Item(_Kind.PROSE, start, end))
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
    before = text[:start].rstrip(f" \t{EDGE}")[-1:]
    after = text[end:].lstrip(f" \t{EDGE}")[:1]
    value = "".join(SUBSCRIPTS.get(char, char) for char in value)
    if value in _ARTICLES and not shown and names.resolve(value) is None:
        return (after != "" and after in "=+-*/^)²") or (before != "" and before in "=+-*/^∂" and after in _CLOSING)
    if text[start - 1 : start] == "∂" or (value == "e" and after == "="):
        return True
    if value == "d" and (re.match(r"\s+\w+\s*/\s*d\b", text[end:]) or (before == "/" and after.isalpha())):
        return True  # d o1 / d w5
    if value[0] == "d" and _CALL_ABOVE.match(text, start):
        return True
    known = word(value, start, names)
    if known is not None and known[0].kind == "FUNCTION":
        operand = re.match(r"[ \t]*(?:[A-Za-zα-ω]\b|\w*\d\w*|\w+_\w+)", text[end:])
        return shown or after in _ARGUMENT or operand is not None or (before != "" and before in _SIGNS)
    if _DIFFERENTIAL.fullmatch(value) and "/" in (before, after):
        return True
    if _ENGLISH.fullmatch(value):  # "loss" and "error" are words, unless an operator says otherwise
        beside = (before == "" or before in _SIGNS) and (after == "" or after in _SIGNS) and before + after != ""
        if len(value) <= _SHORT and beside and _FUNCTIONS.match(text.lstrip(f" \t{EDGE}")):
            return True  # f(x) = ax
        begins = before == "" and after == "=" and text[end:].lstrip(f" \t{EDGE}")[1:2] != "="
        return (beside and (known is not None or shown)) or begins
    if known is not None:
        return len(value) > 1 or shown or value not in "de" or text[end : end + 1] in ("(", "^", "/", "*")
    return bool(_NAME_LIKE.match(value))


def _is_product(text: str, place: int) -> bool:
    """f'(x).g(x): a dot without blanks, between operands that no decimal has; or one between blanks."""
    if text[place - 1 : place] == " " == text[place + 1 : place + 2]:
        return bool(re.search(r"[\w)\]}] +\Z", text[:place]) and re.match(r"\. +[\w(\[{]", text[place:]))
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return (
        (before in (")", "]", "}") and (after.isalpha() or after in ("(", "[", "{")))
        or (before.isalnum() and not before.isdigit() and after in ("(", "["))
        or (before.isdigit() and after == "(")
    )


def _parted(items: list[_Item], text: str) -> list[_Item]:
    """Brackets around prose or an equation, and commas outside all brackets, part statements."""
    partner: dict[int, int] = {}
    waiting: list[int] = []
    for number, item in enumerate(items):
        if item.kind is _Kind.OPEN:
            waiting.append(number)
        elif item.kind is _Kind.CLOSE and waiting:
            partner[waiting[-1]] = number
            partner[number] = waiting.pop()
    stops = _counted(items, lambda item: item.kind in (_Kind.PROSE, _Kind.STOP, _Kind.EQUALS))
    equals = _counted(items, lambda item: item.kind is _Kind.EQUALS)
    operators = _counted(items, lambda item: item.kind is _Kind.OPERATOR and text[item.start] in "+*/^-")
    found = list(items)
    for opened, closed in partner.items():
        if opened < closed and stops[closed] > stops[opened]:
            after = text[items[closed + 1].start] if closed + 1 < len(items) else " "
            joined = equals[closed] == equals[opened] and (
                after in _POWERS or operators[closed] > operators[opened]
            )  # a part of the formula that is not one: what is left of it says nothing
            kind = _Kind.CUT if joined else _Kind.STOP
            found[opened] = replace(items[opened], kind=kind)
            found[closed] = replace(items[closed], kind=kind)
    level = 0
    for number, item in enumerate(found):
        if item.kind is _Kind.OPEN and number in partner:
            level += 1
        elif item.kind is _Kind.CLOSE and number in partner:
            level -= 1
        elif item.kind is _Kind.COMMA:
            inside = level > 0 or is_in_number(text, item.start)
            found[number] = replace(item, kind=_Kind.OPERATOR if inside else _Kind.STOP)
    return found


def _counted(items: list[_Item], counts: Callable[[_Item], bool]) -> list[int]:
    """How many items of a kind stand up to each one."""
    return list(accumulate(int(counts(item)) for item in items))


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

"""The signs and words of a line, told apart as formula or prose."""

import re
from collections.abc import Callable
from enum import Enum, auto
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from derive.reading.commas import is_in_number
from derive.reading.mathematics import EDGE, WORDS
from derive.reading.notation import CLOSES, SUBSCRIPTS
from derive.reading.tokens import PATTERNS, word
from derive.reading.vocabulary import Resolving


class Kind(Enum):
    FORMULA, OPERATOR, EQUALS, OPEN, CLOSE, COMMA, PROSE, STOP, CUT, EDGE = (auto() for _ in range(10))


class Item(Struct, frozen=True):
    kind: Kind
    start: int
    end: int


_WORDS = dict(PATTERNS)["WORD"]
_SCAN = re.compile(
    rf"(?P<edge>[{EDGE}]+)|(?P<blank>\s+)|(?P<number>{dict(PATTERNS)['NUMBER']})|(?P<word>{_WORDS})|"
    r"(?P<arrow><?=>|<?->|<-)|(?P<compare>[<>]=?|!=|[≤≥≠])|"
    r"(?P<equals>:=|[+\-*/]=(?!=)|={1,3}|[≈≅≃≡←])|(?P<operator>\*\*|[+\-*/^∂|'])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|"
    r"(?P<dot>\.+|…+)|(?P<placeholder>\?+|\\\\)|(?P<command>\\[A-Za-z]+)|(?P<other>.)",
    re.DOTALL,
)
_FOREIGN = "∑∏∫∇⊙⊗∘ᵀ‖⟨⟩▦∈∞"
_PUNCTUATION = frozenset(';:!"“”„«»‹›´§¶¿|$#✓✔✗✘☑☐✅❌■□▪◻▢◼→⇒⟹ ')
_SPOKEN = frozenset("item qed qedhere square blacksquare checkmark emph footnote par newline cite caption".split())
"""Commands of TeX that are prose or punctuation wherever they stand."""
FOREIGN = re.compile(rf"[{_FOREIGN}]|(?<=[\w)\]}}])(?<!\be)\^(?:\{{T\}}|\(T\)|T\b)")
"""Signs of sums over indices, matrices and limits; a matrix turned over, W^T."""
_NAME_LIKE = re.compile(r"\w+_\Z|\w*\d|\w+_\w|[α-ωΑ-Ω]\w*\Z|[^\W\d_]\Z")
_ENGLISH = re.compile(r"[A-Za-z]{3,}|[a-z]{2}")
_DIFFERENTIAL = re.compile(r"d[A-Za-z]\w*")
_SIGNS = "=+-*/^()[]{}|,∂'→⇒;"
_CALL_ABOVE = re.compile(r"d\s*(?:\w+\s*)?\((?:[^()]|\((?:[^()]|\([^()]*\))*\)){1,200}\)\s*\)?\s*/\s*\(?\s*[d∂]")
"""d(f(x))/dx, df(x)/dx and d (a*x) / dx: a differential of more than a name."""
_ARGUMENT = frozenset("([{^'|²")
_CONJUNCTIONS = frozenset("and as because but for hence if let since so then therefore thus when where with".split())
_WORD = re.compile(r"[A-Za-z]+")
_SHORT = 3
_REMARK = 2
"""So many words in brackets are a remark."""
_BEFORE, _BEHIND, _ARITHMETIC = "+-*/^(", "+-*/^)", frozenset("+-*^")
CLOSING = frozenset(("", ",", ".", ";", ")", "]"))
_JOINS = frozenset("+-*/^=")
_ATTRIBUTE = re.compile(r"(?<=[\w)\]}])\.(?:[a-z_]{2,}\b|T\b)")
"""What belongs to an object of a program: x.sum(), W.T."""
_ARTICLES = frozenset({"a", "A", "I"})
_POWERS = frozenset("²³^*+/")
FUNCTIONS = re.compile(r"(?<![\w)])([^\W\d]\w{0,11})\(\s*[^\W\d_]\w{0,3}(?:\s*,\s*[^\W\d_]\w{0,3}){0,9}\s*\)\s*=(?!=)")


def items_of(text: str, names: Resolving) -> list[Item]:
    """The line's signs and words, told apart as formula or prose."""
    found: list[Item] = []
    inside = False
    for match in _SCAN.finditer(text):
        kind, value, start, end = str(match.lastgroup), match.group(), match.start(), match.end()
        if kind == "blank":
            continue
        if kind == "edge":
            inside = not inside if len(value) % 2 else inside
            if len(value) > 1 or _parts_here(text, start, end):
                found.append(Item(Kind.STOP if len(value) % 2 else Kind.EDGE, start, end))
            found.append(Item(Kind.EDGE, start, end))
        elif kind == "word":
            whole = text.count(EDGE * 2) > 0
            known = _is_formula(text, value, start, end, names, inside or whole) or _is_called(text, value, end, found)
            found.append(Item(Kind.FORMULA if known else Kind.PROSE, start, end))
        elif kind == "number":
            found.append(Item(Kind.FORMULA, start, end))
        elif kind == "dot":
            found.append(Item(_dotted(text, start, end, found), start, end))
        elif kind == "command":
            spoken = value[1:] in _SPOKEN or not (inside or text.count(EDGE * 2) or _goes_on(found))
            found.append(Item(Kind.PROSE if spoken else Kind.FORMULA, start, end))
        elif kind == "arrow":
            found.append(Item(Kind.STOP, start, end))
        elif kind == "compare":  # 1(x > 0) is more than the 1
            found.append(Item(Kind.CUT, start, end))
        elif kind == "placeholder":
            found.append(Item(Kind.STOP, start, end))
        elif value == WORDS:
            found.append(Item(Kind.PROSE, start, end))
        elif kind == "other":
            found.append(Item(Kind.STOP if _is_punctuation(text, start) else Kind.FORMULA, start, end))
        else:
            found.append(Item(Kind[kind.upper()], start, end))
    return found


def _goes_on(found: list[Item]) -> bool:
    """Whether what was found so far ends with a part of a formula."""
    return bool(found) and found[-1].kind in (Kind.FORMULA, Kind.CLOSE, Kind.OPERATOR, Kind.EQUALS)


def _is_punctuation(text: str, place: int) -> bool:
    """Whether a sign that no formula has is known to be none of its parts: all others make it unreadable."""
    char = text[place]
    if char == "&":  # and
        return re.match(r"&\s+[A-Za-z]{3,}", text[place:]) is not None
    if char == "!":  # n!/k
        return text[place + 1 :].lstrip()[:1] not in _JOINS
    if char == "_":
        return not (text[place - 1 : place] in CLOSES and re.match(r"_[\w⟨]", text[place:]))
    return char in _PUNCTUATION or char >= "\U0001f000"


def _is_called(text: str, value: str, end: int, found: list[Item]) -> bool:
    """Whether a word behind a formula is no prose: it is applied to something, or chooses, `h if h > 0 else 0`."""
    chooses = value == "if" and re.search(r"\belse\b", text[end:]) is not None
    return (text[end : end + 1] == "(" or chooses) and _goes_on(found)


def _dotted(text: str, start: int, end: int, found: list[Item]) -> Kind:
    """A dot is a product, a part of `x.sum()` or of `a + … + b`, or the end of a sentence."""
    if end - start == 1 and _is_product(text, start):
        return Kind.OPERATOR
    if end - start == 1 and text[start] == ".":
        return Kind.FORMULA if _ATTRIBUTE.match(text, start) else Kind.STOP
    joined = text[:start].rstrip()[-1:] in _JOINS or text[end:].lstrip()[:1] in _JOINS
    return Kind.FORMULA if joined and _goes_on(found) else Kind.STOP


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
        return (after != "" and after in "=+-*/^)²") or (before != "" and before in "=+-*/^∂" and after in CLOSING)
    if value in _CONJUNCTIONS:
        return False
    if text[start - 1 : start] == "∂" or (value in "de" and after == "="):
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
    follows = _WORD.match(text[end:].lstrip(f" \t{EDGE}"))
    after = "" if follows and follows.group() in _CONJUNCTIONS else after
    if _ENGLISH.fullmatch(value):  # "loss" and "error" are words, unless an operator says otherwise
        beside = (before == "" or before in _SIGNS) and (after == "" or after in _SIGNS) and before + after != ""
        if len(value) <= _SHORT and beside and FUNCTIONS.match(text.lstrip(f" \t{EDGE}")):
            return True  # f(x) = ax
        if _is_operand(text, start, end, before, after):
            return True
        begins = before == "" and after == "=" and text[end:].lstrip(f" \t{EDGE}")[1:2] != "="
        return (beside and (known is not None or shown)) or begins
    if known is not None:
        power = value == "e" and re.match(r"[ \t]*(?:\^|\*\*)", text[end:]) is not None
        return len(value) > 1 or shown or value not in "de" or power or text[end : end + 1] in ("(", "^", "/", "*")
    return bool(_NAME_LIKE.match(value))


def _is_operand(text: str, start: int, end: int, before: str, after: str) -> bool:
    """Whether a word stands between signs of arithmetic, as in (target - output)^2; a hyphen is none."""
    if before not in _BEFORE or after not in _BEHIND or not set(before + after) & _ARITHMETIC or "" in (before, after):
        return False
    hyphen = re.search(r"[A-Za-z]-\Z", text[:start]) or re.match(r"-[A-Za-z]", text[end:])
    return hyphen is None


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


def parted(items: list[Item], text: str) -> list[Item]:
    """Brackets around prose or an equation, and commas outside all brackets, part statements."""
    partner: dict[int, int] = {}
    waiting: list[int] = []
    for number, item in enumerate(items):
        if item.kind is Kind.OPEN:
            waiting.append(number)
        elif item.kind is Kind.CLOSE and waiting:
            partner[waiting[-1]] = number
            partner[number] = waiting.pop()
    stops = _counted(items, lambda item: item.kind in (Kind.PROSE, Kind.STOP, Kind.EQUALS))
    equals = _counted(items, lambda item: item.kind is Kind.EQUALS)
    operators = _counted(items, lambda item: item.kind is Kind.OPERATOR and text[item.start] in "+*/^-")
    found = list(items)
    for opened, closed in partner.items():
        if opened < closed and stops[closed] > stops[opened]:
            after = text[items[closed + 1].start] if closed + 1 < len(items) else " "
            joined = equals[closed] == equals[opened] and (
                after in _POWERS or operators[closed] > operators[opened]
            )  # a part of the formula that is not one: what is left of it says nothing
            kind = Kind.CUT if joined or _is_indexed(items, opened, closed, text) else Kind.STOP
            found[opened] = replace(items[opened], kind=kind)
            found[closed] = replace(items[closed], kind=kind)
    level = 0
    for number, item in enumerate(found):
        if item.kind is Kind.OPEN and number in partner:
            level += 1
        elif item.kind is Kind.CLOSE and number in partner:
            level -= 1
        elif item.kind is Kind.COMMA:
            inside = level > 0 or is_in_number(text, item.start)
            found[number] = replace(item, kind=Kind.OPERATOR if inside else Kind.STOP)
    return found


def _is_indexed(items: list[Item], opened: int, closed: int, text: str) -> bool:
    """Whether what is in brackets belongs to the operand that they stand at, as in x[:, 0]; a remark has words."""
    at_an_operand = opened > 0 and items[opened - 1].kind in (Kind.FORMULA, Kind.CLOSE)
    if not at_an_operand or items[opened - 1].end != items[opened].start:
        return False
    words = sum(item.kind is Kind.PROSE for item in items[opened:closed])
    return text[items[opened].start] == "[" or words < _REMARK


def _counted(items: list[Item], counts: Callable[[Item], bool]) -> list[int]:
    """How many items of a kind stand up to each one."""
    return list(accumulate(int(counts(item)) for item in items))

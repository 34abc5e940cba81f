"""What stands for many numbers as an operand: sums over indices, gradients, matrices; and the cases of a function."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.array_calls import called, is_of_arrays
from derive.formulas.brackets import partners
from derive.formulas.cursor import leaf
from derive.formulas.grammar import dots
from derive.formulas.grammar.functions import bracketed
from derive.formulas.grammar.parser import Parser
from derive.formulas.signs import INTEGRAL
from derive.formulas.syntax import Node

_LIMITS = frozenset("WORD NUMBER COMMA RELATION COMPARE PRIME".split())
_RANGES = tuple(
    tuple(f"OPEN WORD COMPARE OPEN {end} CLOSE CLOSE".split()) for end in ("WORD", "NUMBER COMMA DOTS COMMA WORD")
)
"""{i ∈ [N]} and {i ∈ {1, …, N}} by their kinds of tokens."""
_AROUND = ("{", "(", r"\substack")
_GRADED = frozenset("name call group power gradient product".split())
_CONDITIONS = frozenset("if for when otherwise else si wenn sonst sinon".split())
_OPPOSITES: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys((">", "≥", ">="), "<≤<="), **dict.fromkeys(("<", "≤", "<="), ">≥>="),
})  # fmt: skip
"""Comparisons of numbers, each with those that hold of the rest; at an edge that neither has, the second holds."""


def big(parser: Parser) -> Node:
    """∑ and ∏ with their limits, over the rest of the term."""
    token = parser.take()
    limits: list[Node] = []
    while parser.kind() in ("BELOW", "POWER"):
        is_lower = parser.take().kind == "BELOW"
        found = _range(parser) if is_lower else None
        limits[0 if is_lower else len(limits) : 0 if is_lower else None] = found or (_limit(parser),)
    if not parser.kind():
        raise parser.fault()
    _open_braces(parser, "".join(part.value for limit in limits[:1] for part in limit.parts if part.kind == "name"))
    body = parser.term()
    if parser.kind() in ("PLUS", "MINUS") and parser.choose("", "the sum reaches over the terms behind it, too"):
        body = parser.summed(body, body.start)
    return parser.node("sums", token.start, *limits, body, value="∑" if token.value == "Σ" else token.value)


def _open_braces(parser: Parser, letters: str) -> None:
    r"""\sum_j{w_j x_j + b}: nobody sees the braces, and a last term without the sum's letter hardly belongs to it."""
    tokens, opened = parser.tokens, parser.place
    closed = partners(tokens).get(opened, opened)
    levels = accumulate((token.kind == "OPEN") - (token.kind == "CLOSE") for token in tokens[opened:closed])
    signs = [at for at, level in enumerate(levels, opened) if level == 1 and tokens[at].kind in ("PLUS", "MINUS")]
    if parser.peek().value != "{" or parser.peek().end - parser.peek().start > 1 or not signs:
        return
    is_last_summed = any(set(letters) & set(token.value) for token in tokens[signs[-1] : closed])
    ways = "the sum ends before the terms behind its first one", "the sum reaches over all that its braces hold"
    if bool(parser.choose("", ways[not is_last_summed])) == is_last_summed:
        parser.tokens = (*tokens[:opened], *tokens[opened + 1 : closed], *tokens[closed + 1 :])


def _range(parser: Parser) -> tuple[Node, Node] | None:
    """i ∈ [N] and i ∈ {1, …, N} below a sum as i = 1 with N above."""
    shape = next((shape for shape in _RANGES if parser.kinds(*shape)), ())
    tokens = [parser.peek(place) for place in range(len(shape))]
    if not tokens or tokens[2].value != "∈" or any(token.kind == "NUMBER" and token.value != "1" for token in tokens):
        return None
    if shape is _RANGES[0] and tokens[3].value != "[":
        return None
    letter, size = (parser.named(token.value, token) for token in tokens if token.kind == "WORD")
    parser.place += len(shape)
    return Node("limit", (letter, Node("number", (), "1")), "="), Node("limit", (size,))


def _limit(parser: Parser) -> Node:
    """What a sum runs over: its letters, and what the first one starts at or leaves out; else its text."""
    begun = parser.place
    braces = 0
    while parser.peek().value in _AROUND:
        braces += parser.take().kind == "OPEN"
    parts: list[Node] = []
    sign = ""
    while parser.kind() in _LIMITS and (braces or not parts):
        token = parser.take()
        if token.kind in ("RELATION", "COMPARE"):
            sign = token.value
        elif token.kind == "PRIME" and parts:
            parts[-1] = replace(parts[-1], value=parts[-1].value + "′" * len(token.value))
        elif token.kind != "COMMA":
            parts.append(parser.named(token.value, token) if token.kind == "WORD" else leaf("number", token))
    if parts and all(parser.accept("CLOSE") for _ in range(braces)):
        return parser.node("limit", parts[0].start, *parts, value=sign)
    parser.place = begun
    return _limit_text(parser)


def _limit_text(parser: Parser) -> Node:
    """A limit of another kind, kept as its text."""
    start = parser.start
    if parser.kind() != "OPEN":
        return leaf("foreign", parser.take())
    level, words = 0, []
    while parser.kind():
        token = parser.take()
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        words.append(token.value)
        if level == 0:
            break
    return parser.node("foreign", start, value=" ".join(words[1:-1]))


def nabla(parser: Parser) -> Node:
    """∇f, ∇_x f, ∇²_x f; of names and brackets the next one alone, as people write chains of gradients."""
    token = parser.take()
    above = parser.script_node() if parser.accept("POWER") else None
    by = (parser.script_node(),) if parser.accept("BELOW") else ()
    if by and above is None and by[0].kind == "power":
        name, above = by[0].parts
        by = (name,)
    of = parser.reached(by[0].value if by else "∇", *_GRADED)
    if above is not None and above.value != "2":
        raise parser.fault()
    return parser.node("gradient", token.start, *by, of, order=0 if above is None else 2)


def matrix(parser: Parser) -> Node:
    """A matrix, its determinant between bars, or the cases of a function: a `list` for each row."""
    token = parser.take()
    rows: list[Node] = []
    row: list[Node] = []
    start = parser.start
    while parser.kind() != "END":
        if not parser.kind():
            raise parser.fault()
        if parser.kind() == "ROW":
            rows += [parser.node("list", start, *row)] if row else []
            parser.take()
            row, start = [], parser.end
        elif parser.kind() in ("AMP", "GAP", "COMMA", "STOP"):
            if parser.take().kind == "AMP" and token.value != "cases":
                row += _blank(parser) if parser.kind(-2) in ("ROW", "BEGIN", "AMP") else []
                row += _blank(parser) if parser.kind() in ("ROW", "END") else []
        else:
            row.append(_condition(parser) if token.value == "cases" and row else parser.sum())
    rows += [parser.node("list", start, *row)] if row else []
    parser.take()
    cases = _cases(rows) if token.value == "cases" else dots.matrix(rows)
    made = parser.node("matrix", token.start, *rows, value=token.value) if cases is None else cases
    return parser.node("call", token.start, made, value="det") if token.value == "vmatrix" else made


def _blank(parser: Parser) -> list[Node]:
    """An entry where nothing is written."""
    return [parser.node("foreign", parser.end, value=dots.BLANK)]


def _cases(rows: Sequence[Node]) -> Node | None:
    """Cases that comparisons of numbers tell apart as `a if x > 0 else b`, where the last one is all that is left; None
    for any others: where i = k tells them apart, and where something may be left out."""
    conditions = [row.parts[-1] for row in rows]
    if len(rows) < 2 or any(len(row.parts) != 2 or row.parts[1].kind != "condition" for row in rows):
        return None
    before, last = conditions[-2:]
    is_rest = _written(before) == _written(last) and last.value in _OPPOSITES.get(before.value, "")
    if not all(condition.value in _OPPOSITES for condition in conditions[:-1]) or not (is_rest or not last.parts):
        return None
    made = rows[-1].parts[0]
    for row in reversed(rows[:-1]):
        value, condition = row.parts
        made = Node("case", (value, *condition.parts, made), condition.value, row.start, rows[-1].end)
    return made


def _written(condition: Node) -> list[tuple[str, str]]:
    """The sides of a condition wherever they stand."""
    return [(node.kind, node.value) for part in condition.parts for node in part.walk()]


def _condition(parser: Parser) -> Node:
    """What stands behind a case: if i = k, i ≠ k, otherwise."""
    start = parser.start
    words: list[str] = []
    while parser.kind() == "TEXT" or (parser.kind() == "WORD" and parser.peek().value in _CONDITIONS):
        words.append(parser.take().value)
    while parser.accept("GAP"):
        pass
    if parser.kind() in ("ROW", "END"):
        return parser.node("condition", start, value=" ".join(words).strip())
    left, sign, right = parser.comparison("RELATION", "COMPARE")
    return parser.node("condition", start, left, right, value=sign)


def unknown(parser: Parser) -> Node:
    """A sign that nobody here can read; or a function of arrays as programs call it, dot(x, w) and sum(e): of sum(e)^2
    nobody knows what is squared.
    """
    token, begun = parser.take(), parser.place
    if token.value == INTEGRAL:
        raise DeriveError("", INTEGRAL)
    if parser.peek().value == "(" and not parser.peek().spaced and is_of_arrays(token.value):
        parts = bracketed(parser)
        made = called(token.value, parts, lambda kind, *parts, **more: parser.node(kind, token.start, *parts, **more))
        if made is not None and parser.kind() not in ("POWER", "SUPERSCRIPT"):
            return made
        parser.place = begun
    return leaf("foreign", token)

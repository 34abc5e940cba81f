"""Numbers, brackets, fractions, roots and bars as operands."""

from collections.abc import Sequence

from msgspec.structs import replace

from derive.formulas.brackets import holds_comparison, partners
from derive.formulas.cursor import leaf
from derive.formulas.grammar import dots
from derive.formulas.grammar.derivatives import ratio
from derive.formulas.grammar.parser import Parser
from derive.formulas.syntax import Node, unbraced
from derive.formulas.tokens import Token, token_at

_VECTORS = frozenset("name call gradient transposed".split())
_ASKING = frozenset("TIMES ENTRYWISE MATMUL PLUS MINUS".split())
_ORDERS = {"√": "2", "∛": "3", "∜": "4"}
_WHOLE = frozenset("differential name number group call fraction partial absolute".split())
"""What stands in braces as it would without them."""


def number(parser: Parser) -> Node:
    """A number, or an indicator."""
    is_indicator = parser.at_indicator()
    token = parser.take()
    return indicator(parser, token.start) if is_indicator else leaf("number", token)


def indicator(parser: Parser, start: int) -> Node:
    """1(x > 0), 1_{i=k}, [x > 0]: one where what stands in the bracket holds, else zero."""
    parser.accept("BELOW")
    opened = [parser.take()]
    while holds_comparison(parser.tokens, parser.place):
        opened.append(parser.take())
    left, sign, right = parser.comparison("COMPARE", "RELATION")
    for bracket in reversed(opened):
        parser.close(bracket)
    one, zero = Node("number", (), "1"), Node("number", (), "0")
    if sign not in ("=", "==", "≠"):
        return parser.node("case", start, one, left, right, zero, value=sign)
    sign = sign.replace("==", "=")
    holds, otherwise = Node("condition", (left, right), sign), Node("condition")
    rows = (Node("list", row) for row in ((one, holds), (zero, otherwise)))
    return parser.node("matrix", start, *rows, value="cases")


def _is_counted(parser: Parser) -> bool:
    """Whether a comparison in a bracket counts as 1 or 0: [x > 0], and d*(x > 0), where a sign asks for an operand."""
    if not holds_comparison(parser.tokens, parser.place):
        return False
    opened, closed = parser.peek(), partners(parser.tokens)[parser.place]
    around = parser.kind(-1), token_at(parser.tokens, closed + 1).kind
    is_asked = not _ASKING.isdisjoint(around) or around == ("", "")
    is_told = any(token.kind == "RELATION" and token.value != "==" for token in parser.tokens[parser.place : closed])
    return opened.value == "[" or (opened.value == "(" and is_asked and not is_told)


def group(parser: Parser) -> Node:
    r"""A bracket: a sum, a ratio with \over, or a list; an empty {} is nothing."""
    if _is_counted(parser):
        return indicator(parser, parser.start)
    opened = parser.take()
    if opened.value == "{" and parser.accept("CLOSE"):
        return parser.factor()
    parts = [parser.stacked()]
    while parser.accept("COMMA"):
        parts.append(parser.sum())
    parser.close(opened)
    if opened.value == "⟨":
        return _angled(parser, opened, parts)
    if len(parts) > 1 and (told := dots.vector(parts)) is not None:
        return told
    if len(parts) > 1:
        is_matrix = opened.value == "[" and all(part.kind in ("list", "group") and part.value == "[" for part in parts)
        rows = [replace(part, kind="list") for part in parts] if is_matrix else parts
        return parser.node("matrix" if is_matrix else "list", opened.start, *rows, value=opened.value)
    if opened.value == "{" and opened.end - opened.start > 1:  # \{ and \lbrace are printed
        return parser.node("group", opened.start, parts[0], value=r"\{")
    if opened.value == "{" and opened.shown and parts[0].kind in _WHOLE:
        return parts[0]
    return parser.node("group", opened.start, parts[0], value=opened.value)


def _angled(parser: Parser, opened: Token, parts: Sequence[Node]) -> Node:
    """⟨w, x⟩, the sum of the products of two vectors' entries; of what is no vector, ⟨1, 2x⟩, a list, but for ⟨…⟩_F."""
    if len(parts) == 1:
        return parser.node("foreign", opened.start, *parts, value="⟨ ⟩")
    is_inner = parser.kinds("BELOW", "WORD") and parser.peek(1).value == "F"
    parser.place += 2 * is_inner
    if len(parts) == 2 and (is_inner or all(part.kind in _VECTORS for part in parts)):
        return parser.node("total", opened.start, parser.node("entrywise", opened.start, *parts))
    return parser.node("list", opened.start, *parts, value=opened.value)


def fraction(parser: Parser) -> Node:
    r"""\frac{a}{b}, \frac12, \frac{∂E}{∂w}."""
    start = parser.take().start
    above = _part(parser)
    return ratio(parser, above, _part(parser), start)


def _part(parser: Parser) -> Node:
    r"""What belongs to a command: a group, or one sign; of \frac12 one digit."""
    token = parser.peek()
    if token.value == "{" and token.kind == "OPEN":
        parser.take()
        if parser.kind() == "CLOSE":
            raise parser.fault()
        inner = parser.stacked()
        parser.close(token)
        return inner
    if token.kind == "NUMBER" and len(token.value) > 1:
        first = Token("NUMBER", token.value[0], token.start, token.start + 1)
        parser.put(first, Token("NUMBER", token.value[1:], token.start + 1, token.end, False, token.shown))
    return parser.atom()


def root(parser: Parser) -> Node:
    r"""\sqrt{x}, \sqrt[3]{x}, √x, ∛(x + 1)."""
    token = parser.take()
    start, order = token.start, Node("number", (), _ORDERS.get(token.value, "2"))
    if parser.peek().value == "[" and not token.value:
        opened = parser.take()
        order = parser.sum()
        parser.close(opened)
    radicand = _radicand(parser) if token.value else _part(parser)
    inner = parser.node("group", start, unbraced(radicand), value="(")
    return parser.node("power", start, inner, Node("fraction", (Node("number", (), "1"), order)), value="root")


def _radicand(parser: Parser) -> Node:
    """What stands behind a root without a bar over it: a bracket, or one operand, perhaps with its power, √x², or with
    the number before it, √2x."""
    first = parser.atom()
    if first.kind == "group":
        return first
    if parser.kind() in ("POWER", "SUPERSCRIPT") and not parser.choose("", "the power stands above the whole root"):
        return parser.postfixed(first)
    is_close = first.kind == "number" and parser.kind() == "WORD" and not parser.peek().spaced
    if is_close and not parser.choose("", "the root is taken of the number alone"):
        return parser.node("product", first.start, first, parser.factor())
    return first


def bars(parser: Parser) -> Node:
    """|x|, ‖x‖, ‖x‖_1."""
    opened = parser.take()
    parser.bars += 1
    inner = parser.sum()
    parser.bars -= 1
    if parser.accept(opened.kind) is None:
        raise parser.fault()
    if opened.kind == "BAR":
        return parser.node("absolute", opened.start, inner)
    which = parser.norm_index() if parser.accept("BELOW") else ""
    return parser.node("norm", opened.start, inner, value=which)

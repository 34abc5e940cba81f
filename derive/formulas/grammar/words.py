"""Words as operands: differentials, functions with their arguments, names, and names written together."""

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.array_calls import is_of_arrays
from derive.formulas.cursor import leaf
from derive.formulas.grammar.derivatives import derivative
from derive.formulas.grammar.differentials import is_differential
from derive.formulas.grammar.functions import applied
from derive.formulas.grammar.groups import indicator
from derive.formulas.grammar.parser import Parser
from derive.formulas.syntax import PUT_IN, Node
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import conditional, key

_CHANGES = frozenset(("Δ", "δ"))
_CHANGED = "Δ_"
_ORDERS = {"2": 2, "²": 2, "3": 3, "³": 3}
_CIRCLE = ("π", "pi")
"""The number that is no function but where a document defines it as one."""
_PRIMED_BELOW = (("WORD", "PRIME", "BELOW", "WORD"), ("WORD", "PRIME", "BELOW", "OPEN", "WORD", "CLOSE"))
"""f'_x and f'_{xy}, as tokens."""
_OPERANDS = frozenset("OPEN NUMBER FRACTION ROOT BAR BIG".split())


def word(parser: Parser) -> Node:
    """A differential, a function with its argument, a name, or a product of names."""
    token, vocabulary = parser.peek(), parser.vocabulary
    if parser.at_indicator():
        return indicator(parser, parser.take().start)
    if is_differential(parser.tokens, parser.place, vocabulary) or _is_change(parser):
        return differential(parser)
    if _is_gradient(parser):
        parser.assumed.append(f"{token.value} read as ∇")
        by = token.value.removeprefix(_CHANGED)
        parser.put(replace(token, kind="NABLA", value="∇"), replace(token, kind="BELOW"), replace(token, value=by))
        return parser.operands["NABLA"](parser)
    if (slope := _slope_below(parser)) is not None:
        return slope
    if vocabulary.is_function(token.value) or _has_arguments(parser):
        return applied(parser)
    if parser.kind(1) == "OPEN" and (vocabulary.is_unknown_call(token) or _is_operator(parser)):
        if is_of_arrays(token.value):
            return parser.operands["UNKNOWN"](parser)
        raise DeriveError("", token.value)
    if parser.kind(1) == "WORD":
        if token.value in _CHANGES and token.value not in vocabulary.alone:  # Δw is a name of its own, the change of w
            return _one_name(parser, 2, token.value + key(parser.peek(1).value))
        if token.value.endswith("_") and not token.shown:  # a_ o1
            joined = token.value + parser.peek(1).value
            parser.assumed.append(f"{joined} is one name")
            return _one_name(parser, 2, key(joined))
    torn = _torn(parser)
    if torn and parser.choose("", f"{token.value}-{parser.peek(2).value} is one name"):
        return _one_name(parser, 3, torn)
    is_placed = parser.kinds("WORD", "OPEN", "NUMBER", "CLOSE") and parser.peek(1).value == "("
    if is_placed and not parser.peek(1).spaced and key(token.value) not in _CIRCLE:
        parser.place += 4
        return parser.node("call", token.start, leaf("number", parser.peek(-2)), value=key(token.value))
    return _names(parser)


def _is_change(parser: Parser) -> bool:
    """Whether d before a bracket is the differential of what stands there: d(f/g), where d is no name."""
    token, known = parser.peek(), parser.vocabulary
    is_bracketed = token.value == "d" and token.shown and parser.peek(1).value == "(" and not parser.peek(1).spaced
    return is_bracketed and "d" not in known.bare | known.defined | known.bound | known.functions.keys()


def _slope_below(parser: Parser) -> Node | None:
    """f_x and f_{xy} of the document's own f(x, y), with a prime or without, perhaps at values, f_x(1, 2): its
    derivatives by its variables.
    """
    token, place = parser.peek(), parser.place
    base, _, below = token.value.partition("_")
    variables, count = parser.vocabulary.functions.get(key(base), ()), 1
    for kinds in _PRIMED_BELOW if len(variables) > 1 and not below else ():
        if parser.kinds(*kinds):
            count, below = len(kinds), parser.peek(kinds.index("BELOW") + 1 + ("OPEN" in kinds)).value
    by = (below,) if below in variables else tuple(below)
    if len(variables) < 2 or not below or not set(by) <= set(variables):
        return None
    parser.place += count
    if parser.kind() == "PRIME" and len(parser.peek().value) <= len(by):
        parser.take()
    made = Node("name", (), key(base), token.start, token.start + len(base), 0, base)
    for name in by:
        made = parser.node("partial", token.start, made, Node("name", (), name, token.end, token.end, 0, name), order=1)
    if parser.peek().value != "(" or parser.peek().spaced:
        return made
    opened = parser.take()
    values = [parser.sum()]
    while parser.accept("COMMA"):
        values.append(parser.sum())
    if len(values) != len(variables) or not parser.accept("CLOSE"):
        parser.place = place
        return None
    if tuple(value.value for value in values) == variables:
        return made
    names = Node("list", tuple(Node("name", (), name, opened.start, opened.start, 0, name) for name in variables))
    return parser.node("at", token.start, made, names, Node("list", tuple(values)), value=PUT_IN)


def _is_gradient(parser: Parser) -> bool:
    """Whether a Δ with a name below stands before a function, in a document that has it nowhere alone: Δ_θ J(θ)."""
    token, after = parser.peek(), parser.peek(1)
    known = parser.vocabulary.bare | parser.vocabulary.defined | parser.vocabulary.bound
    if not token.shown or not token.value.startswith(_CHANGED) or key(token.value) in known or after.kind != "WORD":
        return False
    return parser.vocabulary.is_function(after.value) and parser.peek(2).value == "("


def _has_arguments(parser: Parser) -> bool:
    """F(t, y), f(x): whether a name that never stands alone is set before another one, or before values with commas, so
    that nothing multiplies.
    """
    token, opened = parser.peek(), parser.peek(1)
    known = parser.vocabulary.bare | parser.vocabulary.defined | parser.vocabulary.bound
    is_alone = parser.kinds("WORD", "OPEN", "WORD", "CLOSE") and len(key(token.value)) == 1
    if opened.value != "(" or opened.spaced or not (token.shown or is_alone):
        return False
    if conditional(parser.tokens, parser.place):
        return True
    if key(token.value) in known:
        return False
    if is_alone:
        return True
    level = 0
    for inner in parser.tokens[parser.place + 1 :]:
        level += (inner.kind == "OPEN") - (inner.kind == "CLOSE")
        if level == 0 or (level == 1 and (inner.kind == "COMMA" or inner.value == ";")):
            return level == 1
    return False


def _is_operator(parser: Parser) -> bool:
    r"""R\{z\}: whether a capital that stands for nothing else is applied to what braces that are shown hold."""
    token, opened = parser.peek(), parser.peek(1)
    name, is_close = key(token.value), opened.value == "{" and opened.end - opened.start > 1 and not opened.spaced
    known = parser.vocabulary.bare | parser.vocabulary.defined
    return is_close and token.shown and len(name) == 1 and name.isupper() and name not in known


def _one_name(parser: Parser, count: int, name: str) -> Node:
    """The name that so many tokens make together."""
    start = parser.start
    parser.place += count
    return parser.node("name", start, value=name)


def _torn(parser: Parser) -> str:
    """a-h_1 for a_h_1, where only that is a name of the document and a is none."""
    if not parser.kinds("WORD", "MINUS", "WORD") or parser.peek(1).spaced or parser.peek(2).spaced:
        return ""
    known = parser.vocabulary.defined | parser.vocabulary.bound
    joined = key(f"{parser.peek().value}_{parser.peek(2).value}")
    return joined if joined in known and key(parser.peek().value) not in known else ""


def _names(parser: Parser) -> Node:
    """A word as one name, or as the product of several; what stands behind belongs to the last one."""
    token, pieces = parser.peek(), _pieces(parser, parser.peek())
    parser.take()
    if len(pieces) == 1:
        return parser.named(token.value, token)
    start = token.start
    names = []
    for piece in pieces[:-1]:
        names.append(parser.named(piece, Token("WORD", piece, start, start + len(piece), False, token.shown)))
        start += len(piece)
    last = parser.named(pieces[-1], Token("WORD", pieces[-1], start, token.end, False, token.shown))
    return parser.node("product", token.start, *names, parser.postfixed(last), value="run")


def _pieces(parser: Parser, token: Token) -> tuple[str, ...]:
    """A word as a product of names; what stands in braces below a name is not cut."""
    pieces = parser.vocabulary.cut(token.value)
    below = token.value.find("_")
    cut_within = token.shown and 0 < below < sum(map(len, pieces[:-1]))
    closes = parser.text[token.end - 1 - parser.origin : token.end - parser.origin] == "}"
    return (token.value,) if cut_within and closes else pieces


def differential(parser: Parser) -> Node:
    """∂x, ∂(…), ∂^2 x, dE as one word, ∂_x f; ∂ alone is an operator's."""
    token = parser.take()
    rest = token.value[1:].lstrip("_") if token.kind == "WORD" else ""
    if rest:
        return parser.node("differential", token.start, _joined(parser, token, rest), order=1)
    if parser.accept("BELOW"):
        made = _operator(parser, token)
        if made is not None:
            return made
    order = _order(parser)
    inner = () if parser.kind() not in _OPERANDS | {"WORD"} else (_differentiated(parser),)
    sign = token.value if token.kind == "PARTIAL" else ""
    return parser.node("differential", token.start, *inner, value=sign, order=order)


def _operator(parser: Parser, token: Token) -> Node | None:
    """∂_x f, ∂_x^2 f(x); None where nothing stands behind it, as in ∂_E/∂_w."""
    place = parser.place
    by = parser.script_node()
    order = _order(parser)
    if by.kind == "power":
        order, by = _ORDERS.get(by.parts[1].value, 1), by.parts[0]
    if token.kind != "PARTIAL" or parser.kind() not in _OPERANDS | {"WORD"}:
        parser.place = place
        return None
    above = parser.node("differential", token.start, _differentiated(parser), value=token.value, order=order)
    return derivative(parser, above, Node("differential", (by,), token.value, by.start, by.end), token.start)


def _order(parser: Parser) -> int:
    """How often ∂ differentiates: what stands above it, else once."""
    above = parser.accept("SUPERSCRIPT")
    if above is not None:
        return _ORDERS.get(above.value, 1)
    return _ORDERS.get(parser.script_node().value, 1) if parser.accept("POWER") else 1


def _joined(parser: Parser, token: Token, rest: str) -> Node:
    """What is differentiated where it is written in one word with its d: dE, dσ(x)."""
    if not (parser.vocabulary.is_function(rest) and parser.kind() == "OPEN"):
        return parser.postfixed(parser.named(rest, token))
    parser.place -= 1
    sign = Token("WORD", token.value[0], token.start, token.start + 1, token.spaced, token.shown)
    parser.put(sign, Token("WORD", rest, token.end - len(rest), token.end, False, token.shown))
    parser.place += 1  # the sign stays, as what stands below the stroke looks for it
    return parser.postfixed(applied(parser))


def _differentiated(parser: Parser) -> Node:
    """What follows a ∂: one operand with its powers, f(x), σ(o1)."""
    token = parser.peek()
    is_name = token.kind == "WORD" and not parser.vocabulary.is_function(token.value)
    if is_name and len(_pieces(parser, token)) == 1:
        return parser.postfixed(parser.named(token.value, parser.take()))
    return parser.postfixed(parser.operands["OPEN"](parser) if token.kind == "OPEN" else parser.atom())

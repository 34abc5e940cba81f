"""Functions as operands, with what stands above them and their arguments: f(x), σ'(h1), cosh^2(x), ln x."""

from derive.errors import DeriveError
from derive.formulas.cursor import leaf
from derive.formulas.grammar.parser import Parser
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import INVERSES, SEQUENCED, conditional, is_known, key

_FACTORS = frozenset("WORD NUMBER OPEN FRACTION ROOT".split())


def applied(parser: Parser) -> Node:
    """f(x), f'(x), f^2(x), ln x; a document's own function may stand without an argument."""
    token = parser.take()
    written = "σ" if token.value in ("sigma", "Sigma") else token.value
    is_ours = is_known(written)
    name = written if is_ours and key(written) not in parser.vocabulary.functions else key(written)
    name = conditional(parser.tokens, parser.place - 1) or name
    below = parser.script_node() if written == "log" and parser.accept("BELOW") else None
    order, power = _above(parser, is_ours)
    base, scripts = parser.scripts(token.start, token)
    is_inverse = power is not None and power.value in ("-1", "⁻¹") and written in INVERSES
    if is_inverse and not parser.choose("", f"1/{written} is meant by the power above {written}"):
        name, power = INVERSES[written], None
    if is_ours:
        arguments = _arguments_of_ours(parser, written, token.shown)
    elif parser.kinds("POWER", "OPEN", "MINUS", "NUMBER", "CLOSE", "OPEN") and parser.peek(3).value == "1":
        raise DeriveError("", f"{written}^-1 is the function that undoes {written}")
    elif parser.kind() == "OPEN":
        arguments = _arguments_of_theirs(parser, written, name, order)
    elif order and _is_applied_next(parser) and parser.choose("", f"{written}' is taken of what stands behind it"):
        arguments = (parser.factor(),)
    else:
        arguments = ()
    made = Node("call", arguments, name, token.start, parser.end, order, base, scripts)
    if below is not None:  # log_2 x is ln x / ln 2
        made = parser.node("fraction", token.start, made, Node("call", (below,), name))
    return made if power is None else parser.node("power", token.start, made, power)


def _above(parser: Parser, is_ours: bool) -> tuple[int, Node | None]:
    """The primes above a function, and the power; a document's own function has no power before its argument."""
    order, power = 0, None
    while parser.kind() == "PRIME" or (is_ours and parser.kind() in ("POWER", "SUPERSCRIPT")):
        token = parser.take()
        if token.kind == "PRIME":
            order += len(token.value)
        elif token.kind == "SUPERSCRIPT":
            power = leaf("number", token)
        else:
            power = parser.script_node()
    return order, power


def _arguments_of_ours(parser: Parser, name: str, shown: bool) -> tuple[Node, ...]:
    """The arguments of a function of the table, in brackets or without."""
    if parser.kind() == "OPEN":
        return bracketed(parser)
    if parser.kind() == "BEGIN":
        return (parser.atom(),)
    if parser.kind() in ("BAR", "FRACTION", "ROOT") and len(name) > 1:  # σ \sqrt{2π} is a product
        return (_over_factors(parser, name, parser.atom()),)
    is_close = parser.kind() == "WORD" and ((not parser.peek().spaced and shown) or parser.kind(1) == "")
    if name in SEQUENCED or is_close:
        return (_over_factors(parser, name, _sequence(parser)),)
    return ()


def _over_factors(parser: Parser, name: str, first: Node) -> Node:
    r"""The argument without brackets that begins with a factor, and that may go on: \ln p (1 - p)."""
    token = parser.peek()
    further = token.kind in _FACTORS and not (token.kind == "WORD" and parser.vocabulary.is_function(token.value))
    if further and parser.choose("", f"{name} is taken of all the factors behind it"):
        return parser.product_of(first)
    return first


def _arguments_of_theirs(parser: Parser, written: str, name: str, order: int) -> tuple[Node, ...]:
    """The arguments of the document's own function, unless the bracket is a factor beside it."""
    is_told = bool(order or parser.vocabulary.functions.get(name))
    may_be_factor = name in parser.vocabulary.bare and not (is_told and parser.is_place())
    if may_be_factor and parser.choose("", f"{written} stands before a bracket as a factor"):
        return ()
    return bracketed(parser) if parser.peek().value in "([" or not parser.peek().shown else ()


def _is_applied_next(parser: Parser) -> bool:
    """f'g(x): whether a function of the document with its argument follows close behind."""
    token = parser.peek()
    is_close = token.kind == "WORD" and not token.spaced and parser.peek(1).value == "(" and not parser.peek(1).spaced
    return is_close and key(token.value) in parser.vocabulary.functions


def bracketed(parser: Parser) -> tuple[Node, ...]:
    """The arguments in brackets that stand next."""
    is_conditional = bool(conditional(parser.tokens, parser.place - 1))
    opened = parser.take()
    parser.bars += is_conditional
    found = [_argument(parser)]
    while parser.kind() == "COMMA" or (parser.kind() in ("STOP", "BAR") and parser.peek().value in ";|"):
        parser.bars -= parser.take().kind == "BAR" and is_conditional
        found.append(_argument(parser))
    parser.close(opened)
    return tuple(found)


def _argument(parser: Parser) -> Node:
    """What a function is taken of; of a letter with a value put in, y = 1, the value."""
    made = parser.sum()
    return parser.sum() if parser.accept("RELATION") else made


def _sequence(parser: Parser) -> Node:
    """The argument of a function without brackets: ln x, sin 2x, ln e, log ∑ x_k."""
    start = parser.start
    if parser.kind() == "BIG":
        return parser.factor()
    if parser.kind() not in ("NUMBER", "WORD"):
        raise parser.fault()
    is_number = parser.kind() == "NUMBER"
    first = parser.postfixed(parser.operands["NUMBER"](parser)) if is_number else parser.factor()
    if first.kind == "number" and parser.kind() == "WORD" and not parser.peek().spaced:
        return parser.node("product", start, first, parser.factor())
    return first

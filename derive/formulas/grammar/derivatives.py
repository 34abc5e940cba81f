"""Ratios to trees: one of differentials is a derivative, one of ∂ alone an operator, any other a fraction."""

from collections.abc import Sequence

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.grammar.choices import Choices
from derive.formulas.syntax import Node, unbraced
from derive.rules import SPELLINGS

HELD = "held"
"""What stands in a ∂ of a function of several variables by one of them: the others are held."""
NONE_BELOW = "a ∂ is missing below the stroke"
NONE_ABOVE = "a ∂ is missing above the stroke"
ONCE_ABOVE = "∂ above the stroke read as ∂²"


def ratio(choices: Choices, above: Node, below: Node, start: int) -> Node:
    """The tree of what stands above and below a stroke as a whole."""
    below = below.parts[0] if below.kind == "group" and below.parts[0].kind == "differential" else below
    if below.kind == "differential" and below.parts:
        return derivative(choices, above, below, start)
    several = differentials_of(below)
    if several:
        return mixed(choices, above, several, start)
    bare = above.parts[0] if above.kind == "group" else above
    if bare.kind == "differential" and below.kind == "name":  # ∂E/w, and ∂/w before what it differentiates
        return over_bare(choices, above, below, start)
    return choices.node("fraction", start, unbraced(above), unbraced(below))


def over_bare(choices: Choices, above: Node, by: Node, start: int) -> Node:
    """∂E/w with the ∂ put in below the stroke, and said; dV/V is a relative change."""
    bare = above.parts[0] if above.kind == "group" else above
    if bare.parts and bare.parts[0].value == by.value != "":
        return choices.node("foreign", start, value=f"a relative change of {by.value}")
    choices.assumed.append(NONE_BELOW)
    return derivative(choices, above, Node("differential", (by,), "", by.start, by.end), start)


def differentials_of(below: Node) -> tuple[Node, ...]:
    """∂x ∂y below a stroke, each of which says by what; none where anything else stands there."""
    inner = below.parts[0] if below.kind == "group" else below
    parts = inner.parts if inner.kind == "product" else ()
    return parts if all(part.kind == "differential" and part.parts for part in parts) else ()


def mixed(choices: Choices, above: Node, below: Sequence[Node], start: int) -> Node:
    """∂²F/∂x∂y: F differentiated by y, and that by x."""
    bare = above.parts[0] if above.kind == "group" else above
    once = replace(bare, order=1) if bare.kind == "differential" else above
    made = derivative(choices, once, below[-1], start)
    for by in below[-2::-1]:
        made = derivative(choices, Node("differential", (made,), "", start, made.end, 1), by, start)
    return made


def derivative(choices: Choices, above: Node, below: Node, start: int) -> Node:
    """The derivative that two differentials make; a missing ∂ above is put in, and said."""
    by, order = below.parts[0], max(1, below.order)
    by = by.parts[0] if by.kind == "group" else by
    if by.kind == "transposed":  # dL/dZ.T, and what is laid out as the transpose
        return choices.node("transposed", start, derivative(choices, above, replace(below, parts=by.parts), start))
    is_held = above.kind == "group" and above.parts[0].kind in ("differential", "sum", "negative", "product")
    bare = above.parts[0] if is_held and above.has("differential") else above
    if by.kind == "power" and by.parts[1].value in ("2", "²"):
        square, by = by, by.parts[0]
        is_once = bare.kind == "differential" and bare.order < 2 and bool(bare.parts) and _is_variable(by)
        if is_once and not choices.choose("", ONCE_ABOVE):
            return _by_square(choices, derivative(choices, above, replace(below, parts=(by,)), start), square)
        order = 2  # ∂²E/∂w²
    order = max(order, bare.order if bare.kind == "differential" else 0)
    if bare.kind == "differential" and not bare.parts:
        return choices.node("partial", start, by, order=order)
    if bare.has("differential"):
        of = _without_differentials(bare)
    else:
        of = bare
        if not (bare.kind == "call" and not bare.parts):
            choices.assumed.append(NONE_ABOVE)
    if not _is_variable(by):
        raise DeriveError("", "a derivative by something that is no name", "differentiate by one name")
    if by.kind in ("name", "call", "prime") and of.kind == "call" and not of.parts and of.value in SPELLINGS:
        of = Node("call", (by,), of.value, of.start, of.end)
    value = HELD if below.value and _has_others(choices, of, by) else ""
    return choices.node("partial", start, of, by, value=value, order=order)


def _by_square(choices: Choices, slope: Node, square: Node) -> Node:
    """∂L/∂σ² is ∂L/∂σ by 2σ: what is differentiated once, and by a square, is so by the square itself."""
    root = square.parts[0]
    two = Node("number", (), "2", root.start, root.start)
    return choices.node("fraction", slope.start, slope, choices.node("product", root.start, two, root))


def _has_others(choices: Choices, of: Node, by: Node) -> bool:
    """Whether a variable of the document's function is a name that it defines, beside the one by which it is
    differentiated: what that rests on counts for d, and not for ∂.
    """
    while of.kind == "partial":
        of = of.parts[0]
    variables = choices.vocabulary.functions.get(of.value, ()) if of.kind in ("name", "call") else ()
    return by.value in variables and any(choices.vocabulary.is_defined(name) for name in variables if name != by.value)


def _is_variable(by: Node) -> bool:
    """Whether something is a name, or may be one: f(x), y', an entry, what nobody can read."""
    if by.kind == "prime":
        return by.parts[0].kind == "name" or by.has("foreign", "entry")
    is_label = by.kind == "power" and by.parts[0].kind == "name" and by.parts[1].kind in ("name", "sum", "group")
    return by.kind in ("name", "call") or is_label or by.has("foreign", "entry")


def _without_differentials(node: Node) -> Node:
    """∂E1 + ∂E2 is what ∂(E1 + E2) differentiates; so is ∂ h1 u11."""
    if node.kind == "differential":
        return node.parts[0] if node.parts else node
    return replace(node, parts=tuple(map(_without_differentials, node.parts)))

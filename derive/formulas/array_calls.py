"""Functions of arrays by their names in programs, as written formulas: dot(x, w), sum(e), mean(e, axis)."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from derive.formulas.syntax import Node

Made = Callable[..., Node]
"""Makes the node at an expression's place: its kind, its parts, `value` and `order`."""


def is_of_arrays(name: str) -> bool:
    """Whether a word is such a name."""
    return name in _TOTALS or any(name == known for known, _ in ARRAYS)


def called(name: str, parts: tuple[Node, ...], made: Made) -> Node | None:
    """What a text says by such a name; None where it is no function of arrays alone, as max and var."""
    if name in _TOTALS and len(parts) == 1:
        return ALONG[name](made, parts[0], "")
    make = ARRAYS.get((name, len(parts)))
    return None if make is None else make(made, *parts)


_TOTALS = frozenset(("sum", "mean", "average"))


def _along(kind: str, order: int, made: Made, of: Node, axis: str) -> Node:
    return made(kind, of, value=axis, order=order)


def _variance(made: Made, of: Node, axis: str) -> Node:
    """The mean of the squares of what an array differs from its mean by."""
    less = made("group", made("sum", of, made("negative", _along("total", 1, made, of, axis))), value="(")
    return _along("total", 1, made, made("power", less, made("number", value="2")), axis)


ALONG: Mapping[str, Callable[[Made, Node, str], Node]] = MappingProxyType({
    "sum": partial(_along, "total", 0),
    "mean": partial(_along, "total", 1),
    "average": partial(_along, "total", 1),
    "max": partial(_along, "extreme", 0),
    "min": partial(_along, "extreme", 1),
    "var": _variance,
    "std": lambda made, of, axis: made("call", _variance(made, of, axis), value="sqrt"),
})  # fmt: skip
"""Calls that make one number of all entries, or of each row or column."""


def _where(made: Made, test: Node, one: Node, other: Node) -> Node:
    """np.where(z > 0, a, b): the test is read as the number that it counts for, a case of 1 and 0."""
    if test.kind != "case":
        return made("foreign", test, one, other, value="where()")
    return made("case", one, *test.parts[1:3], other, value=test.value)


ARRAYS: Mapping[tuple[str, int], Callable[..., Node]] = MappingProxyType({
    ("dot", 2): lambda made, a, b: made("matmul", a, b, value="dot"),
    ("matmul", 2): lambda made, a, b: made("matmul", a, b),
    ("multiply", 2): lambda made, a, b: made("product", a, b),
    ("outer", 2): lambda made, a, b: made("matmul", a, made("transposed", b), value="outer"),
    ("transpose", 1): lambda made, a: made("transposed", a),
    ("len", 1): lambda made, a: made("size", a, value="0"),
    ("norm", 1): lambda made, a: made("norm", a),
    ("inv", 1): lambda made, a: made("power", made("group", a, value="("), made("number", value="-1")),
    ("solve", 2): lambda made, a, b: made("matmul", ARRAYS["inv", 1](made, a), b),
    ("where", 3): _where,
})  # fmt: skip
"""Calls of NumPy by their name and the number of their arguments."""

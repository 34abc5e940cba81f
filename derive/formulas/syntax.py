"""The tree of a formula as it is written, before anybody knows what its names mean."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

KINDS: MappingProxyType[str, str] = MappingProxyType({
    "number": "0.15, ½; `value` is the text",
    "name": "w_{11}^{(2)}; `value` is its key, `base` the letter alone, `scripts` what stands above and below",
    "below": "the indices below a name, each a name, a number or a sum; `order` is 1 where they are in brackets, a[i]",
    "above": "the indices above a name",
    "limit": "what a ∑ runs over: its letters; `value` is the relation =, ≠ or nothing, the last part what it starts at or leaves out",  # noqa: E501
    "condition": "i = k, i ≠ k or a word, behind a case; `value` is the sign",
    "word": "a label in upright letters below or above a name",
    "entry": "z_i of what is no name: the vector and the index",
    "sum": "terms in order; one that is subtracted is `negative`",
    "negative": "-x",
    "product": "factors in order; one that is divided by is `inverse`",
    "inverse": "/x",
    "fraction": r"\frac{a}{b}, one whole",
    "power": "base and exponent",
    "group": "a bracket as it stands; `value` is its sign",
    "call": "f(x, y): `value` is the function, primes are in `order`",
    "prime": "u' or (…)': `order` counts the primes",
    "partial": "∂of/∂by; `parts` are of and by",
    "differential": "∂x that stands in no ratio",
    "absolute": "|x|",
    "case": "a if test else b; `parts` are a, the two sides of the test, b; `value` is its sign",
    "list": "[a, b, c] or (a, b, c)",
    "at": r"f|_{x=2}, \lim_{h \to 0} f: `value` tells which, `parts` are f, the names where told, and the values",
    "sums": "∑, ∏: `value` is the sign, `parts` are the limits below and above, then the body",
    "matrix": "rows of entries, each row a `list`",
    "transposed": "x^T",
    "entrywise": "a ⊙ b",
    "matmul": "a @ b",
    "norm": "‖x‖, the root of the sum of squares; ‖x‖_1, ‖x‖_H: `value` is the index of another one",
    "total": "np.sum(x): `value` is the axis, nothing for all entries; np.mean has `order` 1",
    "extreme": "np.max(x): `value` is the axis, nothing for all entries; np.min has `order` 1",
    "size": "x.shape[0]: `value` is the axis, nothing for all entries",
    "gradient": "∇_x f: `parts` are by (where it is told) and of",
    "foreign": "a sign, a command or a call that nobody here can read; `value` names it",
})  # fmt: skip
"""Every kind of node; what meets another one raises."""


class Node(Struct, frozen=True):
    """One node of a written formula, and where it stands: offsets in the text of its line."""

    kind: str
    parts: "tuple[Node, ...]" = ()
    value: str = ""
    start: int = 0
    end: int = 0
    order: int = 0
    base: str = ""
    scripts: "tuple[Node, ...]" = ()

    def walk(self) -> "Iterator[Node]":
        """This node and all below it, from the left."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def has(self, *kinds: str) -> bool:
        """Whether a node of one of the kinds is in it."""
        return any(node.kind in kinds for node in self.walk())


BEYOND_SCALARS: MappingProxyType[str, str] = MappingProxyType({
    "sums": "a sum over an index",
    "matrix": "a matrix",
    "transposed": "a transposed matrix",
    "entrywise": "a product entry by entry",
    "matmul": "a product of matrices",
    "norm": "a norm",
    "total": "a sum of all entries",
    "extreme": "the largest of all entries",
    "size": "a number of entries",
    "gradient": "a gradient of many entries",
    "list": "a list of values",
    "entry": "an entry of a vector",
})  # fmt: skip
"""Kinds that are read but stand for more than one number, and how they are told."""

FACTORIAL = "factorial"
"""The function that y! is."""
DEGREE = "°"
"""What the fraction π/180 is that stands behind a number of degrees."""
LIMIT = "a limit"
PUT_IN = "a value somewhere"
"""What a node of `at` is."""
EDGELESS: MappingProxyType[str, str] = MappingProxyType({
    **dict.fromkeys((">", "≥", ">="), "⪈"), **dict.fromkeys(("<", "≤", "<="), "⪇"),
})  # fmt: skip
"""Comparisons as a slope's cases have them: where both sides are equal, nothing is told."""


def unbraced(node: Node) -> Node:
    """What stands in braces: they are no brackets."""
    return node.parts[0] if node.kind == "group" and node.value == "{" else node


def negated(node: Node, start: int, end: int) -> Node:
    """A node behind a minus."""
    if node.kind != "number":
        return Node("negative", (node,), "", start, end)
    return Node("number", (), node.value[1:] if node.value.startswith("-") else f"-{node.value}", start, end)


def product(factors: Sequence[Node], start: int, end: int) -> Node:
    """Factors as one product; names that were written as one word join it."""
    flat: list[Node] = []
    for factor in factors:
        flat.extend(factor.parts if factor.kind == "product" and factor.value == "run" else (factor,))
    return flat[0] if len(flat) == 1 else Node("product", tuple(flat), "", start, end)


def applied_together(node: Node, argument: Node) -> Node | None:
    """f∘g, perhaps in brackets, at an argument: f(g(x)); None for what is no function, or several."""
    if node.kind == "group" and len(node.parts) == 1:
        return applied_together(node.parts[0], argument) if node.parts[0].kind == "entrywise" else None
    if node.kind == "entrywise":
        outer, inner = node.parts
        within = applied_together(inner, argument)
        return None if within is None else applied_together(outer, within)
    return replace(node, parts=(argument,)) if node.kind == "call" and not node.parts else None

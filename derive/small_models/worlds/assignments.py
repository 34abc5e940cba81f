"""The claims of a program in static single assignment: a name anew for each further value.

R. Cytron and others, "Efficiently computing static single assignment form and the control dependence graph", ACM
Transactions on Programming Languages and Systems 13, 1991; here without branches.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.small_models.worlds.sides import Claims, Sides, renamed

FURTHER = "′"
"""What a name has for each further value that a program gives it."""
_MAKERS = frozenset(
    "randn rand random normal uniform zeros ones zeroslike oneslike zeros_like ones_like array arange linspace load "
    "loadtxt read_csv standard_normal randint eye dict".split()
)


def assigned_once(document: Document, claims: Claims) -> Claims:
    """The claims of a program with a name anew for each further value: J = J * d is J′ = J * d."""
    return tuple(_assigned(document, claims))


def _assigned(document: Document, claims: Claims) -> Iterator[tuple[Sides, ...]]:
    count: Counter[str] = Counter()

    def put(name: Node) -> Node:
        times = 0 if name.scripts else max(0, count[name.value] - 1)
        return replace(name, value=name.value + FURTHER * times)

    named = partial(renamed, put=put)
    is_typed = any(_has_sign(sides) for claim, found in zip(document.claims, claims, strict=True)
                   for sides in found[:1] if not claim.program)
    for claim, readings in zip(document.claims, claims, strict=True):
        if not claim.program or not readings:
            is_mixed = any(_has_sign(sides) or (is_typed and sides.left.kind == "name") for sides in readings)
            entrywise = (sides.put(_with_entrywise_products) for sides in readings if is_mixed)
            yield (*entrywise, *readings)  # dA = dZ @ W.T, dZ = dA * A; a dot between two arrays may be either
            continue
        readings = tuple(sides.put(_with_entrywise_products) for sides in readings)
        if readings[0].left.kind != "name":
            yield readings
            continue
        rights = [named(sides.right) for sides in readings]
        count[readings[0].left.value] += claim.relation == "="
        yield tuple(Sides(named(sides.left), right) for sides, right in zip(readings, rights, strict=True))


def _has_sign(sides: Sides) -> bool:
    """Whether a text has a @ for a product of matrices: what has none between its factors goes entry by entry then."""
    return any(node.kind == "matmul" and not node.value for node in sides.walk())


def _with_entrywise_products(node: Node) -> Node:
    """The * and / of a program, and of a text that writes as one, go entry by entry."""
    node = replace(node, parts=tuple(map(_with_entrywise_products, node.parts)))
    return replace(node, kind="entrywise", value="*") if node.kind == "product" else node


def is_made(sides: Sides) -> bool:
    """A value that the program makes or loads: W = np.random.randn(n, m) / 2."""
    found = [node for node in sides.right.walk() if node.kind in ("foreign", "call")]
    return sides.left.kind == "name" and any(node.value.strip(".()").rpartition(".")[2] in _MAKERS for node in found)

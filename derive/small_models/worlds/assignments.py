"""The claims of a program in static single assignment: a name anew for each further value.

R. Cytron and others, "Efficiently computing static single assignment form and the control dependence graph", ACM
Transactions on Programming Languages and Systems 13, 1991; here without branches.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import Node, product
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
    text = document.text.text
    firsts = [sides for claim, found in zip(document.claims, claims, strict=True) for sides in found[:1]
              if not claim.program]
    is_typed, is_starred = any(map(_has_sign, firsts)), any(_is_beside_matrix(sides, text) for sides in firsts)
    for claim, readings in zip(document.claims, claims, strict=True):
        if not claim.program or not readings:
            is_mixed = any(_has_sign(sides) or (is_typed and sides.left.kind == "name") for sides in readings)
            put_in = _with_entrywise_products if is_mixed else partial(_with_entrywise_stars, text=text)
            entrywise = [sides.put(put_in) for sides in readings if is_mixed or is_starred]
            entrywise += [added for sides in readings if (added := sides.put(_with_products_added_up)) != sides]
            yield tuple(dict.fromkeys((*entrywise, *readings)))  # dA = dZ @ W.T, dZ = dA * A; or a dot for either
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


def _is_beside_matrix(sides: Sides, text: str) -> bool:
    """Whether a text has a product of matrices with no sign in it, dZ A^T, so that a * goes entry by entry."""
    products = (node.parts for node in sides.walk() if node.kind == "product")
    return any("*" not in text[one.end : other.start] and "transposed" in (one.kind, other.kind)
               for parts in products for one, other in pairwise(parts))


def _with_entrywise_stars(node: Node, text: str) -> Node:
    """Each * that is typed goes entry by entry, what stands without one before and behind it is a product."""
    node = replace(node, parts=tuple(_with_entrywise_stars(part, text) for part in node.parts))
    groups = [[*node.parts[:1]]]
    for one, other in pairwise(node.parts if node.kind == "product" else ()):
        if "*" in text[one.end : other.start]:
            groups.append([])
        groups[-1].append(other)
    if len(groups) == 1:
        return node
    made = tuple(product(group, group[0].start, group[-1].end) for group in groups)
    return replace(node, kind="entrywise", value="*", parts=made)


def _with_products_added_up(node: Node) -> Node:
    """A product of whole vectors of which all is added up goes entry by entry: sum(y * log(p)), ∑ y log p."""
    node = replace(node, parts=tuple(map(_with_products_added_up, node.parts)))
    is_whole = (node.kind == "total" and not node.value) or (node.kind == "sums" and len(node.parts) == 1)
    body = node.parts[-1] if is_whole else node
    if not is_whole or body.kind != "product" or any(part.kind == "transposed" for part in body.parts):
        return node
    return replace(node, parts=(replace(body, kind="entrywise", value="*"),))


def is_made(sides: Sides) -> bool:
    """A value that the program makes or loads: W = np.random.randn(n, m) / 2."""
    found = [node for node in sides.right.walk() if node.kind in ("foreign", "call")]
    return sides.left.kind == "name" and any(node.value.strip(".()").rpartition(".")[2] in _MAKERS for node in found)

"""One name for two things, and two names for one: told apart, and put together, over the whole document.

| written | read as | where |
|---|---|---|
| δ_ij | the Kronecker delta | unless the document defines a δ_ij of its own |
| L = 1/m ∑ L_i | L() and L_i | the whole is worked out from its entries, or is a loss that has some |
| o_j = f(z_j), z_j = ∑ w_ij o_i | o_j and o·_i | else the two would define each other |
| W^l beside w^l_jk | w^l | where W has no entries of its own |
| E beside E_total | E_total | where nothing defines E, and E_total is a loss that nothing else has |
| σ_j^2 | σ²_j | a claim says what it is, and σ stands nowhere else |
| log x | log x / log 10 | where a claim says that log x = ln x / ln 10 |
| N_k beside ∑^N | N· and a size | where N stands above a sum |
| θ^T x, x_j beside x_i, x_ij | x·, one sample, and x | x has both the first letter and the last one of x_ij alone |
| δ_k beside δ_j, w_kj beside w_ji | δ·k and δ·j, w·kj and w·ji | under the hypothesis that letters tell layers |
"""

from collections import Counter
from collections.abc import Container, Iterable
from functools import partial
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.formulas.vocabulary.losses import LETTERS
from derive.small_models.notation.slots import KRONECKER, base_of, names_of, place_of, plain_of, slots_of
from derive.small_models.worlds.families import with_families
from derive.small_models.worlds.sides import Claims, Sides, first_readings, form_of, nodes_of, put_otherwise, renamed
from derive.small_models.worlds.stages import with_stages_apart

_LARGE = MappingProxyType({"W": "wω", "B": "b", "A": "a", "Z": "z", "Δ": "δ", "X": "x", "Y": "y", "H": "h", "Θ": "θ"})


def told_apart(claims: Claims, solved: Container[int] = ()) -> Claims:
    """All claims with one name for each thing; those in `solved` define nothing."""
    steps = (
        _with_bases,
        _with_squares,
        _with_one_sample_apart,
        with_stages_apart,
        with_families,
        _with_kronecker,
        _with_sizes_apart,
        partial(_with_layers_apart, solved=solved),
        _with_small_letters,
        _with_whole_losses,
    )
    for step in steps:
        claims = step(claims)
    return claims


def _with_bases(claims: Claims) -> Claims:
    """log to the base that a claim tells."""
    bases = (base for _, sides in first_readings(claims) if (base := _base_of_logarithms(sides)) is not None)
    base = next(bases, None)
    if base is None:
        return claims
    below = Node("call", (base,), "ln")

    def put(node: Node) -> Node:
        node = replace(node, parts=tuple(map(put, node.parts)))
        if node.kind != "call" or node.value != "log" or len(node.parts) != 1:
            return node
        return Node("fraction", (node, below), "", node.start, node.end)

    return put_otherwise(claims, put)


def _with_squares(claims: Claims) -> Claims:
    """σ_j^2 as one name, where a claim says what it is and σ stands nowhere else: a variance."""
    nodes = list(nodes_of(claims))
    squared = Counter(node.parts[0].value for node in nodes if _is_square(node))
    used = Counter(node.value for node in nodes if node.kind == "name")
    told = {sides.left.parts[0].value for _, sides in first_readings(claims) if _is_square(sides.left)}
    squares = {name for name in told if squared[name] == used[name]}

    def put(node: Node) -> Node:
        node = replace(node, parts=tuple(map(put, node.parts)))
        is_one = _is_square(node) and node.parts[0].value in squares
        return replace(node.parts[0], value=f"{node.parts[0].value}²") if is_one else node

    return put_otherwise(claims, put) if squares else claims


def _is_square(node: Node) -> bool:
    return node.kind == "power" and node.parts[0].kind == "name" and node.parts[1].value in ("2", "²")


def _base_of_logarithms(sides: Sides) -> Node | None:
    """b where a claim says log x = ln x / ln b."""
    left, right = sides.left, sides.right
    if left.kind != "call" or left.value != "log" or right.kind != "fraction":
        return None
    above, below = right.parts
    is_told = all(part.kind == "call" and part.value == "ln" and len(part.parts) == 1 for part in (above, below))
    return below.parts[0] if is_told and form_of(above.parts[0]) == form_of(left.parts[0]) else None


def _with_kronecker(claims: Claims) -> Claims:
    """δ_ij as the Kronecker delta, beside a δ_i that is an error."""
    if any(_is_double_delta(sides.left) and sides.right.kind != "number" for _, sides in first_readings(claims)):
        return claims

    def put(name: Node) -> Node:
        return replace(name, value=KRONECKER) if _is_double_delta(name) else name

    return put_otherwise(claims, partial(renamed, put=put))


def _with_sizes_apart(claims: Claims) -> Claims:
    """A size that stands above a sum apart from an array of its letter."""
    sums = [node for node in nodes_of(claims) if node.kind == "sums" and len(node.parts) == 3]
    sizes = {plain_of(node.parts[1].parts[0]) for node in sums if node.parts[1].kind == "limit"} - {""}

    def put(name: Node) -> Node:
        return replace(name, value=f"{name.value}·") if name.scripts and name.value in sizes else name

    return put_otherwise(claims, partial(renamed, put=put)) if sizes else claims


def _with_one_sample_apart(claims: Claims) -> Claims:
    """A sample x with its entries x_j apart from the samples x_i with theirs, x_ij: where a claim has x and x_j."""
    groups = _families(nodes_of(claims))
    samples = {
        base: {at[1:] for at in seen if len(at) == 2 and {at[:1], at[1:]} <= seen} for base, seen in groups.items()
    }

    def apart(sides: Sides) -> Sides:
        forms: dict[str, set[tuple[str, ...]]] = {}
        for name in sides.names():
            forms.setdefault(name.value, set()).add(_letters_below(name) if name.scripts else ())
        single = frozenset(base for base, lasts in samples.items() if {()} < forms.get(base, set()) <= lasts | {()})
        return sides.put(partial(renamed, put=partial(put, single)))

    def put(single: frozenset[str], name: Node) -> Node:
        return replace(name, value=f"{name.value}·") if name.value in single else name

    return tuple(tuple(map(apart, readings)) for readings in claims) if any(samples.values()) else claims


def _is_double_delta(node: Node) -> bool:
    """δ_ij."""
    above, below = slots_of(node)
    return node.kind == "name" and node.value == "δ" and len(below) == 2 and not above


def _with_layers_apart(claims: Claims, solved: Container[int]) -> Claims:
    """A whole apart from its parts, and a layer from the one before it, where both have one name."""
    stating = tuple(() if number in solved else readings for number, readings in enumerate(claims))
    wholes, before = _wholes(claims), dict(_circles(stating))
    if not wholes and not before:
        return claims

    def put(name: Node) -> Node:
        if name.value in wholes and not name.scripts:
            return replace(name, value=f"{name.value}()")
        if name.value in before and _letter_below(name) == before[name.value]:
            return replace(name, value=f"{name.value}·")
        return name

    return put_otherwise(claims, partial(renamed, put=put))


def _definitions(claims: Claims) -> list[Sides]:
    return [sides for _, sides in first_readings(claims) if sides.left.kind == "name"]


def _wholes(claims: Claims) -> frozenset[str]:
    """The names without scripts that are worked out from entries of the same name, or are losses beside these."""
    worked = {
        sides.left.value
        for sides in _definitions(claims)
        if not sides.left.scripts
        and not sides.tells_entries
        and any(name.value == sides.left.value and len(slots_of(name)[1]) == 1 for name in names_of(sides.right))
    }
    nodes = list(nodes_of(claims))
    entries = {node.value for node in nodes if node.kind == "name" and slots_of(node)[1]}
    differentiated = (node.parts[0] for node in nodes if node.kind == "partial" and node.parts[0].kind == "name")
    return frozenset(worked | {of.value for of in differentiated if not of.scripts} & entries & LETTERS)


def _circles(claims: Claims) -> Iterable[tuple[str, str]]:
    """The names of which two definitions make a circle, each with the letter that it has in the layer before."""
    definitions = _definitions(claims)
    bodies = {sides.left.value: sides.right for sides in reversed(definitions)}
    found: dict[str, str] = {}
    for left, right in ((sides.left, sides.right) for sides in definitions):
        above, below = slots_of(left)
        if above or len(below) != 1:
            continue
        for name in names_of(right):
            inner = bodies.get(name.value) if name.value != left.value else None
            letters = [_letter_below(o) for o in names_of(inner) if o.value == left.value] if inner is not None else []
            if letters and not {"", place_of(below[0])[0]} & set(letters):  # of both, it is one array
                found.setdefault(left.value, letters[0])
    return found.items()


def _letter_below(name: Node) -> str:
    """The letter in the first slot below a name."""
    below = slots_of(name)[1]
    return place_of(below[0])[0] if below else ""


def _with_whole_losses(claims: Claims) -> Claims:
    """E of ∂E/∂w as E_total, where that is what a claim defines."""
    defined = {sides.left.value for sides in _definitions(claims) if not sides.left.scripts}
    nodes = [node for node in nodes_of(claims) if node.kind == "name" and not node.scripts]
    count = Counter(node.value for node in nodes)
    short = {node.parts[0].value for node in nodes_of(claims) if node.kind == "partial"} & LETTERS - defined
    once = [name for name in sorted(defined) if count[name] == 1 and len(name) > 2]
    found = {loss: [name for name in once if name.startswith(loss)] for loss in short}
    table = {loss: names[0] for loss, names in found.items() if len(names) == 1}

    def put(name: Node) -> Node:
        return replace(name, value=table.get(name.value, name.value)) if not name.scripts else name

    return put_otherwise(claims, partial(renamed, put=put)) if table else claims


def tell_layers(claims: Claims) -> bool:
    """Whether letters may tell layers: one stands in either slot of a matrix, w_kj and w_ji, or a name is defined under
    two letters.
    """
    pairs = {base: seen for base, seen in _families(nodes_of(claims)).items() if any(len(at) == 2 for at in seen)}
    chained = any({at[0] for at in seen} & {at[-1] for at in seen} for seen in pairs.values())
    return chained or bool(_families(sides.left for sides in _definitions(claims)))


def apart_by_letters(claims: Claims) -> Claims:
    """All claims with a name apart for each group of letters under which an array stands."""
    families = _families(nodes_of(claims))

    def put(name: Node) -> Node:
        letters = _letters_below(name)
        return (
            replace(name, value=f"{name.value}·{''.join(letters)}") if letters and base_of(name) in families else name
        )

    return put_otherwise(claims, partial(renamed, put=put))


def apart_outside(claims: Claims, letters: frozenset[str]) -> Claims:
    """All claims with a name apart for what has one of some letters below: u_o is none of the u_k of a sum."""

    def put(name: Node) -> Node:
        indices = [plain_of(index) for script in name.scripts for index in script.parts]
        is_apart = len(indices) == 1 and indices[0] in letters
        return replace(name, value=f"{name.value}·{indices[0]}", scripts=()) if is_apart else name

    return put_otherwise(claims, partial(renamed, put=put))


def apart_from(claims: Claims, anew: Iterable[tuple[str, int]]) -> Claims:
    """All claims with a name apart for what is defined anew from a claim on."""
    for base, number in sorted(anew, key=lambda one: one[1], reverse=True):

        def put(name: Node, base: str = base) -> Node:
            return replace(name, value=f"{name.value}·") if base_of(name).rstrip("·") == base else name

        claims = (*claims[:number], *put_otherwise(claims[number:], partial(renamed, put=put)))
    return claims


def _families(nodes: Iterable[Node]) -> dict[str, set[tuple[str, ...]]]:
    """The bases that stand under several groups of letters, with these groups."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for node in nodes:
        if node.kind == "name" and node.value != KRONECKER and _letters_below(node):
            found.setdefault(base_of(node), set()).add(_letters_below(node))
    return {base: groups for base, groups in found.items() if len(groups) > 1}


def _letters_below(name: Node) -> tuple[str, ...]:
    """The letters in the slots below a name; none where a number or a sum stands in one, or a layer above."""
    above, below = slots_of(name)
    is_plain = not above and all(index.kind == "name" for index in below)
    return tuple(index.value for index in below) if is_plain else ()


def _with_small_letters(claims: Claims) -> Claims:
    """W^l beside w^l_{jk}: the matrix of these entries, where W has no entries of its own."""
    names = [node for node in nodes_of(claims) if node.kind == "name"]
    above = {name.value: len(slots_of(name)[0]) for name in names if slots_of(name)[1]}
    table = {
        large: small
        for large, letters in _LARGE.items()
        for small in letters
        if small in above and large not in above
        and any(name.value == large and len(slots_of(name)[0]) == above[small] for name in names)
        and not any(name.value == small and not slots_of(name)[1] for name in names)
    }  # fmt: skip

    def put(name: Node) -> Node:
        return replace(name, value=table.get(name.value, name.value))

    return put_otherwise(claims, partial(renamed, put=put)) if table else claims

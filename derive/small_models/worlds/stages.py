"""What counts stages below a name: z_2 = a_1 W_2 rests on z_1 by a_1, so that neither is an entry of a z_k, nor is the
h_t of a vector that changes from step to step.
"""

from functools import partial

from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.reach import reached
from derive.small_models.notation.slots import names_of, place_of, shift_of, slots_of
from derive.small_models.worlds.scope import takes_arrays, tells_matrices
from derive.small_models.worlds.sides import (
    Claims,
    first_readings,
    member_renamed,
    nodes_of,
    put_otherwise,
    renamed,
)


def with_steps_above(document: Document) -> Document:
    """A document in which the letter that counts steps, the t of h_t = f ⊙ h_{t-1}, stands above, as that of a layer
    does, where what has it below stands where arrays do.
    """
    trees = [r.tree for claim in document.claims for side in (claim.left, claim.right) for r in side.readings[:1]]
    nodes = [node for tree in trees for node in tree.walk()]
    names = [node for node in nodes if node.kind == "name" and node.scripts]
    shifts = (shift_of(below[0]) for name in names if (below := _step(name)) and below[0].kind == "sum")
    letters = {shift[0] for shift in shifts if shift is not None}
    letters -= {letter for name in names if not _step(name) for script in name.scripts
                for index in script.parts for letter in _letters(index)}
    stepping = {name.base for name in names if (below := _step(name)) and letters & _letters(below[0])}
    others = {name.base for name in names for index in _step(name) if _letters(index) - letters}
    within = (part for node in nodes if tells_matrices(node) or takes_arrays(node) for part in names_of(node))
    if not any(name.base in stepping for name in within):
        return document

    def put(name: Node) -> Node:
        if name.base not in stepping or not (below := _step(name)):
            return name
        found = _letters(below[0])
        is_step = found <= letters if found else name.base not in others  # h_0, of an h that has no entries h_i
        return replace(name, scripts=(replace(name.scripts[0], kind="above"),)) if is_step else name

    claims = (replace(c, left=member_renamed(c.left, put), right=member_renamed(c.right, put)) for c in document.claims)
    return replace(document, claims=tuple(claims))


def _step(name: Node) -> tuple[Node, ...]:
    """The one index below a name that has nothing else; nothing of any other."""
    above, below = slots_of(name)
    return below if not above and len(below) == 1 else ()


def _letters(index: Node) -> set[str]:
    return {part.value for part in index.walk() if part.kind == "name"}


def with_stages_apart(claims: Claims) -> Claims:
    """All claims with such a name and its number as a name of its own; of h_t = f(h_{t-1}) all h are one array."""
    stages = _stages(claims)

    def put(name: Node) -> Node:
        return replace(name, value=_numbered(name), scripts=()) if stages and _numbered(name) in stages else name

    return put_otherwise(claims, partial(renamed, put=put)) if stages else claims


def _stages(claims: Claims) -> frozenset[str]:
    """The names with their numbers of which one rests on another."""
    bodies: dict[str, set[str]] = {}
    lettered: set[str] = set()
    for _, sides in first_readings(claims):
        if sides.left.kind == "name":
            bodies.setdefault(_key(sides.left), set()).update(map(_key, names_of(sides.right)))
            lettered |= set() if _numbered(sides.left) else {sides.left.value}
    names = [node for node in nodes_of(claims) if node.kind == "name"]
    stepping = {name.value for name in names for script in name.scripts if any(i.kind == "sum" for i in script.parts)}
    numbers = {_numbered(name): name.value for name in names if _numbered(name)}
    told = [one for one in bodies if numbers.get(one, "") not in lettered | stepping | {""}]
    below = {one: set(reached(bodies[one], lambda key: bodies.get(key, ()))) for one in told}
    pairs = [(one, other) for one in told for other in told if one in below[other] and numbers[one] == numbers[other]]
    bases = {numbers[one] for one, _ in pairs}
    return frozenset(one for one, base in numbers.items() if base in bases)


def _key(name: Node) -> str:
    return _numbered(name) or name.value


def _numbered(name: Node) -> str:
    """A name with the one number below it in one word; nothing for any other."""
    above, below = slots_of(name)
    is_one = not above and len(below) == 1 and below[0].kind == "number"
    return f"{name.value}{place_of(below[0])[1]}" if is_one else ""

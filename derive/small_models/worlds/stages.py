"""Numbers below a name that count stages: z_2 = a_1 W_2 rests on z_1 by a_1, and so neither is an entry of a z_k."""

from functools import partial

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.reach import reached
from derive.small_models.notation.slots import names_of, place_of, slots_of
from derive.small_models.worlds.sides import Claims, first_readings, nodes_of, put_otherwise, renamed


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

"""Which targets of a program are shares that add up to 1: those that are held against shares, by a cross-entropy."""

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, plain_of
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.world import World


def classes_of(world: World) -> dict[str, Total]:
    """The targets of a cross-entropy in a program, Y * log(P): one along the axis of which P's entries are the shares,
    P = E / sum(E, axis=1).
    """
    found: dict[str, Total] = {}
    for node in (node for rules in world.rules.values() for rule in rules for node in rule.body.walk()):
        logarithms = [part for part in node.parts if part.kind == "call" and part.value in ("log", "ln")]
        if node.kind not in ("entrywise", "product") or len(node.parts) != 2 or len(logarithms) != 1:
            continue
        target = next(part for part in node.parts if part is not logarithms[0])
        axis = _shared_along(logarithms[0].parts[0], world)
        if axis and plain_of(target) and base_of(target) not in world.rules:
            found[base_of(target)] = Total(base_of(target), int(axis), Node("number", (), "1"))
    return found


def _shared_along(node: Node, world: World) -> str:
    """The axis along which entries are divided by their sum."""
    bodies = [rule.body for rule in world.rules.get(base_of(node), ())] if plain_of(node) else [node]
    own = (world.functions[body.value].body for body in bodies if body.kind == "call" and body.value in world.functions)
    shares = (part for body in (*bodies, *own) for part in body.parts if part.kind == "inverse")
    sums = (part.parts[0] for part in shares if part.parts[0].kind == "total" and not part.parts[0].order)
    return next((one.value for one in sums), "")

"""A softmax that is computed in a stable way, exp(Z - max Z) over its sum: the largest entry cancels out."""

from collections.abc import Mapping

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, plain_of
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.sides import form_of

Rules = Mapping[str, tuple[Rule, ...]]


def without_largest(rules: Rules) -> dict[str, tuple[Rule, ...]]:
    """All rules with every share of exponentials, T / sum(T), as it is without the largest entry that both have."""

    def put(node: Node) -> Node:
        node = replace(node, parts=tuple(map(put, node.parts))) if node.parts else node
        total = _total_below(node)
        if total is None or form_of(node.parts[0]) != form_of(total.parts[0]):
            return node
        plain = _without(node.parts[0], total.value, rules)
        below = replace(node.parts[1], parts=(replace(total, parts=(plain,)),)) if plain is not None else None
        return node if plain is None or below is None else replace(node, parts=(plain, below))

    return {base: tuple(replace(rule, body=put(rule.body)) for rule in found) for base, found in rules.items()}


def _total_below(node: Node) -> Node | None:
    """The sum of entries by which a node divides."""
    is_share = node.kind == "entrywise" and len(node.parts) == 2 and node.parts[1].kind == "inverse"
    below = node.parts[1].parts[0] if is_share else node
    return below if is_share and below.kind == "total" and not below.order else None


def _without(node: Node, axis: str, rules: Rules) -> Node | None:
    """exp(Z - max Z) as exp(Z); None where it is nothing of that kind."""
    call = _told(node, rules)
    if call.kind != "call" or call.value != "exp" or len(call.parts) != 1:
        return None
    within = _told(call.parts[0], rules)
    kept = tuple(part for part in within.parts if not _is_largest(part, axis)) if within.kind == "sum" else within.parts
    if len(kept) == len(within.parts) or not kept:
        return None
    return replace(call, parts=(kept[0] if len(kept) == 1 else replace(within, parts=kept),))


def _told(node: Node, rules: Rules) -> Node:
    """What a name stands for, where one line tells it."""
    found = rules.get(base_of(node), ()) if plain_of(node) else ()
    return found[0].body if len(found) == 1 and not found[0].below else node


def _is_largest(part: Node, axis: str) -> bool:
    """Whether a term is the largest entry, of all or along the axis of the sum."""
    largest = part.parts[0] if part.kind == "negative" else part
    return largest is not part and largest.kind == "extreme" and largest.value in ("", axis)

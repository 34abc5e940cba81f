"""Losses that nothing defines, or only by a function that nothing defines: what they rest on is all that is known."""

from collections.abc import Container, Mapping, Sequence

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import is_known
from derive.small_models.notation.slots import base_of, names_of, slots_of
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.sides import Claims, nodes_of


def undefined_losses(claims: Claims, rules: Container[str]) -> dict[str, tuple[str, ...]]:
    """Names that are differentiated and that nothing defines, with the bases by which they are."""
    found: dict[str, dict[str, None]] = {}
    layered = {base_of(node) for node in nodes_of(claims) if node.kind == "name" and slots_of(node)[0]}
    for node in nodes_of(claims):
        if node.kind == "partial":
            of, by = node.parts
        elif node.kind == "gradient" and len(node.parts) == 2:
            by, of = node.parts
        else:
            continue
        if of.kind == "name" and by.kind == "name" and base_of(of) not in rules and not slots_of(of)[1]:
            last = base_of(by) + "^"
            is_last = node.kind == "gradient" and last in layered  # ∇_a C is by the a of the last layer
            found.setdefault(base_of(of), {})[last if is_last else base_of(by)] = None
    return {of: tuple(bys) for of, bys in found.items()}


def losses_of_unknown_form(rules: Mapping[str, Sequence[Rule]]) -> dict[str, tuple[str, ...]]:
    """Names that are l(o, y) with an l that nothing defines, with the bases of its arguments."""
    return {
        base: tuple(dict.fromkeys(map(base_of, names_of(found[0].body))))
        for base, found in rules.items()
        if _is_unknown_call(found[0].body, rules)
    }


def _is_unknown_call(body: Node, rules: Container[str]) -> bool:
    """l(o, y) with an l that nothing defines."""
    if body.kind == "call" and not body.order and not is_known(body.value):
        return body.value not in rules and len(body.parts) > 1
    return (
        body.kind == "product"
        and len(body.parts) == 2
        and body.parts[0].kind == "name"
        and body.parts[1].kind == "list"
        and body.parts[0].value not in rules
    )

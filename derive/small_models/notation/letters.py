"""The letters of a tree that stand as indices and that no sum of it binds."""

from derive.formulas.syntax import Node
from derive.small_models.notation.signs import Signs
from derive.small_models.notation.slots import KRONECKER, bound_by, place_of


def free_letters(node: Node, signs: Signs) -> frozenset[str]:
    """The letters in a tree's scripts that no sum of it binds; those that stand for the last layer left out."""
    match node.kind:
        case "name":
            letters = {place_of(index)[0] for script in node.scripts for index in script.parts}
            return frozenset(letters - signs.tops - {""})
        case "condition":
            return frozenset(part.value for part in node.parts if part.kind == "name" and part.value in signs.indices)
        case "entry":
            whole, *indices = node.parts
            inner = free_letters(whole, signs)
            letters = {index.value for index in indices if index.kind == "name"}
            return inner - letters if letters <= inner else inner | letters
        case "call" if node.value == KRONECKER:
            return frozenset(part.value for part in node.parts if part.kind == "name")
        case "sums":
            *limits, body = node.parts
            inner = free_letters(body, signs)
            if not limits or limits[0].kind != "limit":
                return inner
            but = {limits[0].parts[1].value} if limits[0].value == "≠" and len(limits[0].parts) > 1 else set()
            return inner - {part.value for part in bound_by(limits[0])} | but
    return frozenset().union(*(free_letters(part, signs) for part in node.parts))

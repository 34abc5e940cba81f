"""A name and the indices in its slots, above and below."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from derive.formulas.signs import SUPERSCRIPTS
from derive.formulas.syntax import Node

_PIECE = re.compile(".′*")
_ARITHMETIC = frozenset("number negative sum product inverse power group".split())
KRONECKER = "kronecker"
"""The letter of the Kronecker delta."""


def base_of(name: Node) -> str:
    """What a name is an entry of: its letter, and a ^ for each slot above, since a^l and a are two things."""
    return name.value + "^" * sum(len(script.parts) for script in name.scripts if script.kind == "above")


def slots_of(name: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The indices above and below a name."""
    found = {script.kind: script.parts for script in name.scripts}
    return found.get("above", ()), found.get("below", ())


def with_slots(name: Node, kind: str, indices: tuple[Node, ...]) -> Node:
    """A name with further indices above or below."""
    scripts = {script.kind: script.parts for script in name.scripts}
    scripts[kind] = (*scripts.get(kind, ()), *indices)
    return replace(
        name, parts=(), order=0, base="", scripts=tuple(Node(k, scripts[k]) for k in ("above", "below") if k in scripts)
    )


def place_of(index: Node) -> tuple[str, int]:
    """An index as its letter and what is added to it; a number has no letter."""
    if index.kind == "number":
        return "", int(index.value.translate(SUPERSCRIPTS))
    if index.kind == "sum":
        found = shift_of(index)
        assert found is not None
        return found
    return index.value, 0


def shift_of(index: Node) -> tuple[str, int] | None:
    """l + 1 as (l, 1); None for any other sum."""
    if len(index.parts) != 2 or index.parts[0].kind != "name":
        return None
    step = index.parts[1]
    sign = -1 if step.kind == "negative" else 1
    step = step.parts[0] if step.kind == "negative" else step
    if step.kind != "number" or not step.value.lstrip("-").isdigit():
        return None
    return index.parts[0].value, sign * int(step.value)


def pieces_of(word: str) -> list[str]:
    """The letters of a word, each with its primes: k and k′ of kk′."""
    return _PIECE.findall(word)


def is_lettered(name: Node) -> bool:
    """Whether a letter stands in a slot of a name."""
    return any(place_of(index)[0] for script in name.scripts for index in script.parts)


def bound_by(limit: Node) -> tuple[Node, ...]:
    """The letters that a sum's lower limit binds: all of `i, j`, the first of `i = 1` and `i ≠ k`."""
    return limit.parts[:1] if limit.value else limit.parts


def plain_of(node: Node) -> str:
    """The letters of a name that has no scripts; nothing for any other tree."""
    return node.value if node.kind == "name" and not node.scripts else ""


def names_of(tree: Node) -> Iterator[Node]:
    """The names of a tree."""
    return (node for node in tree.walk() if node.kind == "name")


def ungrouped(node: Node) -> Node:
    """A tree without the brackets around it."""
    while node.kind == "group":
        node = node.parts[0]
    return node


def is_zero(node: Node) -> bool:
    """Whether a tree is the number 0."""
    return node.kind == "number" and not node.value.strip("0.")


def is_arithmetic(node: Node) -> bool:
    """Whether a tree is worked out from numbers alone: 0 - 0.01*(-336.67)."""
    return all(part.kind in _ARITHMETIC for part in node.walk())


def is_number(node: Node) -> bool:
    """Whether a tree is a number, be it negative."""
    return node.kind == "number" or (node.kind == "negative" and node.parts[0].kind == "number")

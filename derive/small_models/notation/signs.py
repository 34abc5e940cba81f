"""What the letters above and below the names of a document mean: indices, layers, labels."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import bound_by, pieces_of, plain_of, shift_of, ungrouped

_APPLIED = frozenset("fghφψσ")
_PICKING = re.compile("[a-zα-ω]_([a-zα-ω]|star)")
_FEWEST = 2
"""Layers stand above so many names at least."""
SIZES = frozenset("m n N M K".split())
"""What numbers of entries are called."""
_NO_LAYERS = frozenset(("e", "x"))
"""What is raised to a power wherever something stands above it."""


class Signs(Struct, frozen=True):
    """What the scripts of a document mean: letters that are indices, those that count layers, those that end them.

    `slots`: a base with the number of its indices above and below, where some of these are letters. `heads`: names that
    are written with their variables, `J(W, b)`.
    """

    indices: frozenset[str]
    layers: frozenset[str]
    tops: frozenset[str]
    slots: frozenset[tuple[str, int, int]] | None
    heads: Mapping[str, tuple[str, ...]]
    vectors: Mapping[str, tuple[str, ...]]
    """Functions that are defined entry by entry, s(x)_i = …, each with its variables."""
    bases: frozenset[str]
    wholes: frozenset[str]
    """Words that are no products of letters."""
    applied: frozenset[str]
    """Names that stand nowhere but before a bracket: g in g(z)."""
    operators: frozenset[str]
    """Names that stand nowhere but before braces: R in R{w}."""
    plain: frozenset[str]
    """Names that stand somewhere with nothing above or below."""
    silent: frozenset[str]
    """Letters of functions that are applied to nothing anywhere: the σ of σ^2 is a number."""

    @property
    def layered(self) -> frozenset[str]:
        """The letters that stand for a layer."""
        return self.layers | self.tops

    def operates(self, one: Node, other: Node) -> bool:
        """Whether the first of two factors is an operator, the second what it is applied to: R{w}."""
        return other.kind == "group" and other.value == r"\{" and plain_of(one) in self.operators


def is_index(index: Node, signs: Signs) -> bool:
    """Whether what stands in a slot has a letter that is an index."""
    return index.kind == "sum" or (index.kind == "name" and (index.value in signs.indices or index.value in signs.tops))


def letters_of(trees: Sequence[Node], functions: Mapping[str, tuple[str, ...]], wholes: frozenset[str]) -> Signs:
    """The letters of a document by where they stand; nothing yet of the slots. `wholes` are no products of letters."""
    nodes = [node for tree in trees for node in tree.walk()]
    heads = _heads(trees, nodes, functions)
    seen: dict[str, set[str]] = {"layer": set(), "above": set(), "below": set(), "bound": set()}
    for role, letter in (found for node in nodes for found in _roles(node)):
        seen[role].add(letter)
    layers, above, below, bound = seen.values()
    layers -= {letter for letter in _factors(nodes) if len(_raised(nodes, letter)) < _FEWEST}  # n in n x^{n - 1}
    tops = {letter for letter in above | layers if (letter[0].isupper() and letter != "T") or "_" in letter}
    tops = tops if layers else set()
    bases = {node.base for node in nodes if node.scripts} | {v for variables in heads.values() for v in variables}
    others = bases | _computed(trees) | _factors(nodes)
    single = {
        letter
        for letter in below | (above if layers else above & bound)
        if len(pieces_of(letter)) == 1 and not letter.isupper() and letter not in others
    }
    single |= _picking(nodes, bound)
    indices = single | bound | _pairs(below, single | bound, bases)
    return Signs(
        indices=frozenset((indices | layers) - tops),
        layers=frozenset(layers - tops),
        tops=frozenset(tops),
        slots=None,
        heads=heads,
        vectors=_vectors(trees),
        bases=frozenset(node.base or node.value for node in nodes if node.kind == "name"),
        wholes=wholes,
        applied=_only_before("(", trees) & _APPLIED,
        operators=_only_before(r"\{", trees),
        plain=frozenset(node.value for node in nodes if node.kind == "name" and not node.scripts),
        silent=_silent(nodes),
    )


def _picking(nodes: Sequence[Node], bound: Container[str]) -> set[str]:
    """What picks one entry where a letter stands elsewhere: y_i and j* of s_{y_i} and s_{j*}, beside s_j; where a sum
    runs over i, each of its terms would have another y_i.
    """
    found: dict[str, set[str]] = {}
    for node in nodes:
        for script in node.scripts:
            if script.kind == "below" and len(script.parts) == 1 and script.parts[0].kind == "name":
                found.setdefault(node.base, set()).add(script.parts[0].value)
    beside = (values for values in found.values() if any(len(value) == 1 for value in values))
    picked = (match for values in beside for value in values if (match := _PICKING.fullmatch(value)))
    return {match[0] for match in picked if match[1] not in bound}


def picked_by(name: Node) -> str:
    """What a name with one index is called where it picks an entry: y_i."""
    indices = [index for script in name.scripts for index in script.parts]
    return f"{name.base}_{indices[0].value}" if name.kind == "name" and len(indices) == 1 else ""


def _computed(trees: Sequence[Node]) -> set[str]:
    """The plain names that a claim works out: o in o = W h, of which out_o is no entry."""
    sides = zip(trees[::2], trees[1::2], strict=True)
    return {plain_of(left) for left, right in sides if right.kind not in ("name", "number")} - {""}


def _factors(nodes: Sequence[Node]) -> set[str]:
    """The plain names that multiply something: λ in λ ‖w‖², of which J_λ is no entry."""
    return {plain_of(part) for node in nodes if node.kind == "product" for part in node.parts} - {""}


def _raised(nodes: Sequence[Node], letter: str) -> set[str]:
    """The names above which a letter stands somewhere: a and W of a^l and W^{l+1}."""
    scripts = {node.base for node in nodes for script in node.scripts if script.kind == "above"
               and any(part.value == letter for index in script.parts for part in index.walk())}
    powers = (node.parts for node in nodes if node.kind == "power")
    return scripts | {of.base or of.value for of, exponent in powers
                      if of.kind == "name" and any(part.value == letter for part in exponent.walk())}


def _silent(nodes: Sequence[Node]) -> frozenset[str]:
    """The letters that are read as functions and stand without an argument throughout, and in no composition."""
    calls = [node for node in nodes if node.kind == "call"]
    applied = {node.value for node in calls if node.parts or node.order}
    composed = {part.value for node in nodes if node.kind == "entrywise" for part in node.parts if part.kind == "call"}
    return frozenset(node.value for node in calls if len(node.value) == 1) - applied - composed


def _heads(
    trees: Sequence[Node], nodes: Sequence[Node], functions: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The names that are written with their variables, as the document's words and its definitions tell."""
    heads = dict(functions)
    for node in nodes:
        if node.kind == "call" and node.base and node.value in functions:
            heads.setdefault(node.base, functions[node.value])
    for left in trees[::2]:
        if left.kind == "call" and not left.order and left.parts and heads.get(left.value) == ():
            variables = tuple(map(plain_of, left.parts))
            heads[left.value] = variables if all(variables) else ()
    return heads


def _vectors(trees: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """The functions of which a claim defines an entry, and that stand nowhere but in entries."""
    found: dict[str, tuple[str, ...]] = {}
    for left in trees[::2]:
        called = called_in(left)
        if called is not None and all(map(plain_of, called.parts)):
            found.setdefault(called.value, tuple(map(plain_of, called.parts)))
    nodes = [node for tree in trees for node in tree.walk()] if found else []
    calls = Counter(node.value for node in nodes if node.kind == "call")
    calls.subtract(called.value for node in nodes if node.kind == "entry" and (called := called_in(node)) is not None)
    return {name: variables for name, variables in found.items() if not calls[name]}


def called_in(entry: Node) -> Node | None:
    """The call of which an entry is meant in s(x)_i, as which a name before an indexed bracket is read, too."""
    if entry.kind == "entry":
        called = ungrouped(entry.parts[0])
        return called if called.kind == "call" and called.parts and not called.order else None
    if entry.kind != "product" or len(entry.parts) != 2 or entry.parts[1].kind != "entry":
        return None
    name, (bracket, _) = entry.parts[0], entry.parts[1].parts
    is_called = bool(plain_of(name)) and bracket.kind in ("group", "list") and bracket.value in ("(", "")
    return Node("call", bracket.parts, name.value) if is_called else None


def _roles(node: Node) -> Iterator[tuple[str, str]]:
    """The letters that a node shows to count layers, to stand above or below a name, or to be bound by a sum."""
    for script in node.scripts:
        for index in script.parts:
            if index.kind == "sum" and shift_of(index) is not None and script.kind == "above":
                yield "layer", index.parts[0].value
            if index.kind == "name":
                yield "above" if script.kind == "above" else "below", index.value
    if node.kind == "sums" and node.parts[0].kind == "limit":  # what stands above a sum is a size
        yield from (("bound", part.value) for part in bound_by(node.parts[0]) if part.kind == "name")
    if node.kind == "power" and node.parts[0].kind == "name" and node.parts[0].value not in _NO_LAYERS:
        exponent = ungrouped(node.parts[1])
        if exponent.kind == "sum" and shift_of(exponent) is not None:
            yield "layer", exponent.parts[0].value
        elif plain_of(exponent):
            yield "above", exponent.value
    if node.kind == "entry":
        whole, index = node.parts
        yield from (("below", part.value) for part in index.walk() if part.kind == "name" and len(part.value) == 1)
        if whole.kind == "power" and whole.parts[1].kind == "name":
            yield "layer", whole.parts[1].value


def _pairs(words: Iterable[str], letters: Iterable[str], bases: Iterable[str]) -> set[str]:
    """The letters of `jk` below a name, where one of them is an index already and the other is no name."""
    known = frozenset(letters)
    found = (pieces_of(word) for word in words)
    pairs = (pair for pair in found if len(pair) == 2 and all(p[0].isalpha() and p[0].islower() for p in pair))
    return {letter for pair in pairs if known & set(pair) for letter in pair if letter not in bases}


def _only_before(bracket: str, trees: Iterable[Node]) -> frozenset[str]:
    """The names that stand nowhere but before a bracket."""
    before: set[str] = set()
    elsewhere: set[str] = set()
    for tree in trees:
        for node in tree.walk():
            followed = [
                part
                for part, after in pairwise(node.parts)
                if node.kind == "product" and after.kind == "group" and after.value == bracket and part.kind == "name"
            ]
            before.update(part.value for part in followed)
            elsewhere.update(
                part.value for part in node.parts if part.kind == "name" and not any(part is f for f in followed)
            )
        if tree.kind == "name":
            elsewhere.add(tree.value)
    return frozenset(before - elsewhere)

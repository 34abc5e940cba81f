"""What a document solves for: behind a derivative that is set to zero, w = (X^T X)^{-1} X^T y is no definition of w.

A name is an unknown where the document differentiates by it before it says what it is, and says it by nothing but what
the quantity that is differentiated rests on; something is set to zero between, or another unknown stands on the right.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Claim, Document
from derive.formulas.syntax import Node
from derive.reach import reached
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import base_of, is_zero, names_of
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.differentials import LOSSES
from derive.small_models.worlds.sides import Claims, Sides, first_readings

_ZERO = re.compile(
    r"(?i)(?<![\w-])(?:zeros?|vanish\w*|solv(?:e|ing) for|stationary|normal equations?|(?:min|max)im(?:um|a|i[sz]er)"
    r"|null(?:setz\w*)?|normalgleichung\w*|cero|z[ée]ro|annul\w*|azzer\w*|zera|нул\w*|приравн\w*)\b|为零|為零|等于零"
)
"""Words that set a derivative to zero."""
_SIZES = frozenset("n m N M K I".split())
_FAR = 12
"""So many statements away a derivative is still the one that is set to zero."""


class Unknown(Struct, frozen=True):
    """A quantity and a name by which its derivative is set to zero, as a claim differentiates it."""

    claim: int
    of: Node
    by: Node


def derivatives_of(sides: Sides, signs: Signs) -> Iterator[tuple[Node, Node]]:
    """The quantities that a claim differentiates, each with the name by which it does."""
    for node in sides.walk():
        if node.kind == "partial" and node.order <= 1:
            of, by = node.parts
        elif node.kind == "gradient":
            *before, of = node.parts
            heads = signs.heads.get(of.value.rstrip("·").removesuffix("()"), ())
            variables = before or [Node("name", (), variable) for variable in heads]
            by = variables[0] if len(variables) == 1 else node
        else:
            continue
        if of.kind == by.kind == "name":
            yield of, by


class Unknowns(Struct, frozen=True):
    """The unknowns whose derivatives are set to zero before each claim, the last first; the claims that tell one.

    `tacit`: those whose derivatives an equation of its own may set to zero where nothing says so, A w = b.
    """

    before: Mapping[int, tuple[Unknown, ...]]
    solved: Mapping[int, Unknown]
    tacit: Mapping[int, tuple[Unknown, ...]]


def unknowns_of(document: Document, claims: Claims, signs: Signs) -> Unknowns:
    """The unknowns of a document."""
    readable = dict(first_readings(claims))
    slopes = {number: list(derivatives_of(sides, signs)) for number, sides in readable.items()}
    variables = frozenset(base_of(by) for pairs in slopes.values() for _, by in pairs)
    ground = _Ground(readable.values(), variables, _SIZES | signs.indices)
    seen: dict[tuple[str, str], Unknown] = {}
    before: dict[int, tuple[Unknown, ...]] = {}
    solved: dict[int, Unknown] = {}
    tacit: dict[int, tuple[Unknown, ...]] = {}
    zeros: list[int] = []
    for number, sides in readable.items():
        zeros += [number] if is_zero(sides.left) or is_zero(sides.right) else []
        near = tuple(one for one in reversed(seen.values()) if _is_set_to_zero(document, one.claim, number, zeros))
        before.update({number: near} if near else {})
        if not near and not slopes[number] and _is_balance(document.claims[number], sides):
            tacit[number] = tuple(one for one in reversed(seen.values()) if _is_near(document, one.claim, number))
        if document.claims[number].program:
            solved.update((number, unknown) for unknown in ground.solved_by(number, sides))
        elif seen and sides.left.kind == "name" and not slopes[number] and not _has(sides.right, sides.left):
            own, others = ground.leaves(sides.right), {base_of(one.by) for one in seen.values()}
            told = (one for one in reversed(seen.values()) if base_of(one.by) == base_of(sides.left))
            fitting = (
                one
                for one in told
                if (own <= ground.below(one.of) and (one in near or own & others))
                or (_has_inverse(sides.right) and (own <= ground.below(one.of) or base_of(one.of) not in ground.bodies))
            )
            solved.update((number, one) for one in islice(fitting, 1))
        for of, by in slopes[number]:
            seen.pop((base_of(of), base_of(by)), None)
            seen[base_of(of), base_of(by)] = Unknown(number, of, by)
    return Unknowns(before, solved, tacit)


class _Ground:
    """What the names of a document rest on; the variables by which it differentiates rest on nothing."""

    def __init__(self, claims: Iterable[Sides], variables: frozenset[str], sizes: frozenset[str]) -> None:
        self.sizes = sizes
        self.bodies: dict[str, set[str]] = {}
        """What stands in the definitions of each base."""
        for left, right in ((sides.left, sides.right) for sides in claims if sides.left.kind == "name"):
            if base_of(left) not in variables and not right.has("foreign") and not _has_inverse(right):
                self.bodies.setdefault(base_of(left), set()).update(map(base_of, names_of(right)))

    def below(self, tree: Node) -> frozenset[str]:
        """The bases on which a tree rests."""
        return frozenset(reached(map(base_of, names_of(tree)), lambda base: self.bodies.get(base, ())))

    def leaves(self, tree: Node) -> frozenset[str]:
        """Those of them that rest on nothing further, sizes and indices left out."""
        return self.below(tree) - self.bodies.keys() - self.sizes

    def solved_by(self, number: int, sides: Sides) -> Iterator[Unknown]:
        """The parameter that a program works out by an inverse, where its loss rests on that and on nothing else."""
        if sides.left.kind != "name" or not _has_inverse(sides.right):
            return
        by = replace(sides.left, value=sides.left.value.rstrip(FURTHER))
        for loss in LOSSES & self.bodies.keys():
            of = Node("name", (), loss)
            if loss + FURTHER not in self.bodies and self.leaves(of) == self.leaves(sides.right) | {base_of(by)}:
                yield Unknown(number, of, by)


def _has(tree: Node, name: Node) -> bool:
    """Whether a tree has a name, at whatever indices."""
    return base_of(name) in map(base_of, names_of(tree))


def _has_inverse(tree: Node) -> bool:
    """Whether a tree has an inverse of a product of matrices."""
    powers = (node for node in tree.walk() if node.kind == "power" and node.parts[0].has("matmul", "transposed"))
    return any(_is_minus_one(node.parts[1]) for node in powers)


def _is_minus_one(exponent: Node) -> bool:
    while exponent.kind == "group":
        exponent = exponent.parts[0]
    is_negative = exponent.kind == "negative" and exponent.parts[0].value == "1"
    return exponent.value == "-1" or is_negative


def _is_balance(claim: Claim, sides: Sides) -> bool:
    """Whether a claim of its own sets two formulas equal, neither of which is a name or a number."""
    is_alone = not claim.program and claim.step == 0
    return is_alone and not any(side.kind in ("name", "number", "call", "entry") for side in (sides.left, sides.right))


def _is_near(document: Document, slope: int, number: int) -> bool:
    return document.claims[number].statement - document.claims[slope].statement <= _FAR


def _is_set_to_zero(document: Document, slope: int, number: int, zeros: Sequence[int]) -> bool:
    """Whether something is set to zero between a derivative and a claim shortly behind it, by words or by a claim."""
    one, other = document.claims[slope], document.claims[number]
    if not _is_near(document, slope, number):
        return False
    between = document.text.text[one.right.start : other.left.start]
    return any(slope <= zero < number for zero in zeros) or _ZERO.search(between) is not None

"""What a text may say beside a claim: cases, distinct letters, vectors with a sum of one, letters that are sizes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral
from derive.small_models.notation import SIZES
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import base_of, bound_by, place_of, slots_of
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.conditions import Case, Total
from derive.small_models.worlds.sides import Sides, nodes_of

_FAR, _BEHIND = 300, 60
"""So many signs before a claim and behind it a condition may be meant for it."""


class Assumed(Struct, frozen=True):
    """What is assumed of a claim beyond what it says."""

    case: Case | None = None
    totals: Mapping[str, Total] = MappingProxyType({})
    """The totals that are used."""
    tied: Mapping[str, str] = MappingProxyType({})
    """Names that are the size of a sort."""
    hot: tuple[str, str] | None = None
    """A vector that is zero but for a one, and the letter at which it stands."""
    choices: tuple[str, tuple[int, ...]] | None = None
    """A vector, or a number, of which each entry is one of these, whichever."""
    given: frozenset[str] = frozenset()
    """The bases of what is taken as it is, whatever defines it."""
    conditions: tuple[tuple[int, Sides], ...] = ()
    """Equations to be solved: the claim's number, and its sides."""


NOTHING = Assumed()


class Trial(Struct, frozen=True):
    """A claim as it may be meant, and what is said where it holds so."""

    told: str
    sides: Sides
    assumed: Assumed = NOTHING


def trials_of(indexed: Indexed, number: int, sides: Sides, sorts: Sequence[str]) -> Iterator[Trial]:
    """Every way to mean a claim that is false as it stands, the likeliest first."""
    cases, pairs = _cases_before(indexed, number, sides), _distinct(indexed, number, sides)
    yield from (Trial(f"where {case.told}", sides, Assumed(case)) for case in cases)
    yield from (Trial(f"for {case.told}", sides, Assumed(case)) for case in pairs)
    yield from _with_totals(indexed, sides, [*cases, *pairs])
    yield from _one_hot(indexed, number, sides, pairs)
    claims = indexed.document.claims
    choices = indexed.document.choices_at(claims[number]) if number < len(claims) else {}
    for base in sorted(indexed.world.below(sides.names()) if choices else ()):
        values = choices.get(_letters(base), ())
        if values and base not in indexed.world.rules:
            told = f"{_letters(base)} is {' or '.join(map(str, values))}"
            yield Trial(told, sides, Assumed(choices=(base, values)))
    if is_derivative(sides) and "constant factor" in indexed.document.text.text:
        for factor in (numeral(2), Node("inverse", (numeral(2),))):
            scaled = Sides(sides.left, Node("product", (factor, sides.right)))
            yield Trial("up to the constant factor that the text leaves out", scaled)
    bare = {name.value for name in sides.names() if not name.scripts}
    for name in sorted(bare & SIZES - indexed.world.rules.keys() - indexed.world.sorts.named.keys()):
        for sort in sorts:
            yield Trial(f"{name} read as a number of entries", sides, Assumed(tied={name: sort}))


def case_behind(indexed: Indexed, number: int, sides: Sides) -> Case | None:
    """The case that stands behind a claim on its line."""
    letters = sides.letters(indexed.world.signs) | indexed.world.constants
    cases = (case for case in indexed.cases if case.is_behind and case.claim == number)
    return next((case for case in cases if case.letters <= letters), None)


def is_conditional(indexed: Indexed, number: int) -> bool:
    """Whether a comparison, y f < 1, stands shortly before a claim or right behind it."""
    claim = indexed.document.claims[number]
    places = (one.left.start for one in indexed.document.conditions if one.sign != "≠")
    return any(claim.left.start - _FAR <= place <= claim.right.end + _BEHIND for place in places)


def condition_before(indexed: Indexed, number: int) -> str:
    """The last comparison, z > 0, that the text makes between a claim's statement and the one before; else nothing."""
    claims = indexed.document.claims
    own = claims[number].statement
    start = next(claim.left.start for claim in claims if claim.statement == own)
    end = max((claim.right.end for claim in claims if claim.statement < own), default=0)
    between = [one for one in indexed.document.conditions if end <= one.left.start < start and one.sign != "≠"]
    return f"{between[-1].left.text} {between[-1].sign} {between[-1].right.text}" if between else ""


def _cases_before(indexed: Indexed, number: int, sides: Sides) -> list[Case]:
    """The last of the two cases before a claim that is about its letters."""
    letters = sides.letters(indexed.world.signs) | indexed.world.constants
    before = sorted((case for case in indexed.cases if not case.is_behind), key=lambda case: case.claim)
    last = [case for case in before if case.claim < number][-2:][::-1]
    return [case for case in last if case.letters <= letters][:1]


def _distinct(indexed: Indexed, number: int, sides: Sides) -> list[Case]:
    """i ≠ k for two letters of one sort: distinct letters are distinct indices to most authors, but for those that the
    claim itself tells apart, by δ_ik or by cases.
    """
    sorts = indexed.world.sorts
    letters = sorted(sides.letters(indexed.world.signs) - sides.compared(indexed.world.signs))
    found = {letter: sorts.letter(number, letter) for letter in letters}
    plain = [letter for letter, sort in found.items() if sort not in sorts.counted]
    pairs = (pair for pair in combinations(plain, 2) if found[pair[0]] == found[pair[1]])
    return [Case(number, one, other, False) for one, other in pairs][:1]


def _totals(indexed: Indexed) -> tuple[dict[str, Total], dict[str, Total]]:
    """The arrays of which the text tells the sum, and these with all that are targets of a cross-entropy."""
    stated = {base: total for base, total in indexed.world.totals.items() if base not in indexed.world.rules}
    return stated, {**{total.of: total for total in indexed.targets}, **stated}


def repeated(indexed: Indexed, sides: Sides) -> Iterator[Trial]:
    """Einstein's convention: a product is summed over the letters that stand in two of its factors, and on no other
    side. A sum that is left out looks alike.
    """
    signs = indexed.world.signs
    one, other = (free_letters(side, signs) for side in (sides.left, sides.right))

    def put(node: Node, alone: frozenset[str]) -> Node:
        if node.kind != "product":
            return replace(node, parts=tuple(put(part, alone) for part in node.parts))
        seen = Counter(letter for part in node.parts for letter in free_letters(part, signs) & alone)
        twice = tuple(Node("name", (), letter) for letter in sorted(seen) if seen[letter] > 1)
        return Node("sums", (Node("limit", twice), node), "∑", node.start, node.end) if twice else node

    found = Sides(put(sides.left, one - other), put(sides.right, other - one))
    if found != sides:
        yield Trial("true where it is summed over the indices that stand twice in a product", found)


def _letters(base: str) -> str:
    return base.rstrip("^")


def _with_totals(indexed: Indexed, sides: Sides, cases: Sequence[Case]) -> Iterator[Trial]:
    """∑ y_i = 1, by itself and in each case."""
    below = frozenset(indexed.world.below(sides.names()))
    for found, words in zip(_totals(indexed), ("used", "as for a one-hot vector"), strict=True):
        totals = {base: total for base, total in found.items() if base in below}
        if totals:
            told = f"{', '.join(f'∑ {_letters(base)} = {total.value.value}' for base, total in totals.items())} {words}"
            yield Trial(told, sides, Assumed(None, totals))
            yield from (Trial(f"{told}, {case.told}", sides, Assumed(case, totals)) for case in cases)


def _one_hot(indexed: Indexed, number: int, sides: Sides, pairs: Sequence[Case]) -> Iterator[Trial]:
    """y is zero but at the index that stands on one side alone; or at one that the document has for nothing else, where
    a claim has no y.
    """
    sorts, signs = indexed.world.sorts, indexed.world.signs
    special = sides.letters(signs) - _general(indexed)
    for base in (base for base in _totals(indexed)[1] if sorts.arity.get(base) == 1):
        further = special if base not in map(base_of, sides.names()) else frozenset()
        for letter in sorted(sides.lone_letters(signs) | further):
            if sorts.letter(number, letter) != sorts.slot(base, "below", 0):
                continue
            told = f"{_letters(base)} one-hot, with its one at {letter}"
            yield Trial(told, sides, Assumed(hot=(base, letter)))
            yield from (Trial(f"{told}, {case.told}", sides, Assumed(case, hot=(base, letter))) for case in pairs)


def _general(indexed: Indexed) -> frozenset[str]:
    """The letters that stand for any index: a sum binds them, or a definition is told with them."""
    bound = {part.value for node in nodes_of(indexed.claims) if node.kind == "limit" for part in bound_by(node)}
    rules = (rule for rules in indexed.world.rules.values() for rule in rules)
    return frozenset(bound.union(place_of(index)[0] for rule in rules for index in (*rule.above, *rule.below)))


def is_derivative(sides: Sides) -> bool:
    """Whether a side is a derivative, but for a number in front."""
    return any(_without_number(side).kind in ("partial", "gradient") for side in (sides.left, sides.right))


def _without_number(node: Node) -> Node:
    is_scaled = node.kind == "product" and len(node.parts) == 2 and node.parts[0].kind in ("number", "inverse")
    return node.parts[1] if is_scaled else node


def leaving_out(indexed: Indexed, number: int, sides: Sides) -> Iterator[Trial]:
    """A claim whose sum over many vectors leaves out the one that its letter names: in ∂/∂u_o ∑_k f(u_k) nothing tells
    whether u_o is among the vectors of the sum.
    """
    sorts, letters = indexed.world.sorts, sides.letters(indexed.world.signs)
    for limit in (node for node in sides.walk() if node.kind == "limit" and node.value in ("", "=")):
        bound = limit.parts[0]
        kin = [one for one in letters if sorts.letter(number, one) == sorts.letter(number, bound.value)]
        counts = any(bound.value == part.value for name in sides.names() for part in slots_of(name)[0])
        if counts and len(kin) == 1:
            other = replace(limit, parts=(bound, Node("name", (), kin[0])), value="≠")
            told = f"true where the sum over {bound.value} leaves out {kin[0]}, which is not said"
            yield Trial(told, sides.put(partial(_exchanged, old=limit, new=other)))


def _exchanged(tree: Node, old: Node, new: Node) -> Node:
    """A tree with one limit of a sum for another; what stands above the sum goes with it."""
    if tree.kind == "sums" and tree.parts[0] is old:
        return replace(tree, parts=(new, tree.parts[-1]))
    return replace(tree, parts=tuple(_exchanged(part, old, new) for part in tree.parts))

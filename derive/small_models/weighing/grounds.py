"""Whether a difference between two sides may refute a claim, or only shows what the document leaves open."""

from collections.abc import Iterator

import sympy as sp
from msgspec import Struct

from derive.formulas.claims import SOLVED
from derive.formulas.syntax import FACTORIAL, Node
from derive.small_models.models.entries import Entries
from derive.small_models.notation.slots import base_of
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.definitions import LENT
from derive.small_models.worlds.sides import Sides
from derive.written import Called

_SOLVING = SOLVED - {"where", "equals"} | {"zero", "0"}
_SLOPES = ("partial", "gradient")
_LISTS = ("list", "matrix")
_NEAR = 400
"""So many signs before an equation its words may speak of what is solved."""


class Grounds(Struct, frozen=True):
    """Whether a difference refutes, whether it tells a slope that nothing else tells, and why it does not refute."""

    refutes: bool = True
    tells_a_slope: bool = False
    why: str = ""


def grounds_of(indexed: Indexed, number: int, sides: Sides, one: sp.Expr, other: sp.Expr, entries: Entries) -> Grounds:
    """The grounds of a difference between two components: nothing is refuted by a name that only one of them has and
    that nothing defines, nor where numbers stand for names.
    """
    if FACTORIAL in entries.functions(one) | entries.functions(other):
        return Grounds(False, why="what a factorial comes to is not worked out")
    left, right = entries.leaves(one), entries.leaves(other)
    alone = left ^ right
    slopes = sorted(name for name in alone if name.startswith("∂"))
    if slopes:
        of = slopes[0].removeprefix("∂").partition("/")[0]
        tells = sides.left.kind in ("partial", "gradient") and not left.isdisjoint(slopes)
        return Grounds(False, tells, f"nothing says what {of} is")
    if isinstance(one, Called) and any(one.orders) and sides.left.kind in _SLOPES and not other.has(one):
        return Grounds(False, True, f"nothing says what {one.name} is")  # ∂a/∂z = a (1 - a) of a = g(z) tells it
    is_exact = one.is_rational and other.is_rational and not any("." in node.value for node in sides.walk())
    numbers = [side for side in (one, other) if side.is_number and side not in (0, 1, -1) and not is_exact]
    listed = {base for base, rules in indexed.world.rules.items() if any(r.body.kind in _LISTS for r in rules)}
    if numbers or alone & (indexed.valued | listed):  # of a list that tells a leaf nothing the size is another one
        return Grounds(False, why="numbers stand for names here")
    if left - right and right - left and _may_be_a_condition(indexed, number, sides):
        return Grounds(False, why="it may be a condition: each side has what the other has not")
    alone |= entries.functions(one) ^ entries.functions(other)
    told = told_bases(indexed, number)
    if not any(node.kind in _SLOPES for node in sides.walk()):
        alone |= _exchanged(sides, told)
    strange = sorted(alone - told)
    if not strange:
        return Grounds()
    return Grounds(False, why=f"nothing says what {strange[0].rstrip('^').partition('·')[0]} is")


def _exchanged(sides: Sides, told: frozenset[str]) -> frozenset[str]:
    """The bases of the left side, as it is written, for which the right one has others that are told: W a = W σ(z) of
    a known z says what a is.
    """
    left, right = (set(map(base_of, _names_beside_limits(side))) for side in (sides.left, sides.right))
    return frozenset(left - right) if (right - left) & told else frozenset()


def _may_be_a_condition(indexed: Indexed, number: int, sides: Sides) -> bool:
    """Whether an equation stands by itself behind words of something that is solved, and tells neither a name nor a
    derivative.
    """
    claim = indexed.document.claims[number]
    is_told = sides.left.kind in ("name", "call", "entry") or any(node.kind in _SLOPES for node in sides.walk())
    before = indexed.document.text.text[max(0, claim.left.start - _NEAR) : claim.left.start].lower().split()
    return not claim.step and not is_told and not _SOLVING.isdisjoint(before)


def told_bases(indexed: Indexed, but: int | None = None) -> frozenset[str]:
    """The bases that have a definition, or stand in one; in one of another statement than the claim `but`'s."""
    stated = indexed.document.claims
    own = None if but is None else stated[but].statement
    found = set(indexed.world.rules)
    for rule in (rule for rules in indexed.world.rules.values() for rule in rules):
        if rule.claim == LENT or stated[rule.claim].statement != own:
            found.update(map(base_of, _names_beside_limits(rule.body)))
    return frozenset(found)


def _names_beside_limits(node: Node) -> Iterator[Node]:
    """The names of a tree, those in the limits of sums left out."""
    if node.kind == "name":
        yield node
    for part in node.parts:
        if part.kind != "limit":
            yield from _names_beside_limits(part)

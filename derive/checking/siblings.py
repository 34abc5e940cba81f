"""Definitions that leave a quantity out: no formula has it, and in one place it seems to belong.

`y1 = w5*h1 + w6*h1` contradicts no line; but two weights of one value are one weight, and h2 is made for nothing. Each
row of MISGIVINGS asks one such question of a definition. A line so doubted is undecided, and so are those that would
hold if it were meant so: only its author knows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Equation, names_in
from derive.checking.evidence import Evidence
from derive.checking.exchange import exchanged
from derive.checking.hypotheses import Ground
from derive.checking.hypotheses.differences import holds_with_differences
from derive.checking.hypotheses.slips import LAST_NUMBER, as_siblings, shape
from derive.checking.wording import spelled
from derive.names import symbol

_MOST = 32
"""More definitions of one family are a sequence, no layer of neurons."""


class Misgiving(Struct, frozen=True):
    """What a definition may be meant to be: the name that it leaves out, and the one that stands there, if any does."""

    left_out: str
    stands: str
    meant: sp.Expr


class Siblings(Struct, frozen=True, dict=True):
    """The definitions of a document by family: names that differ in their last number alone."""

    ground: Ground

    @cached_property
    def bodies(self) -> Mapping[str, sp.Expr]:
        """What each quantity is that is defined once, by a line of the document, and has few siblings."""
        versions = self.ground.interpretation.versions
        sizes = Counter(map(_family, versions))
        return {
            name: found[0].expression
            for name, found in versions.items()
            if len(found) == 1 and found[0].claim >= 0 and found[0].variables is None and sizes[_family(name)] <= _MOST
        }

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that stand in a definition of the document."""
        versions = self.ground.interpretation.versions
        own = (one for found in versions.values() for one in found if one.claim >= 0)
        return frozenset(name for one in own for name in names_in(one.expression))

    @cached_property
    def inner(self) -> frozenset[str]:
        """The names by which something is differentiated: no ends of the network."""
        plain = (equation for one in self.ground.claims for equation in one.plainest)
        return frozenset(partial.by.name for equation in plain for partial in equation.partials)

    @cached_property
    def idle(self) -> Mapping[str, Sequence[str]]:
        """By family, the names that have a value, a definition or a derivative by them, and stand in no definition."""
        plain = (equation for one in self.ground.claims for equation in one.plainest)
        valued = {e.left.name for e in plain if e.left.is_Symbol and not e.right.free_symbols}
        found: dict[str, list[str]] = {}
        for name in sorted((valued | self.bodies.keys() | self.inner) - self.used):
            found.setdefault(_family(name), []).append(name)
        return found

    @cached_property
    def contradicted(self) -> Sequence[tuple[Equation, frozenset[str]]]:
        """The equations that the definitions contradict, and the names on which each rests."""
        evidence = self.ground.evidence.values()
        return [(e.equation, e.support) for e in evidence if e.verdict == "refuted" and not e.kind and e.equation]

    def idle_sibling(self, name: str) -> str:
        """The one idle name of a name's family; none where there are several."""
        found = [other for other in self.idle.get(_family(name), ()) if other != name]
        return found[0] if len(found) == 1 else ""


def _family(name: str) -> str:
    return LAST_NUMBER.sub("#", name)


def _number(name: str) -> int:
    found = LAST_NUMBER.search(name)
    return int(found.group()) if found else 0


def _multiplied_twice(name: str, siblings: Siblings) -> Iterator[Misgiving]:
    """Two parameters of one sum multiply the same value."""
    body = siblings.bodies[name]
    for total in body.atoms(sp.Add):
        pairs = [term for term in total.args if term.is_Mul and len(term.args) == 2]
        factors = [a for pair in pairs if all(a.is_Symbol for a in pair.args) for a in pair.args]
        for value in sorted({a for a in factors if factors.count(a) == 2}, key=str):
            if idle := siblings.idle_sibling(value.name):
                last = [pair for pair in pairs if value in pair.args][-1]
                meant = exchanged(body, {last: exchanged(last, {value: symbol(idle)})})
                yield Misgiving(idle, value.name, meant)


def _unlike_its_siblings(name: str, siblings: Siblings) -> Iterator[Misgiving]:
    """Another definition of the family has its own number throughout; this one has not."""
    body = siblings.bodies[name]
    for meant, _ in as_siblings(name, body, siblings.ground):
        lost, put = names_in(body) - names_in(meant), names_in(meant) - names_in(body)
        if len(lost) == len(put) == 1:
            (stands,), (idle,) = lost, put
            if idle == siblings.idle_sibling(stands):
                yield Misgiving(idle, stands, meant)


def _less_than_its_siblings(name: str, siblings: Siblings) -> Iterator[Misgiving]:
    """A definition that goes as those beside it, but for a square that it lacks: δ1 = e*v1*(1 - h1) beside
    δ2 = e*v2*(1 - h2^2).
    """
    body, number = siblings.bodies[name], LAST_NUMBER.findall(name)
    kin = {shape(other) for n, other in siblings.bodies.items() if _family(n) == _family(name) and n != name}
    for base in body.free_symbols if body.is_Mul and len(kin) == 1 else ():
        meant = exchanged(body, {base: base**2})
        if LAST_NUMBER.findall(base.name) == number and shape(meant) in kin:
            yield Misgiving("", "", meant)


def _passed_over(name: str, siblings: Siblings) -> Iterator[Misgiving]:
    """The parameters of a family count on from definition to definition, but for one that is passed over."""
    body = siblings.bodies[name]
    order = sorted((n for n in siblings.bodies if _family(n) == _family(name)), key=_number)
    families: dict[str, list[tuple[str, str]]] = {}
    for owner in order:
        for parameter in _in_order(siblings.bodies[owner]):
            families.setdefault(_family(parameter), []).append((owner, parameter))
    for stands in sorted(names_in(body) - siblings.bodies.keys()):
        idle = siblings.idle_sibling(stands)
        if not idle:
            continue
        kin = families[_family(stands)]
        numbers = [_number(idle if one == (name, stands) else one[1]) for one in kin]
        twice = [n for _, n in kin].count(stands) == 2
        if twice and len(kin) > len(order) and numbers == list(range(numbers[0], numbers[0] + len(kin))):
            yield Misgiving(idle, stands, exchanged(body, {symbol(stands): symbol(idle)}))


def _in_order(expression: sp.Expr) -> list[str]:
    """The names of an expression as they are written."""
    return [part.name for part in sp.preorder_traversal(expression) if part.is_Symbol]


MISGIVINGS: Mapping[str, Callable[[str, Siblings], Iterator[Misgiving]]] = MappingProxyType({
    "multiplied twice": _multiplied_twice,
    "unlike its siblings": _unlike_its_siblings,
    "less than its siblings": _less_than_its_siblings,
    "passed over": _passed_over,
})  # fmt: skip


def with_misgivings(ground: Ground) -> Mapping[int, Evidence]:
    """The evidence with definitions undecided that leave something out, and with the lines that hold if they are meant
    so.
    """
    siblings = Siblings(ground)
    found = dict(ground.evidence)
    for number, name in ground.interpretation.definers.items():
        if found[number].verdict != "definition" or name not in siblings.bodies:
            continue
        for ask in MISGIVINGS.values():
            misgiving = next(ask(name, siblings), None)
            if misgiving is not None:
                found |= _doubted(number, name, misgiving, ground)
                break
    return found


def _doubted(number: int, name: str, misgiving: Misgiving, ground: Ground) -> dict[int, Evidence]:
    """A definition undecided, and the contradicted lines that hold as it may be meant."""
    left_out, stands = ground.written(misgiving.left_out), ground.written(misgiving.stands)
    place = f"where {stands} stands here" if stands else "in this one"
    square = f"those beside it have a square: is {spelled(misgiving.meant, ground.written)} meant?"
    reason = f"no formula has {left_out}: is it meant {place}?" if left_out else square
    slip = f"wrong-index: {stands} may stand where {left_out} belongs" if stands else ""
    found = {number: replace(ground.evidence[number], verdict="undecided", reason=reason, slip=slip, kind="left out")}
    lost = left_out or "a square"
    told = f"it holds if {lost} is meant in the definition of {ground.written(name)}, which has it not"
    for n, one in ground.evidence.items():
        if one.verdict != "refuted" or one.kind or one.equation is None or name not in one.support:
            continue
        if holds_with_differences(one.equation, ground.interpretation.graph(n), {name: misgiving.meant}):
            found[n] = replace(one, verdict="undecided", reason=told, kind="again")
    return found

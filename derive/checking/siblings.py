"""Definitions that leave a quantity idle: it stands nowhere, and in one place its sibling stands instead.

`y1 = w5*h1 + w6*h1` contradicts no line; but two weights of one value are one weight, and h2 is made for nothing. Each
row of MISGIVINGS asks one such question of a definition. A line so doubted is undecided: only its author knows.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import names_in
from derive.checking.evidence import Evidence
from derive.checking.hypotheses import Ground
from derive.checking.hypotheses.slips import as_siblings

_LAST_NUMBER = re.compile(r"\d+(?=\D*\Z)")
_MOST = 32
"""More definitions of one family are a sequence, no layer of neurons."""


class Swap(Struct, frozen=True):
    """A name that stands in a definition where its idle sibling may be meant."""

    stands: str
    idle: str


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
    def idle(self) -> frozenset[str]:
        """The names that have a value, a definition or a derivative by them, and stand in no definition of the
        document.
        """
        plain = [equation for one in self.ground.claims for equation in one.plainest]
        by = {partial.by.name for equation in plain for partial in equation.partials}
        valued = {e.left.name for e in plain if e.left.is_Symbol and not e.right.free_symbols}
        versions = self.ground.interpretation.versions
        own = [one for found in versions.values() for one in found if one.claim >= 0]
        used = {name for one in own for name in names_in(one.expression)}
        return (valued | self.bodies.keys() | by) - used

    def idle_sibling(self, name: str) -> str:
        """The one idle name of a name's family; none where there are several."""
        found = [other for other in self._idle_of.get(_family(name), ()) if other != name]
        return found[0] if len(found) == 1 else ""

    @cached_property
    def _idle_of(self) -> Mapping[str, Sequence[str]]:
        """The idle names of each family."""
        found: dict[str, list[str]] = {}
        for name in sorted(self.idle):
            found.setdefault(_family(name), []).append(name)
        return found


def _family(name: str) -> str:
    return _LAST_NUMBER.sub("#", name)


def _multiplied_twice(name: str, siblings: Siblings) -> Iterator[Swap]:
    """Two parameters of one sum multiply the same value."""
    for total in siblings.bodies[name].atoms(sp.Add):
        pairs = [term.args for term in total.args if term.is_Mul and len(term.args) == 2]
        factors = [a for pair in pairs if all(a.is_Symbol for a in pair) for a in pair]
        for value in {a for a in factors if factors.count(a) == 2}:
            if idle := siblings.idle_sibling(value.name):
                yield Swap(value.name, idle)


def _unlike_its_siblings(name: str, siblings: Siblings) -> Iterator[Swap]:
    """Another definition of the family has its own number throughout; this one has not."""
    body = siblings.bodies[name]
    for meant, _ in as_siblings(name, body, siblings.ground):
        lost, put = names_in(body) - names_in(meant), names_in(meant) - names_in(body)
        if len(lost) == len(put) == 1:
            (stands,), (idle,) = lost, put
            if idle in siblings.idle and _family(idle) == _family(stands):
                yield Swap(stands, idle)


def _passed_over(name: str, siblings: Siblings) -> Iterator[Swap]:
    """The parameters of a family count on from definition to definition, but for one that is passed over."""
    order = sorted((n for n in siblings.bodies if _family(n) == _family(name)), key=_number)
    places = [(owner, parameter) for owner in order for parameter in _in_order(siblings.bodies[owner])]
    for parameter in sorted(names_in(siblings.bodies[name]) - siblings.bodies.keys()):
        idle = siblings.idle_sibling(parameter)
        numbers = [
            _number(idle) if (owner, n) == (name, parameter) else _number(n)
            for owner, n in places
            if _family(n) == _family(parameter)
        ]
        written = [_number(n) for _, n in places if _family(n) == _family(parameter)]
        if idle and len(written) > len(order) and written.count(_number(parameter)) == 2 and _counts_on(numbers):
            yield Swap(parameter, idle)


def _counts_on(numbers: list[int]) -> bool:
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _number(name: str) -> int:
    found = _LAST_NUMBER.search(name)
    return int(found.group()) if found else 0


def _in_order(expression: sp.Expr) -> list[str]:
    """The names of an expression as they are written."""
    return [part.name for part in sp.preorder_traversal(expression) if part.is_Symbol]


MISGIVINGS: Mapping[str, Callable[[str, Siblings], Iterator[Swap]]] = MappingProxyType({
    "multiplied twice": _multiplied_twice,
    "unlike its siblings": _unlike_its_siblings,
    "passed over": _passed_over,
})  # fmt: skip


def with_misgivings(ground: Ground) -> Mapping[int, Evidence]:
    """The evidence with definitions undecided that leave a quantity idle which belongs there by all that stands beside
    them.
    """
    siblings = Siblings(ground)
    found = dict(ground.evidence)
    if not siblings.idle:
        return found
    for number, name in ground.interpretation.definers.items():
        if found[number].verdict != "definition" or name not in siblings.bodies:
            continue
        for ask in MISGIVINGS.values():
            swap = next(ask(name, siblings), None)
            if swap is not None:
                stands, idle = ground.written(swap.stands), ground.written(swap.idle)
                reason = f"{stands} stands here, and {idle} in no formula: is {idle} meant?"
                slip = f"wrong-index: {stands} may stand where {idle} belongs"
                found[number] = replace(found[number], verdict="undecided", reason=reason, slip=slip, kind="idle")
                break
    return found

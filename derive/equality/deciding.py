"""decide: whether two expressions are equal, by proof, by witness, or not at all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.equality import values, witness
from derive.equality.program import OutOfReachError, Program, names_in
from derive.equality.proof import Comparison, Outcome, compare
from derive.equality.verdicts import Proved, Refuted, Undecided, Verdict
from derive.errors import DeriveError

_FIRST_LOOKS = 6
_FEWEST_LOOKS = 2
_MOST_EVALUATIONS = 20_000
_PRECISIONS = (80, 240, 1000)
_CLEARLY = 1e-6


def decide(left: sp.Expr, right: sp.Expr, *, definitions: Mapping[str, sp.Expr] | None = None,
           start: Mapping[str, Any] | None = None, positive: Collection[str] = ()) -> Verdict:
    """Whether two expressions have the same real value at every point where both are defined.

    `definitions` maps names to expressions in earlier names, in their order: a proof is first sought with the names as
    atoms, then with one level of them after another put in. `start` gives values at which a difference is looked for
    first. `positive` names quantities that are assumed positive.
    """
    program = Program()
    try:
        for name, body in _used(definitions or {}, left, right):
            program.define(name, body)
        sides = program.add(left), program.add(right)
        return _decide(program, *sides, start or {}, frozenset(positive))
    except OutOfReachError as reason:
        return Undecided(str(reason))


def _used(definitions: Mapping[str, sp.Expr], left: sp.Expr, right: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """The definitions that the two sides rest on, in their order."""
    wanted = names_in(left) | names_in(right)
    used: list[tuple[str, sp.Expr]] = []
    for name, body in reversed(list(definitions.items())):
        if name in wanted:
            inside = names_in(body)
            wanted |= inside
            used.append((name, body))
    order = {name: place for place, name in enumerate(definitions)}
    for name, body in used:
        for inner in names_in(body):
            if order.get(inner, -1) >= order[name]:
                raise DeriveError(f"definition of {name}", f"uses {inner}, which is not defined before it")
    return iter(used[::-1])


def _decide(program: Program, left: int, right: int, start: Mapping[str, Any], positive: frozenset[str]) -> Verdict:
    places = program.visible((), left, right)
    names = program.names(places, ())
    names.sort(key=lambda name: list(start).index(name) if name in start else len(start))
    given = {name: Fraction(int(sp.Rational(v).p), int(sp.Rational(v).q)) for name, v in start.items()}
    looks = list(witness.points(names, given, positive))[: max(_FEWEST_LOOKS, _MOST_EVALUATIONS // len(places))]
    for point in looks[:_FIRST_LOOKS]:
        if _differ(program, places, left, right, point):
            found = _refuted(program, places, left, right, point, _PRECISIONS[0])
            if found:
                return found
    reason = "the common forms differ, and yet no point was found where the values do"
    region = ""
    try:
        met, note, compared = _met(program, left, right, positive)
    except OutOfReachError as limit:
        met, note, compared, reason = "", "", None, str(limit)
    if compared is not None:
        special = [witness.completed(point, names, positive) for point in compared.points]
        looks = sorted((point for point in special if point), key=witness.unwieldiness) + looks
    if met:
        for point in looks:
            defined = witness.defined_at(program, places, left, right, point)
            if defined is None:
                return Undecided("the proof and the values contradict each other: please report this")
            if defined:
                return Proved(met, note)
        return Undecided("no point was found at which both sides are defined")
    if compared is not None:
        region = compared.region
        if compared.outcome is Outcome.NOWHERE:
            reason = "no point was found at which both sides are defined"
    for precision in _PRECISIONS:
        for point in looks:
            found = _refuted(program, places, left, right, point, precision)
            if found:
                return found
    return Undecided(f"{reason} (where {region})" if region else reason)


def _differ(program: Program, places: Sequence[int], left: int, right: int, point: witness.Point) -> bool:
    """Whether the sides look different in floating point."""
    found = values.floats(program, places, {name: float(value) for name, value in point.items()})
    one, other = found[left], found[right]
    if one is None or other is None:
        return False
    return bool(abs(one - other) > _CLEARLY * max(abs(one), abs(other)))


def _refuted(program: Program, places: Sequence[int], left: int, right: int, point: witness.Point,
             precision: int) -> Refuted | None:
    apart = witness.values_apart(program, places, left, right, point, precision)
    if apart is None:
        return None
    where = ", ".join(f"{name} = {value}" for name, value in point.items())
    reason = f"at {where}: {apart[0]} against {apart[1]}" if where else f"{apart[0]} against {apart[1]}"
    return Refuted(tuple(point.items()), *apart, reason)


def _met(program: Program, left: int, right: int, positive: frozenset[str]) -> tuple[str, str, Comparison | None]:
    """How the two sides meet and the note on their domains; "" and the last comparison where they do not."""
    if left == right:
        return "the same expression", "", None
    limit: OutOfReachError | None = None
    last: Comparison | None = None
    atoms = _names_defined(program, left, right)
    opened: list[str] = []
    while True:
        if _look_same(program, left, right, atoms):
            try:
                last = compare(program, left, right, atoms, positive)
            except OutOfReachError as reason:
                limit = reason
            else:
                if last.outcome is Outcome.SAME:
                    return _how(last, opened), last.note, last
        shown = _shown(program, left, right, atoms)
        if not shown:
            break
        depth = max(shown.values())
        opened = [name for name, own in shown.items() if own == depth]
        atoms = atoms.difference(opened)
    if limit:
        raise limit
    return "", "", last


def _how(met: Comparison, opened: Sequence[str]) -> str:
    if not opened:
        return f"both come to {met.form}" if met.form else "both come to the same common form"
    named = " and ".join(opened) if len(opened) < 4 else f"{', '.join(opened[:3])} and {len(opened) - 3} more"
    return f"equal once {named} {'is' if len(opened) == 1 else 'are'} put in"


def _names_defined(program: Program, left: int, right: int) -> frozenset[str]:
    steps = (program.steps[place] for place in program.visible((), left, right))
    return frozenset(str(step.value) for step in steps if step.operation == "node")


def _shown(program: Program, left: int, right: int, atoms: frozenset[str]) -> dict[str, int]:
    """The defined names that the sides still show as atoms, with the depth of their definitions."""
    depths: dict[int, int] = {}
    for place in program.visible((), left, right):
        step = program.steps[place]
        depths[place] = max((depths[part] for part in step.parts), default=0) + (step.operation == "node")
    visible = program.visible(atoms, left, right)
    return {str(program.steps[place].value): depths[place] for place in visible if program.steps[place].value in atoms}


def _look_same(program: Program, left: int, right: int, atoms: frozenset[str]) -> bool:
    """Whether the sides agree in floating point at values for the atoms that obey no relation."""
    places = program.visible((), left, right)
    for offset in (0.0, 0.37):
        point: dict[str, float] = {}
        for place in places:
            step = program.steps[place]
            if step.operation == "name" or step.value in atoms:
                point[str(step.value)] = 0.2 + (0.6180339887498949 * (len(point) + 1) + offset) % 1.0
        found = values.floats(program, places, point, atoms)
        one, other = found[left], found[right]
        if one is None or other is None:
            continue
        if abs(one - other) > _CLEARLY * max(abs(one), abs(other)):
            return False
    return True

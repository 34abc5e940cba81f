"""decide: whether two expressions are equal, by proof, by witness, or not at all."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice
from typing import Any

import sympy as sp

from derive.equality import values, witness
from derive.equality.guards import OutOfReachError
from derive.equality.levels import Meeting, meet
from derive.equality.program import Program, names_in
from derive.equality.verdicts import Proved, Refuted, Undecided, Verdict
from derive.equality.witness import Point
from derive.errors import DeriveError

_FIRST_LOOKS = 6
_FEWEST_LOOKS = 2
_MOST_EVALUATIONS = 20_000
_MANY_PLACES = 5_000
_PRECISIONS = (80, 240, 1000)
_CLEARLY = 1e-6
_READ_IN_A_LINE = 4


def decide(
    left: sp.Expr,
    right: sp.Expr,
    *,
    definitions: Mapping[str, sp.Expr] | None = None,
    start: Mapping[str, Any] | None = None,
    positive: Collection[str] = (),
    noted: bool = True,
) -> Verdict:
    """Whether two expressions have the same real value at every point where both are defined.

    `definitions` maps names to expressions in earlier names, in their order: a proof is first sought with the names as
    atoms, then with one level of them after another put in. `start` gives values at which a difference is looked for
    first. `positive` names quantities that are assumed positive. A proof has a note on where only one side is defined,
    unless it is not to be `noted`.
    """
    try:
        question = asked(left, right, definitions or {}, start or {}, positive)
    except OutOfReachError as reason:
        return Undecided(str(reason))
    return answered(question, noted)[0]


def asked(
    left: sp.Expr,
    right: sp.Expr,
    definitions: Mapping[str, sp.Expr],
    start: Mapping[str, Any],
    positive: Collection[str],
) -> "Question":
    """The two sides and the definitions that they rest on, as steps of a program."""
    program = Program()
    for name, body in _used(definitions, left, right):
        program.define(name, body)
    return Question(program, program.add(left), program.add(right), start, frozenset(positive))


def answered(question: "Question", noted: bool = True) -> tuple[Verdict, Meeting | None, Point]:
    """The verdict, for a proof with how the sides meet, and the point at which they differ or both have a value."""
    refuted = _at_a_glance(question)
    return (refuted, None, dict(refuted.witness)) if refuted is not None else _by_form(question, noted)


def _used(definitions: Mapping[str, sp.Expr], left: sp.Expr, right: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """The definitions that the two sides rest on, in their order."""
    wanted = names_in(left) | names_in(right)
    used: list[tuple[str, sp.Expr]] = []
    for name, body in reversed(list(definitions.items())):
        if name in wanted:
            inside = names_in(body)
            later = sorted(inside.intersection(definitions).difference(_before(definitions, name)))
            if later:
                raise DeriveError(f"definition of {name}", f"uses {later[0]}, which is not defined before it")
            wanted |= inside
            used.append((name, body))
    return iter(used[::-1])


def _before(definitions: Mapping[str, sp.Expr], name: str) -> set[str]:
    names = list(definitions)
    return set(names[: names.index(name)])


class Question:
    """Two steps of a program to be compared, and the points at which they are looked at."""

    def __init__(
        self, program: Program, left: int, right: int, start: Mapping[str, Any], positive: frozenset[str]
    ) -> None:
        self.program, self.left, self.right, self.positive = program, left, right, positive
        self.places = program.visible((), left, right)
        order = {name: place for place, name in enumerate(start)}
        self.names = sorted(program.names(self.places, ()), key=lambda name: order.get(name, len(order)))
        exact = {name: _exact(value) for name, value in start.items()}
        self._start = {name: value for name, value in exact.items() if value is not None}

    def looks(self, special: Sequence[Mapping[str, Fraction]] = ()) -> Iterator[Point]:
        """Points to look at: special ones, completed, then the start values and small numbers; fewer for much work."""
        completed = (witness.completed(point, self.names, self.positive) for point in special)
        first = sorted((point for point in completed if point), key=witness.unwieldiness)
        several = max(_FEWEST_LOOKS, _MOST_EVALUATIONS // len(self.places))
        points = chain(first, witness.points(self.names, self._start, self.positive))
        return islice(filter(self._keeps_positive, points), several)

    def _keeps_positive(self, point: Point) -> bool:
        """Whether the names that are assumed positive and have a definition are positive at a point."""
        assumed = [place for name, place in self.program.defined.items() if name in self.positive]
        if not assumed:
            return True
        found = values.intervals(self.program, self.program.visible((), *assumed), point, _PRECISIONS[0])
        return all(values.sign(found[place]) == 1 for place in assumed)

    def is_start(self, point: Point) -> bool:
        """Whether a point is the start values, and has too many of them to be read in one line."""
        return len(point) > _READ_IN_A_LINE and all(self._start.get(name) == value for name, value in point.items())


def _exact(value: Any) -> Fraction | None:
    """A number as the fraction that it writes, None for one that is none."""
    try:
        return Fraction(str(value))
    except ValueError:
        return None


def _at_a_glance(question: Question) -> Refuted | None:
    """The refutation of two sides that clearly differ in floating point at one of the first points."""
    for point in islice(question.looks(), _FIRST_LOOKS):
        found = values.floats(question.program, question.places, {name: float(point[name]) for name in point})
        one, other = found[question.left], found[question.right]
        if one is None or other is None or not abs(one - other) > _CLEARLY * max(abs(one), abs(other)):
            continue
        refuted = _refuted(question, point, _PRECISIONS[0])
        if refuted is not None:
            return refuted
    return None


def _by_form(question: Question, noted: bool) -> tuple[Verdict, Meeting | None, Point]:
    """The verdict of the normal forms, and of points within the cases in which they differ."""
    try:
        meeting = meet(question.program, question.left, question.right, question.positive, noted)
    except OutOfReachError as reason:
        return _searched(question, question.looks(), str(reason))
    if meeting.how:
        return _with_common_point(question, meeting)
    return _searched(question, question.looks(meeting.points), meeting.obstacle)


def _searched(question: Question, looks: Iterable[Point], obstacle: str) -> tuple[Verdict, Meeting | None, Point]:
    verdict = _search(question, looks, obstacle)
    return verdict, None, dict(verdict.witness) if isinstance(verdict, Refuted) else {}


def _with_common_point(question: Question, meeting: Meeting) -> tuple[Verdict, Meeting | None, Point]:
    """Proved, once a point is found at which both sides are defined."""
    for point in question.looks(meeting.points):
        defined = witness.defined_at(question.program, question.places, question.left, question.right, point)
        if defined is None:
            return Undecided("the proof and the values contradict each other: please report this"), None, {}
        if defined:
            return Proved(meeting.how, meeting.note), meeting, point
    return Undecided("no point was found at which both sides are defined"), None, {}


def _search(question: Question, looks: Iterable[Point], obstacle: str) -> Refuted | Undecided:
    """A refutation at one of the points, looked at more and more closely."""
    points = list(looks)
    for precision in _PRECISIONS if len(question.places) < _MANY_PLACES else _PRECISIONS[:1]:
        for point in points:
            refuted = _refuted(question, point, precision)
            if refuted is not None:
                return refuted
    return Undecided(obstacle)


def _refuted(question: Question, point: Point, precision: int) -> Refuted | None:
    apart = witness.values_apart(question.program, question.places, question.left, question.right, point, precision)
    if apart is None:
        return None
    left, right, region = apart
    where = "the start values" if question.is_start(point) else ", ".join(f"{n} = {v}" for n, v in point.items())
    place = (f"at {where}" if where else "") + (f" (where {region})" if region and where else "")
    return Refuted(tuple(point.items()), left, right, f"{place}: {left} against {right}".removeprefix(": "))

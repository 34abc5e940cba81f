"""At which level of their definitions two steps meet: first with names as atoms, then with one after another put in."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from derive.equality import values
from derive.equality.guards import OutOfReachError
from derive.equality.program import Program
from derive.equality.proof import Comparison, Outcome, compare
from derive.equality.wording import step_text

_CLEARLY = 1e-6
_ROUNDING = 1e-9  # sin(π) is 1e-16 in floating point
_OFFSETS = (0.0, 0.37)
_GOLDEN = 0.6180339887498949
_MOST_NAMED = 3
_LONGEST_BODY = 40


class Meeting(Struct, frozen=True):
    """`how` and on which domains two sides meet, or, where `how` is empty, the obstacle; points to look at.

    `atoms` are the names whose definitions are not needed where they meet.
    """

    how: str = ""
    note: str = ""
    obstacle: str = ""
    points: tuple[Mapping[str, Fraction], ...] = ()
    atoms: frozenset[str] = frozenset()


def meet(program: Program, left: int, right: int, positive: frozenset[str], noted: bool = True) -> Meeting:
    """The first level at which the two have the same normal form; OutOfReachError where the last one is too large."""
    if left == right:
        return Meeting("the same expression")
    limit: OutOfReachError | None = None
    last = Comparison(Outcome.NOT_SAME)
    places = program.visible((), left, right)
    atoms = frozenset(str(program.steps[place].value) for place in places if program.steps[place].operation == "node")
    depths = _depths(program, places)
    opened: list[str] = []
    while True:
        if _look_same(program, left, right, atoms):
            try:
                last, limit = compare(program, left, right, atoms, positive, noted), None
            except OutOfReachError as reason:
                limit = reason
            if not limit and last.outcome is Outcome.SAME:
                return Meeting(_how(program, last, opened), last.note, points=last.points, atoms=atoms)
        shown = {str(program.steps[place].value) for place in program.visible(atoms, left, right)} & atoms
        if not shown:
            break
        deepest = max(depths[name] for name in shown)
        opened = sorted(name for name in shown if depths[name] == deepest)
        atoms = atoms.difference(opened)
    if limit:
        raise limit
    return Meeting(obstacle=_obstacle(last), points=last.points)


def _how(program: Program, met: Comparison, opened: Sequence[str]) -> str:
    if not opened:
        return f"both come to {met.form}" if met.form else "both come to the same common form"
    if len(opened) == 1:
        (body,) = program.steps[program.defined[opened[0]]].parts
        text = step_text(program, body, _LONGEST_BODY)
        return f"equal once {opened[0]}{' = ' if text else ''}{text} is put in"
    more = f" and {len(opened) - _MOST_NAMED} more" if len(opened) > _MOST_NAMED else ""
    return f"equal once {', '.join(opened[:_MOST_NAMED])}{more} are put in"


def _obstacle(last: Comparison) -> str:
    if last.outcome is Outcome.NOWHERE:
        return "no point was found at which both sides are defined"
    where = f" (where {last.region})" if last.region else ""
    return f"the common forms differ, and yet no point was found where the values do{where}"


def _depths(program: Program, places: Sequence[int]) -> dict[str, int]:
    """How many definitions deep the definition of each defined name is."""
    depths: dict[int, int] = {}
    for place in places:
        step = program.steps[place]
        depths[place] = max((depths[part] for part in step.parts), default=0) + (step.operation == "node")
    return {str(program.steps[p].value): depths[p] for p in places if program.steps[p].operation == "node"}


def _look_same(program: Program, left: int, right: int, atoms: frozenset[str]) -> bool:
    """Whether the sides agree in floating point at values for the atoms that obey no relation.

    Only a look: where they do not, there is no normal form to be found, and the work is spared.
    """
    places = program.visible(atoms, left, right)
    names = program.names(places, atoms)
    for offset in _OFFSETS:
        point = {name: 0.2 + (_GOLDEN * (place + 1) + offset) % 1.0 for place, name in enumerate(names)}
        found = values.floats(program, places, point, atoms)
        one, other = found[left], found[right]
        if one is None or other is None:
            continue
        gap = abs(one - other)
        if gap > _CLEARLY * max(abs(one), abs(other)) and gap > _ROUNDING:
            return False
    return True

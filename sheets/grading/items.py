"""One item of a hand-in: what was asked, how it was answered, the points, and the slip in words."""

from msgspec import Struct

from sheets.exercise.blanks import Blank
from sheets.grading.rubric import Rubric, State


class Item(Struct, frozen=True):
    """An item with its state; `stands` and `belongs` are formulas of the hand-in where it is wrong, `cells` where."""

    blank: Blank
    state: State
    told: str = ""
    cells: str = ""
    stands: str = ""
    belongs: str = ""


class Scored(Struct, frozen=True):
    """An item with its points."""

    item: Item
    points: float
    possible: float


def scored(items: tuple[Item, ...], rubric: Rubric) -> tuple[Scored, ...]:
    """The items with their points by a rubric."""
    return tuple(Scored(item, rubric.worth(item.blank) * rubric.share(item.state), rubric.worth(item.blank))
                 for item in items)

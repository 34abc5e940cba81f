"""Grades hand-ins, one or thousands, on any executor; a hand-in that cannot be read is a result, too."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import cache, partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from derive.defects import reported
from derive.errors import DeriveError
from derive.walkthrough import built_in, load_walkthrough
from derive.workers import AHEAD, each
from sheets.exercise.blanks import Blank
from sheets.exercise.key import Key, open_exercise
from sheets.grading.document import answered_text
from sheets.grading.handins import HandIn
from sheets.grading.items import Scored, scored
from sheets.grading.rubric import WORDS, Rubric, State
from sheets.grading.workbook import Answered, answered_exercise, answered_workbook, asked_of
from sheets.marking import Note, mark_file
from sheets.marking.note import Colour

_OF_A_FILE = ("is ", "has ", "holds ", "cannot ", "declares ")
"""How it begins what is said of a file by itself."""
_NOT_CHECKED = "not checked: "


class Order(Struct, frozen=True):
    """What every hand-in of a class is graded by; `feedback` is the folder of marked copies, empty for none."""

    network: str
    blanks: tuple[Blank, ...] | None
    rubric: Rubric
    feedback: str = ""


class Graded(Struct, frozen=True):
    """One hand-in: its items with points, who it says it is, its start values, what a person should look at.

    `fault` tells why nothing could be graded, `marked` where the marked copy is, within the feedback's folder.
    """

    shown: str
    items: tuple[Scored, ...]
    total: float
    possible: float
    name: str = ""
    student: str = ""
    start: tuple[tuple[str, str], ...] = ()
    look: tuple[str, ...] = ()
    fault: str = ""
    marked: str = ""

    @property
    def is_right(self) -> bool:
        """Whether everything is right."""
        return bool(self.items) and not self.fault and all(s.item.state in ("right", "fragile") for s in self.items)


def grade_many(
    hand_ins: Iterable[HandIn], order: Order, executor: Executor | None = None, ahead: int = AHEAD
) -> Iterator[Graded]:
    """Every hand-in graded, in their order, as they come; any `concurrent.futures.Executor` does.

    At most `ahead` of them wait on the executor at a time. Of one with which a worker was lost that is the fault.
    """
    return each(partial(grade_one, order=order), hand_ins, executor, partial(_faulty, order=order), ahead)


def grade_one(hand_in: HandIn, order: Order) -> Graded:
    """One hand-in graded; whatever stands in the way is its `fault`."""
    try:
        return _graded(hand_in, order)
    except DeriveError as error:
        found = f"the file {error.found}" if error.found.startswith(_OF_A_FILE) else error.found
        return _faulty(hand_in, f"{found} — {error.right}" if error.right else found, order)
    except Exception as error:  # one file must not keep a class of others from being graded
        return _faulty(hand_in, reported(error, "of the file"), order)


def _graded(hand_in: HandIn, order: Order) -> Graded:
    if hand_in.is_text:
        asked = tuple(one for one in order.blanks or _asked(order.network) if one.kind == "gradient")
        if not asked:
            return _faulty(hand_in, "the file is a text, and no gradient is asked for", order)
        items, checked = answered_text(hand_in.path, order.network, asked)
        if not checked:
            return _faulty(hand_in, "no equality was found in it", order)
        other = all(item.state == "missing" for item in items)
        look = ("its equalities are none of the gradients asked for",) if other else ()
        return _summed(hand_in, order, Answered(items, look=look))
    opened = open_exercise(Path(hand_in.path))
    own = None if opened is None else opened[0]
    if opened is not None and own is not None:
        answered = answered_exercise(hand_in.path, opened[1], own, _network(own, order))
    else:
        answered = answered_workbook(hand_in.path, order.network, order.blanks or _asked(order.network))
    if answered is None:
        return _faulty(hand_in, "no training table of the exercise was found", order)
    marked, fault = _marked(hand_in, order, answered) if order.feedback else ("", "")
    if fault:
        answered = replace(answered, look=(*answered.look, fault))
    return _summed(hand_in, order, answered, "" if own is None else own.numbers[0].student, marked)


def _network(own: Key, order: Order) -> str:
    """The walkthrough of an exercise: its own, or the key's where it is a teacher's file. DeriveError: another's."""
    if own.walkthrough in built_in():
        return own.walkthrough
    if set(own.numbers[0].start) != set(load_walkthrough(order.network).network.leaves):
        raise DeriveError("", f'is an exercise on "{own.walkthrough}", and the key is on another network',
                          "the folder of its class, or its TOML file, as --key")
    return order.network


@cache
def _asked(network: str) -> tuple[Blank, ...]:
    return asked_of(network)


def _summed(hand_in: HandIn, order: Order, answered: Answered, student: str = "", marked: str = "") -> Graded:
    items = scored(answered.items, order.rubric)
    earned, possible = sum(one.points for one in items), sum(one.possible for one in items)
    unsure = tuple(f"{one.item.blank.name} could not be checked: {one.item.told.removeprefix(_NOT_CHECKED)}"
                   for one in items if one.item.state == "unsure")
    return Graded(hand_in.shown, items, order.rubric.scaled(earned, possible),
                  order.rubric.total.points or possible, answered.name, student, answered.start,
                  (*answered.look, *unsure), "", marked)


def _faulty(hand_in: HandIn, told: str, order: Order) -> Graded:
    possible = sum(order.rubric.worth(one) for one in order.blanks or _asked(order.network))
    return Graded(hand_in.shown, (), 0.0, order.rubric.total.points or possible, look=(told,), fault=told)


_COLOURS: dict[State, Colour] = {"wrong": "wrong", "first_row": "wrong", "number": "fragile", "fragile": "fragile",
                                "unsure": "undecided", "missing": "missing"}


def _marked(hand_in: HandIn, order: Order, answered: Answered) -> tuple[str, str]:
    """The marked copy, at the same path within the feedback's folder as the hand-in has within the class's.

    Why there is none beside it: a copy that cannot be made must not cost the student the points.
    """
    items = scored(answered.items, order.rubric)
    earned, possible = sum(one.points for one in items), sum(one.possible for one in items)
    notes = [Note(answered.sheet, one.item.cells, one.item.blank.name,
                  ": ".join(filter(None, (WORDS[one.item.state], one.item.told))), one.item.stands, one.item.belongs,
                  _COLOURS[one.item.state]) for one in items if one.item.state != "right"]
    right = sum(one.item.state in ("right", "fragile") for one in items)
    points = f"{order.rubric.scaled(earned, possible):g} of {order.rubric.total.points or possible:g} points"
    head = ("Feedback", answered.name or hand_in.shown, f"{points}: {right} of {len(items)} right", *answered.look)
    try:
        mark_file(Path(hand_in.path), Path(order.feedback) / hand_in.shown, notes, head)
    except DeriveError as error:
        return "", f"its marked copy could not be made: {error.found}"
    return hand_in.shown, ""

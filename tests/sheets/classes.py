"""A class and its hand-ins, made here: every wrong form of every gradient, mixtures, right, half-filled."""

from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path

from msgspec import Struct

from derive.walkthrough import load_walkthrough
from sheets.exercise.blanks import blanks_of
from sheets.exercise.exercise import Exercise, Maker, prepare
from sheets.exercise.handout import file_stem
from sheets.exercise.key import KEY_FILE, key_of, write_key
from sheets.exercise.place import FIRST_ROW, Place
from sheets.exercise.sheet import exercise_bytes
from sheets.roster import Roster, roster_of
from tests.sheets.answers import anchored, answered, right_answers, with_cells

FIRST = "Ada Ben Chloé Dan Eva Finn Gül Hugo Ida Jan Kim Lou Mia Noa Ole Pia Quin Rosa Søren Tom".split()
LAST = "Abel Baker Çelik Díaz Evans Faß Gupta".split()


class Made(Struct, frozen=True):
    """A class: its roster, and what each column of each hand-in is: a mistake's name, right, missing, pasted."""

    roster: Roster
    expected: Mapping[str, Mapping[str, str]]


@cache
def class_maker() -> Maker:
    """The exercises of the class: the gradients of the main walkthrough."""
    walkthrough = load_walkthrough("kanungo")
    return prepare(walkthrough, blanks_of("gradients", walkthrough.network))


def class_roster(count: int) -> Roster:
    """So many students, as Moodle exports its participants."""
    lines = [f"{FIRST[n % len(FIRST)]},{LAST[n % len(LAST)]}{n // 140 or ''},s{1000 + n},s{1000 + n}@example.org"
             for n in range(count)]
    return roster_of("First name,Last name,ID number,Email address\n" + "\n".join(lines) + "\n")


def make_class(folder: Path, count: int = 60, special: int = 9) -> Made:
    """A key in `folder`, and the hand-ins below hand-ins/ in folders as Moodle names them.

    The last `special` are right, half-filled, begun, pasted, anchored or mixtures; in each of the others every column
    is wrong in a way of its own: as many as a gradient has wrong forms hold all there are.
    """
    made, roster = class_maker(), class_roster(count)
    forms = list(zip_longest(*(question.wrongs for question in made.questions.asked)))
    names = [question.blank.name for question in made.questions.asked]
    exercises: dict[str, Exercise] = {}
    expected: dict[str, dict[str, str]] = {}
    for number, student in enumerate(roster.students):
        exercise = made.make(60, student)
        exercises[f"{file_stem(student)}.xlsx"] = exercise
        if number < count - special:
            row = dict(zip(names, forms[number % len(forms)], strict=True))
            plan = {name: "right" if wrong is None else wrong.mistake for name, wrong in row.items()}
            file = answered(exercise, {name: wrong.formula for name, wrong in row.items() if wrong is not None})
        else:
            plan, file = _special(number - count + special, exercise, names)
        shown = f"{student.name}_{4000 + number}_assignsubmission_file_/{file_stem(student)}.xlsx"
        target = folder / "hand-ins" / shown
        target.parent.mkdir(parents=True)
        target.write_bytes(file)
        expected[shown] = plan
    write_key(key_of("kanungo", exercises, 60, roster), folder / KEY_FILE)
    return Made(roster, expected)


def _special(turn: int, exercise: Exercise, names: list[str]) -> tuple[dict[str, str], bytes]:
    """Hand-ins that are no wrong forms, by turns."""
    place = Place.of(exercise)
    right = right_answers(exercise)
    rows = range(FIRST_ROW, place.last_row + 1)
    plan = dict.fromkeys(names, "right")
    empty = exercise_bytes(exercise)
    kind = turn % 5
    if kind == 0:
        return plan, with_cells(empty, right)
    if kind == 1:  # half of the columns
        some = {place.cell(name, row): right[place.cell(name, row)] for name in names[:4] for row in rows}
        return {**plan, **dict.fromkeys(names[4:], "missing")}, with_cells(empty, some)
    if kind == 2:  # the first row only
        some = {place.cell(name, FIRST_ROW): right[place.cell(name, FIRST_ROW)] for name in names}
        return dict.fromkeys(names, "first row"), with_cells(empty, some)
    if kind == 3:  # one column anchored, one with the numbers of another
        cells = {**right, **anchored(exercise, "dE/dw5", "out_h1"),
                 **{place.cell("dE/dw7", row): 0.0123 * row for row in rows}}
        return {**plan, "dE/dw5": "first row", "dE/dw7": "pasted"}, with_cells(empty, cells)
    question = {q.blank.name: q for q in class_maker().questions.asked}
    put = {name: question[name].wrongs[turn].formula for name in names[:2]}
    return {**plan, **{name: question[name].wrongs[turn].mistake for name in names[:2]}}, answered(exercise, put)

"""The values of an exercise's formulas before anything is filled in, when a blank cell counts as 0, or when all is."""

from functools import cache
from math import nan

import sympy as sp
from msgspec.structs import replace

from derive.names import quantity
from sheets.building.digits import Digits, digits, width_of
from sheets.exercise.place import FIRST_ROW, Place
from sheets.formulas.calculation import calculator

_LEAST_WIDTH = 10.0


def stored_values(place: Place, solved: bool) -> dict[str, float | str]:
    """Address to value, for every formula of the table."""
    exercise = place.exercise
    network, rate = exercise.walkthrough.network, float(exercise.rate)
    found: dict[str, float | str] = {}
    above: dict[str, float] = {}
    for row in range(FIRST_ROW, place.last_row + 1):
        here: dict[str, float] = {}
        for name in (*network.leaves, *place.layout.formulas):
            address = place.cell(name, row)
            if place.is_blank(name, row) and not solved:
                here[name] = 0.0
            elif name in place.layout.formulas:
                here[name] = found[address] = _value(place.layout.formulas[name], here)
            elif not above:
                here[name] = float(exercise.start[name])
            elif name in network.parameters:
                here[name] = found[address] = above[name] - rate * above[quantity(network.loss_name, name)]
            else:
                here[name] = found[address] = above[name]
        above = here
    return found


def shown_digits(place: Place) -> dict[str, Digits]:
    """Quantity to how its numbers are shown: by the one in the solution's first row, wide enough for its header.

    They grow in a few rows less than in a whole training, and so take one place less.
    """
    start = {place.cell(name, FIRST_ROW): float(value) for name, value in place.exercise.start.items()}
    values = {**stored_values(place, solved=True), **start}
    found = {}
    for name, column in place.columns.items():
        value = float(values[place.cell(name, FIRST_ROW)])
        is_same = column.name not in place.layout.formulas and column.name not in place.layout.updates
        how = Digits("General", max(width_of(value), _LEAST_WIDTH)) if is_same else digits(abs(value))
        found[name] = replace(how, width=max(how.width - (not is_same), len(column.header) + 2.0), most=how.most / 10)
    return found


def _value(formula: sp.Expr, here: dict[str, float]) -> float:
    names = _names(formula)
    return _calculator(formula)([here.get(name, nan) for name in names])


@cache
def _names(formula: sp.Expr) -> tuple[str, ...]:
    return tuple(sorted(part.name for part in formula.free_symbols))


_calculator = cache(lambda formula: calculator(formula, _names(formula)))

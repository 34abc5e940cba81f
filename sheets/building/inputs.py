"""Where everything that a reader may change stands: start values, inputs, targets and rates, once, on the first sheet.

Rows of names over rows of values, from column B on. The tables' first rows and rates refer to them; the samples of a
training on many stand on the sheet Data.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.walkthrough import Walkthrough
from sheets.building.paper import FRONT_SHEET, WIDTHS
from sheets.cells import absolute, letters, quoted

_FIRST_ROW = 5
_A_ROW = len(WIDTHS) - 1


class Group(Struct, frozen=True):
    """Values under one word: each with its name, its cell and what stands there."""

    word: str
    names: tuple[str, ...]
    cells: tuple[str, ...]
    values: tuple[float, ...]


class Inputs(Struct, frozen=True):
    """All that may be changed; `last_row` is the last row in use."""

    groups: tuple[Group, ...]
    rates: tuple[str, ...]
    cells: Mapping[str, str]
    last_row: int


def place_inputs(walkthrough: Walkthrough, names: Sequence[str]) -> Inputs:
    """Each group's values in rows of their own; `names` are those of the rates, as their sheets are called."""
    network, start = walkthrough.network, walkthrough.start
    given = () if walkthrough.batch is not None else (*network.inputs, *network.targets)
    groups: list[Group] = []
    cells: dict[str, str] = {}
    row = _FIRST_ROW
    told = (
        ("Inputs and targets", given, [float(start[name]) for name in given]),
        ("Fixed", network.constants, [float(start[name]) for name in network.constants]),
        ("Start of the weights", network.parameters, [float(start[name]) for name in network.parameters]),
        ("Learning rates", tuple(names), [float(rate) for rate in walkthrough.learning_rates]),
    )
    for word, members, values in told:
        at: list[str] = []
        for place in range(0, len(members), _A_ROW):
            line = members[place : place + _A_ROW]
            at += [f"{letters(column)}{row + 1}" for column in range(2, 2 + len(line))]
            row += 2
        if members:
            groups.append(Group(word, tuple(members), tuple(at), tuple(values)))
        if word != "Learning rates":
            cells |= dict(zip(members, at, strict=True))
    return Inputs(tuple(groups), groups[-1].cells, MappingProxyType(cells), row - 1)


def on_first_sheet(cell: str) -> str:
    """A cell of the first sheet as other sheets name it: `'Summary'!$B$7`."""
    return f"{quoted(FRONT_SHEET)}!{absolute(cell)}"

"""What the sheet Step computes, as pure data: each quantity of one update, its formula and its value; the drawing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from math import hypot

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.board.show import equation
from derive.board.steps import Part, sections
from derive.gradients.backward import go_back
from derive.gradients.chain import derive_gradients
from derive.names import partial, quantity
from derive.text import as_text
from derive.training.program import Program
from derive.training.saturation import computable
from derive.walkthrough import Walkthrough
from sheets.building.companions.spelled import put_in, said, spelled, with_values
from sheets.building.digits import joined
from sheets.building.layout import MOST_CHARACTERS, Layout, sheet_names, with_partials
from sheets.building.looks import BACKWARD_INK, FORWARD_INK
from sheets.building.paper import lines
from sheets.building.samples import data_names
from sheets.building.sketch import HEIGHT, MOST_MARKS, POINTS, Mark, Shape, sketch
from sheets.cells import absolute, quoted
from sheets.formulas.emit import emit

STEP_SHEET = "Step"
UPDATE_CELL, TRAINING_CELL, WEIGHT_CELL, SAMPLE_CELL = "B3", "B4", "B5", "B6"
CHAIN_ROW = 8
TABLE_ROW = 34
FIRST_ROW = TABLE_ROW + 1
VALUE, RATE_CELL, WEIGHT_NOW, SLOPE_NOW = "B", "F1", "F2", "F3"
WIDTHS = {"A": 14.0, "B": 13.0, "C": 49.0, "D": 58.0}
TEXT, NAME, CHAIN, HAND, NUMBERS, LABEL, X, Y = "FGHIJKLM"
"""Hidden columns: the numbers as texts; each weight with its chain, its gradient, that in numbers; the drawing."""
_LINE, _BESIDE = 0.42, 1.05  # cm from a weight to its derivative below it, and to the next such two
_LABEL_WIDTH = 3.0
LARGER, _MOST_STRETCHED = 1.1, 2.5
_DIGITS_DRAWN = 3  # of a derivative beside a link: there is little room
_LONG = 0.023457
_TOO_LONG = "too long to be put in one cell: see the numbers below"
Content = tuple[str, float | str]
"""What is written into a cell, and the value it then has."""
Told = Callable[[str], Content]
"""From a text to the same with numbers for names."""


class Step(Struct, frozen=True):
    """What the sheet computes: the leaves, taken from elsewhere, and the formulas in their order; where each stands.

    `written` has each of these as one writes it.
    """

    leaves: tuple[str, ...]
    formulas: Mapping[str, sp.Expr]
    written: Mapping[str, str]

    @property
    def rows(self) -> dict[str, int]:
        """The row of each quantity."""
        return {name: row for row, name in enumerate((*self.leaves, *self.formulas), start=FIRST_ROW)}

    @property
    def cells(self) -> dict[str, str]:
        """Where each quantity's value stands."""
        return {name: f"${VALUE}${row}" for name, row in self.rows.items()}

    def run(self, first: str, last: str, column: str) -> str:
        """A column's cells from one quantity to another."""
        return f"${column}${self.rows[first]}:${column}${self.rows[last]}"


def lay_out_step(walkthrough: Walkthrough) -> Step:
    """Every quantity of one sample: given, forward, and back with each shared derivative once."""
    network = walkthrough.network
    back = go_back(network, most_paths=1, ones=walkthrough.ones)
    written = {name: with_partials(network, as_text(expression))
               for name, expression in {**network.definitions, **back.formulas}.items()}
    return Step(network.leaves, {**computable(network.definitions), **back.formulas}, written)


def step_contents(walkthrough: Walkthrough, layout: Layout) -> dict[str, Content]:
    """Every computed cell, and its value at the start of the first training."""
    network, step = walkthrough.network, lay_out_step(walkthrough)
    program = Program.of(step.leaves, step.formulas)
    held = program.interpret({program.variables[name]: float(walkthrough.start[name]) for name in step.leaves})
    values = {name: held[program.variables[name]] for name in step.rows}
    named = {with_partials(network, name): name for name in step.rows}
    texts = {shown: f"${TEXT}${step.rows[name]}" for shown, name in named.items()}
    spoken = {shown: values[name] for shown, name in named.items()}

    def told(text: str) -> Content:
        formula = f"={put_in(text, texts)}"
        if len(formula) > MOST_CHARACTERS:
            return f'="{_TOO_LONG}"', _TOO_LONG
        return formula, with_values(text, spoken)

    found = {**_quantities(walkthrough, layout, step, values, told), **_weights(walkthrough, step, values, told)}
    row = FIRST_ROW
    short = {shown: spelled(f"${VALUE}${step.rows[name]}", _DIGITS_DRAWN) for shown, name in named.items()}
    for mark, parts, ink in marks(walkthrough, step):
        if parts:
            found[f"{LABEL}{row}"] = (_label(parts, short, spoken, _DIGITS_DRAWN) if ink == BACKWARD_INK
                                      else _label(parts, texts, spoken))
        row += len(mark.points)
    return found


def _quantities(
    walkthrough: Walkthrough, layout: Layout, step: Step, values: Mapping[str, float], told: Told
) -> dict[str, Content]:
    """The rate, and each quantity: its value, the same as text, and how it is computed, in numbers."""
    batch, chosen = walkthrough.batch, absolute(TRAINING_CELL)
    rate = of_training(walkthrough, chosen, _on_sheet(absolute(layout.placement.rate_cell)))
    first_rate = float(walkthrough.learning_rates[0])
    found: dict[str, Content] = {
        RATE_CELL: (f"={rate}", first_rate),
        f"C{TRAINING_CELL[1:]}": (f'="learning rate "&{absolute(RATE_CELL)}', f"learning rate {joined(first_rate)}"),
    }
    columns = data_names(batch) if batch is not None else {}
    for name, at in step.rows.items():
        if name in step.formulas:
            value = emit(step.formulas[name], step.cells)
            found[f"D{at}"] = told(step.written[name])
        elif name in columns:
            value = f"INDEX({columns[name]},{absolute(SAMPLE_CELL)})"
        else:
            column = of_training(walkthrough, chosen, _on_sheet(layout.range_of(name, walkthrough.updates)))
            value = f"INDEX({column},{absolute(UPDATE_CELL)}+1)"
        found[f"{VALUE}{at}"] = f"={value}", values[name]
        found[f"{TEXT}{at}"] = f"={spelled(f'${VALUE}${at}')}", said(values[name])
    return found


def _weights(walkthrough: Walkthrough, step: Step, values: Mapping[str, float], told: Told) -> dict[str, Content]:
    """Each weight with its chain rule and its gradient, as written and in numbers; above, those of the chosen one."""
    weights, chained = walkthrough.network.parameters, _chains(walkthrough)
    last = FIRST_ROW + len(weights) - 1
    match = f"MATCH({absolute(WEIGHT_CELL)},${NAME}${FIRST_ROW}:${NAME}${last},0)"
    found: dict[str, Content] = {}
    for at, name in enumerate(weights, start=FIRST_ROW):
        chain, hand = chained[name]
        found |= {f"{NAME}{at}": (name, name), f"{CHAIN}{at}": (chain, chain), f"{HAND}{at}": (hand, hand),
                  f"{NUMBERS}{at}": told(hand)}
    for at, column in enumerate((CHAIN, HAND, NUMBERS), start=CHAIN_ROW):
        chosen = f"=INDEX(${column}${FIRST_ROW}:${column}${last},{match})"
        found[f"B{at}"] = chosen, found[f"{column}{FIRST_ROW}"][1]
    found |= _next_value(walkthrough, step, match, values)
    return found


def _on_sheet(cells: str) -> Callable[[str], str]:
    return lambda sheet: f"{quoted(sheet)}!{cells}"


def _label(parts: tuple[str, ...], texts: Mapping[str, str], spoken: Mapping[str, float], *digits: int) -> Content:
    """What stands at a mark: names, and after a name and a sign its value: `w1 = `, `out_h1⏎`."""
    pieces, said_so = [], ""
    for part in parts:
        name = part.strip(", =\n")
        pieces += [put_in(part, {}), put_in(name, texts)]
        said_so += part + with_values(name, spoken, *digits)
    return "=" + "&".join(pieces).replace("\n", '"&CHAR(10)&"'), said_so


def _next_value(walkthrough: Walkthrough, step: Step, match: str, values: Mapping[str, float]) -> dict[str, Content]:
    """`w5 becomes 0.1 - 0.5 * 0.054 = 0.073`; for many samples the gradient of one of them moves nothing."""
    at = f"B{CHAIN_ROW + 3}"
    if walkthrough.batch is not None:
        told = f"by the {walkthrough.batch.over} of the gradients of all samples, as on the sheet Samples"
        return {at: (f'="{told}"', told)}
    weights, loss = walkthrough.network.parameters, walkthrough.network.loss_name
    runs = (weights, [quantity(loss, name) for name in weights])
    (value, slope), (old, by) = ([f"INDEX({step.run(run[0], run[-1], column)},{match})" for run in runs]
                                 for column in (VALUE, TEXT))
    rate = absolute(RATE_CELL)
    weight, gradient = values[weights[0]], values[quantity(loss, weights[0])]
    number = float(walkthrough.learning_rates[0])
    told = f"{said(weight)} - {joined(number)} * {said(gradient)} = {said(weight - number * gradient)}"
    after = f"({WEIGHT_NOW}-{RATE_CELL}*{SLOPE_NOW})"  # in no cell of its own, which would be another training
    return {
        WEIGHT_NOW: (f"={value}", weight),
        SLOPE_NOW: (f"={slope}", gradient),
        at: (f'={absolute(WEIGHT_CELL)}&" becomes "&{old}&" - "&{rate}&" * "&{by}&" = "&{spelled(after)}',
             f"{weights[0]} becomes {told}"),
    }


def _chains(walkthrough: Walkthrough) -> dict[str, tuple[str, str]]:
    """Each parameter's chain rule as on the board, and its gradient in hand form."""
    network = walkthrough.network
    hand = go_back(network, ones=walkthrough.ones).gradients
    found = {}
    for section in sections(derive_gradients(network, walkthrough.ones).values()):
        if section.by not in network.parameters:
            continue
        chain = "\n".join(equation(step) for step in section.steps if step.part is Part.CHAIN)
        gradient = partial(section.of, section.by)
        value = with_partials(network, as_text(hand[quantity(section.of, section.by)]))
        found[section.by] = chain or f"{gradient} is one factor", f"{gradient} = {value}"
    return found


def heights(walkthrough: Walkthrough) -> tuple[int, ...]:
    """How many lines the rows of the chosen weight need: those of the longest."""
    chains, hand = zip(*_chains(walkthrough).values(), strict=True)
    long = dict.fromkeys(walkthrough.network.names, _LONG)
    width = WIDTHS["B"] + WIDTHS["C"] + WIDTHS["D"]
    return (*(min(8, max(sum(lines(line, width) for line in text.split("\n")) for text in texts))
              for texts in (chains, hand, [with_values(text, long) for text in hand])), 1)


def lines_of(written: str, names: Iterable[str]) -> int:
    """How many lines a formula needs as written, and with long numbers put in."""
    put = with_values(written, dict.fromkeys(names, _LONG))
    return max(lines(written, WIDTHS["C"]), lines(put, WIDTHS["D"]))


def of_training(walkthrough: Walkthrough, chosen: str, reference: Callable[[str], str]) -> str:
    """What belongs to the training whose name stands in a cell, of what each of them has."""
    names = sheet_names(walkthrough)
    if len(names) == 1:
        return reference(names[0])
    listed = ",".join(f'"{name}"' for name in names)
    return f"CHOOSE(MATCH({chosen},{{{listed}}},0),{','.join(map(reference, names))})"


def marks(walkthrough: Walkthrough, step: Step) -> Iterator[tuple[Mark, tuple[str, ...], str]]:
    """The marks of the drawing, each with the parts of its label and its ink; none where a chart cannot hold them."""
    found = list(_all_marks(walkthrough, step))
    yield from found if len(found) <= MOST_MARKS + 50 else ()


def stretch(walkthrough: Walkthrough) -> float:
    """How much higher the drawing is than on the first sheet: numbers stand above and below its circles, a weight over
    its derivative beside each link."""
    sketched = sketch(walkthrough.network)
    biased = {point[0] for mark in sketched if mark.shape is Shape.BELOW for point in mark.points if point}
    circles = sorted((point, mark.size / POINTS) for mark in sketched if mark.size for point in mark.points if point)
    needed = [(LARGER * size + _LINE * (4 if x in biased else 1)) / (above - y)
              for ((x, y), size), ((same, above), _) in pairwise(circles) if same == x]
    weights = set(walkthrough.network.parameters)
    beside = [mark.points[0] for mark in sketched
              if mark.shape in (Shape.ABOVE, Shape.RIGHT) and weights.issuperset(mark.label)]
    gaps = [abs(one[1] - other[1]) for one, other in combinations(filter(None, beside), 2)
            if abs(one[0] - other[0]) < _LABEL_WIDTH and one[1] != other[1]]
    needed += [_BESIDE / gap for gap in gaps]
    return max(1.0, min(max(needed, default=1.0), _MOST_STRETCHED))


def _all_marks(walkthrough: Walkthrough, step: Step) -> Iterator[tuple[Mark, tuple[str, ...], str]]:
    network = walkthrough.network
    known = {with_partials(network, name) for name in step.rows}
    sketched, high = sketch(network), stretch(walkthrough)
    line = _LINE / high
    biased = {point: 2 if set(mark.label) & set(network.parameters) else 1  # lines, the second its derivative
              for mark in sketched if mark.shape is Shape.BELOW for point in mark.points if point}
    for mark in sketched:
        (x, y) = mark.points[0] or (0.0, 0.0)
        if isinstance(mark.label, str):
            names = mark.label.split("\n") if mark.label else []
            yield mark, (f"{names[-1]}\n",) if names else (), ""
            back = [partial(network.loss_name, name) for name in names]
            for told in [name for name in back if name in known][:1]:
                size = mark.size / POINTS
                up = size / 2 / high
                free = [down - line * count for (to, down), count in biased.items() if hypot(x - to, y - down) < size]
                at = (Mark(Shape.BELOW, ((x, min([y - up, *free])),), told) if y < HEIGHT / 2
                      else Mark(Shape.ABOVE, ((x, y + up),), told))
                yield at, (f"{told} = ",), BACKWARD_INK
        else:
            back = [partial(network.loss_name, name) for name in mark.label if name in network.parameters]
            if back and mark.shape is Shape.RIGHT:  # both are beside the middle of a slanted link
                y += line / 2
            yield (replace(mark, points=((x, y),)),
                   tuple(f"{', ' * bool(place)}{name} = " for place, name in enumerate(mark.label)), FORWARD_INK)
            if back:
                level = mark.shape is Shape.ABOVE
                under = Mark(Shape.BELOW, ((x, y),), back[0]) if level else Mark(mark.shape, ((x, y - line),), back[0])
                yield (under,
                       tuple(f"{', ' * bool(place)}{told} = " for place, told in enumerate(back)), BACKWARD_INK)

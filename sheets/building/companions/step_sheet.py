"""The sheet Step: one update of one training with all its numbers, live.

On top what may be chosen: the update, the training, a weight, for many samples the sample. Below, the chain rule of
that weight with the numbers put in, the network drawn with its numbers, forward in blue and backward in red, and every
quantity with its formula and the same in numbers.
"""

from collections.abc import Callable, Iterator, Mapping

import sympy as sp
from msgspec import Struct
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from derive.board.show import equation
from derive.board.steps import Part, sections
from derive.gradients.backward import go_back
from derive.gradients.chain import derive_gradients
from derive.names import partial, quantity
from derive.text import as_text
from derive.training.program import Program
from derive.training.saturation import computable
from derive.walkthrough import Walkthrough
from sheets.building.charts import network_chart
from sheets.building.companions.spelled import put_in, said, spelled, with_values
from sheets.building.digits import digits
from sheets.building.layout import MOST_CHARACTERS, Layout, Role, roles, sheet_names, with_partials
from sheets.building.looks import BACKWARD_INK, FORWARD_INK, STYLE, powers_where, put_on_page
from sheets.building.paper import lines
from sheets.building.samples import data_names
from sheets.building.sketch import MOST_MARKS, POINTS, Drawn, Mark, Shape, sketch
from sheets.cells import absolute, quoted
from sheets.formulas.emit import emit

STEP_SHEET = "Step"
UPDATE_CELL, TRAINING_CELL, WEIGHT_CELL, SAMPLE_CELL = "B3", "B4", "B5", "B6"
_CHAIN_ROW = 8
_DRAWING_ROW = 13
_TABLE_ROW = 39
_FIRST_ROW = _TABLE_ROW + 1
_VALUE, _RATE_CELL = "B", "F1"
_WIDTHS = {"A": 17.0, "B": 17.0, "C": 50.0, "D": 50.0}
_TEXT, _NAME, _CHAIN, _HAND, _NUMBERS, _LABEL, _X, _Y = "FGHIJKLM"
"""Hidden columns: the numbers as texts; each weight with its chain, its gradient, that in numbers; the drawing."""
_LARGER = 1.3  # than the drawing on the first sheet: it has twice the numbers on it
_LINE = 0.27  # cm from a weight to its derivative below it
_DIGITS = digits(1.0)
_TOO_LONG = "too long to be put in one cell: see the numbers below"

Content = tuple[str, float | str]
"""What is written into a cell, and the value it then has."""


class Step(Struct, frozen=True):
    """What the sheet computes: the leaves, taken from elsewhere, and the formulas in their order; where each stands.

    `written` has each of these as one writes it.
    """

    leaves: tuple[str, ...]
    formulas: Mapping[str, sp.Expr]
    written: Mapping[str, sp.Expr]

    @property
    def rows(self) -> dict[str, int]:
        """The row of each quantity."""
        return {name: row for row, name in enumerate((*self.leaves, *self.formulas), start=_FIRST_ROW)}

    @property
    def cells(self) -> dict[str, str]:
        """Where each quantity's value stands."""
        return {name: f"${_VALUE}${row}" for name, row in self.rows.items()}

    def run(self, first: str, last: str) -> str:
        """The values from one quantity to another."""
        return f"${_VALUE}${self.rows[first]}:${_VALUE}${self.rows[last]}"


def lay_out_step(walkthrough: Walkthrough) -> Step:
    """Every quantity of one sample: given, forward, and back with each shared derivative once."""
    network = walkthrough.network
    back = go_back(network, most_paths=1, ones=walkthrough.ones)
    return Step(network.leaves, {**computable(network.definitions), **back.formulas},
                {**network.definitions, **back.formulas})


def step_sheet(sheet: Worksheet, walkthrough: Walkthrough, layout: Layout) -> None:
    """Write the sheet; its formulas get their values by `step_values`."""
    step = lay_out_step(walkthrough)
    sheet["A1"], sheet["A1"].style = "One update, number by number", STYLE.format("title")
    sheet.row_dimensions[1].height = 27
    _choices(sheet, walkthrough)
    for place, word in enumerate(("Chain rule", "Gradient", "In numbers", "Next value"), start=_CHAIN_ROW):
        sheet[f"A{place}"], sheet[f"A{place}"].style = word, STYLE.format("strong")
        sheet[f"B{place}"].style = STYLE.format("wrapped")
        sheet.merged_cells.add(f"B{place}:D{place}")
    for place, high in enumerate(_heights(walkthrough), start=_CHAIN_ROW):
        sheet.row_dimensions[place].height = 15.0 * high
    _headings(sheet, walkthrough, step)
    contents = step_contents(walkthrough, layout)
    for cell, (content, _) in contents.items():
        sheet[cell] = content
    _drawing(sheet, walkthrough, step, contents)
    for at, width in _WIDTHS.items():
        sheet.column_dimensions[at].width = width
    for at in "FGHIJKLM":
        sheet.column_dimensions[at].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.print_area = f"A1:D{_TABLE_ROW + len(step.rows)}"
    put_on_page(sheet, landscape=False)


def step_values(walkthrough: Walkthrough, layout: Layout) -> dict[str, float | str]:
    """The value of every formula on the sheet, at the start of the first training."""
    contents = step_contents(walkthrough, layout)
    return {cell: value for cell, (content, value) in contents.items() if content.startswith("=")}


def step_contents(walkthrough: Walkthrough, layout: Layout) -> dict[str, Content]:
    """Every computed cell, and its value at the start of the first training."""
    network, batch, step = walkthrough.network, walkthrough.batch, lay_out_step(walkthrough)
    leaves = {name: float(walkthrough.start[name]) for name in step.leaves}
    program = Program.of(step.leaves, step.formulas)
    held = program.interpret({program.variables[name]: value for name, value in leaves.items()})
    values = {name: held[program.variables[name]] for name in step.rows}
    named = {_shown(walkthrough, name): name for name in step.rows}
    texts = {shown: f"${_TEXT}${step.rows[name]}" for shown, name in named.items()}
    spoken = {shown: values[name] for shown, name in named.items()}

    def told(text: str) -> Content:
        formula = f"={put_in(text, texts)}"
        if len(formula) > MOST_CHARACTERS:
            return f'="{_TOO_LONG}"', _TOO_LONG
        return formula, with_values(text, spoken)

    found: dict[str, Content] = {}
    chosen_training, rate_cell = absolute(TRAINING_CELL), absolute(layout.placement.rate_cell)
    rate = of_training(walkthrough, chosen_training, _on_sheet(rate_cell))
    first_rate = float(walkthrough.learning_rates[0])
    found[_RATE_CELL] = f"={rate}", first_rate
    found[f"C{TRAINING_CELL[1:]}"] = f'="learning rate "&{absolute(_RATE_CELL)}', f"learning rate {first_rate:.15g}"
    columns = data_names(batch) if batch is not None else {}
    for name, at in step.rows.items():
        if name in step.formulas:
            found[f"{_VALUE}{at}"] = f"={emit(step.formulas[name], step.cells)}", values[name]
            found[f"D{at}"] = told(_expression(walkthrough, step.written[name]))
        elif name in columns:
            found[f"{_VALUE}{at}"] = f"=INDEX({columns[name]},{absolute(SAMPLE_CELL)})", values[name]
        else:
            values_at = layout.range_of(name, walkthrough.updates)
            picked = of_training(walkthrough, chosen_training, _on_sheet(values_at))
            found[f"{_VALUE}{at}"] = f"=INDEX({picked},{absolute(UPDATE_CELL)}+1)", values[name]
        found[f"{_TEXT}{at}"] = f"={spelled(f'${_VALUE}${at}')}", said(values[name])
    chains = _chains(walkthrough)
    for at, name in enumerate(network.parameters, start=_FIRST_ROW):
        chain, hand = chains[name]
        found |= {f"{_NAME}{at}": (name, name), f"{_CHAIN}{at}": (chain, chain), f"{_HAND}{at}": (hand, hand),
                  f"{_NUMBERS}{at}": told(hand)}
    chosen = network.parameters[0]
    last = _FIRST_ROW + len(network.parameters) - 1
    match = f"MATCH({absolute(WEIGHT_CELL)},${_NAME}${_FIRST_ROW}:${_NAME}${last},0)"
    for at, column, value in ((_CHAIN_ROW, _CHAIN, chains[chosen][0]), (_CHAIN_ROW + 1, _HAND, chains[chosen][1]),
                              (_CHAIN_ROW + 2, _NUMBERS, found[f"{_NUMBERS}{_FIRST_ROW}"][1])):
        found[f"B{at}"] = f"=INDEX(${column}${_FIRST_ROW}:${column}${last},{match})", value
    found[f"B{_CHAIN_ROW + 3}"] = _next_value(walkthrough, step, match, values)
    row = _FIRST_ROW
    for mark, parts, _ in _marks(walkthrough, step):
        if parts:
            found[f"{_LABEL}{row}"] = _label(parts, texts, spoken)
        row += len(mark.points)
    return found


def _on_sheet(cells: str) -> Callable[[str], str]:
    return lambda sheet: f"{quoted(sheet)}!{cells}"


def _label(parts: tuple[str, ...], texts: Mapping[str, str], spoken: Mapping[str, float]) -> Content:
    """What stands at a mark: names, and after a name and a sign its value: `w1 = `, `out_h1⏎`."""
    pieces, said_so = [], ""
    for part in parts:
        name = part.strip(", =\n")
        pieces += [put_in(part, {}), put_in(name, texts)]
        said_so += part + with_values(name, spoken)
    return "=" + "&".join(pieces).replace("\n", '"&CHAR(10)&"'), said_so


def _next_value(walkthrough: Walkthrough, step: Step, match: str, values: Mapping[str, float]) -> Content:
    """`w5 becomes 0.1 - 0.5 * 0.054 = 0.073`; for many samples the gradient of one of them moves nothing."""
    if walkthrough.batch is not None:
        told = f"by the {walkthrough.batch.over} of the gradients of all samples, as on the sheet Samples"
        return f'="{told}"', told
    weights, loss = walkthrough.network.parameters, walkthrough.network.loss_name
    value = f"INDEX({step.run(weights[0], weights[-1])},{match})"
    slope = f"INDEX({step.run(quantity(loss, weights[0]), quantity(loss, weights[-1]))},{match})"
    rate = absolute(_RATE_CELL)
    formula = (f'={absolute(WEIGHT_CELL)}&" becomes "&{spelled(value)}&" - "&{rate}&" * "&{spelled(slope)}&" = "'
               f"&{spelled(f'({value}-{rate}*{slope})')}")
    first, by = values[weights[0]], values[quantity(loss, weights[0])]
    number = float(walkthrough.learning_rates[0])
    return formula, (f"{weights[0]} becomes {said(first)} - {number:.15g} * {said(by)} = "
                     f"{said(first - number * by)}")


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
        value = _expression(walkthrough, hand[quantity(section.of, section.by)])
        found[section.by] = chain or f"{gradient} is one factor", f"{gradient} = {value}"
    return found


def _heights(walkthrough: Walkthrough) -> tuple[int, ...]:
    """How many lines the rows of the chosen weight need: those of the longest."""
    texts = list(zip(*_chains(walkthrough).values(), strict=True))
    width = _WIDTHS["B"] + _WIDTHS["C"] + _WIDTHS["D"]
    chain, hand = (max(sum(lines(line, width) for line in text.split("\n")) for text in column) for column in texts)
    return min(chain, 8), min(hand, 8), min(hand, 8), 1


def _expression(walkthrough: Walkthrough, expression: sp.Expr) -> str:
    """An expression as text, its derivatives as people write them."""
    return with_partials(walkthrough.network, as_text(expression))


def _shown(walkthrough: Walkthrough, name: str) -> str:
    """`∂E/∂h1` for `dE/dh1`."""
    return with_partials(walkthrough.network, name)


def _choices(sheet: Worksheet, walkthrough: Walkthrough) -> None:
    """The cells to type into, and what may be typed."""
    names, weights, batch = sheet_names(walkthrough), walkthrough.network.parameters, walkthrough.batch
    count = str(len(batch.rows)) if batch is not None else ""
    whole = {"type": "whole", "operator": "between"}
    weight_names = f"${_NAME}${_FIRST_ROW}:${_NAME}${_FIRST_ROW + len(weights) - 1}"
    typed = [
        (UPDATE_CELL, "Update", 0, f"type a number from 0 to {walkthrough.updates:,}",
         DataValidation(**whole, formula1="0", formula2=str(walkthrough.updates))),
        (TRAINING_CELL, "Training", names[0], "", DataValidation(type="list", formula1=listed(names))),
        (WEIGHT_CELL, "Weight", weights[0], "choose one: its chain rule stands below",
         DataValidation(type="list", formula1=weight_names)),
    ]
    if batch is not None:
        typed.append((SAMPLE_CELL, "Sample", 1, f"type a number from 1 to {count}, as on the sheet Data",
                      DataValidation(**whole, formula1="1", formula2=count)))
    for cell, word, value, told, validation in typed:
        row = cell[1:]
        sheet[f"A{row}"], sheet[f"A{row}"].style = word, STYLE.format("strong")
        sheet[cell], sheet[cell].style = value, STYLE.format("input")
        sheet[f"C{row}"], sheet[f"C{row}"].style = told, STYLE.format("indented quiet")
        validation.add(cell)
        sheet.add_data_validation(validation)


def listed(names: tuple[str, ...]) -> str:
    """A list to choose from; Excel takes 255 characters of it."""
    kept = list(names)
    while len(",".join(kept)) > 255:
        kept.pop()
    return f'"{",".join(kept)}"'


def of_training(walkthrough: Walkthrough, chosen: str, reference: Callable[[str], str]) -> str:
    """What belongs to the training whose name stands in a cell, of what each of them has."""
    names = sheet_names(walkthrough)
    if len(names) == 1:
        return reference(names[0])
    listed = ",".join(f'"{name}"' for name in names)
    return f"CHOOSE(MATCH({chosen},{{{listed}}},0),{','.join(map(reference, names))})"


def _headings(sheet: Worksheet, walkthrough: Walkthrough, step: Step) -> None:
    """What stands beside the values: the name, in the color of its role, and how it is computed."""
    for at, word in zip("ABCD", ("Quantity", "Value", "How it is computed", "In numbers"), strict=True):
        look = {_VALUE: "number heading", "C": "indented heading"}.get(at, "column heading")
        sheet[f"{at}{_TABLE_ROW}"], sheet[f"{at}{_TABLE_ROW}"].style = word, STYLE.format(look)
    role = roles(walkthrough.network)
    for name, row in step.rows.items():
        sheet[f"A{row}"], sheet[f"A{row}"].style = (
            _shown(walkthrough, name), STYLE.format(f"heading {role.get(name, Role.BACKWARD)}"))
        sheet[f"{_VALUE}{row}"].style = STYLE.format("value")
        sheet[f"{_VALUE}{row}"].number_format = _DIGITS.format
        told = "given" if role.get(name) is Role.GIVEN else "as the training has it at this update"
        if name in step.written:
            told = _expression(walkthrough, step.written[name])
        sheet[f"C{row}"], sheet[f"C{row}"].style = told, STYLE.format("wrapped indented")
        sheet[f"C{row}"].data_type = "s"
        sheet[f"D{row}"].style = STYLE.format("wrapped")
        sheet.row_dimensions[row].height = 15.0 * min(8, lines(told, 1.1 * _WIDTHS["C"]))
    powers_where(sheet, f"{_VALUE}{_FIRST_ROW}:{_VALUE}{_TABLE_ROW + len(step.rows)}", _DIGITS)


def _marks(walkthrough: Walkthrough, step: Step) -> Iterator[tuple[Mark, tuple[str, ...], str]]:
    """The marks of the drawing, each with the parts of its label and its ink; none where a chart cannot hold them."""
    found = list(_all_marks(walkthrough, step))
    yield from found if len(found) <= MOST_MARKS + 50 else ()


def _all_marks(walkthrough: Walkthrough, step: Step) -> Iterator[tuple[Mark, tuple[str, ...], str]]:
    network = walkthrough.network
    known = {_shown(walkthrough, name) for name in step.rows}
    for mark in sketch(network):
        (x, y) = mark.points[0] or (0.0, 0.0)
        if isinstance(mark.label, str):
            names = mark.label.split("\n") if mark.label else []
            yield mark, (f"{names[-1]}\n",) if names else (), ""
            back = [partial(network.loss_name, name) for name in names]
            for told in [name for name in back if name in known][:1]:
                up = mark.size / 2 / POINTS
                yield Mark(Shape.ABOVE, ((x, y + up),), told), (f"{told} = ",), BACKWARD_INK
        else:
            yield mark, tuple(f"{', ' * bool(place)}{name} = " for place, name in enumerate(mark.label)), FORWARD_INK
            back = [partial(network.loss_name, name) for name in mark.label if name in network.parameters]
            if back:
                level = mark.shape is Shape.ABOVE
                below = Mark(Shape.BELOW, ((x, y),), back[0]) if level else Mark(mark.shape, ((x, y - _LINE),), back[0])
                yield (below,
                       tuple(f"{', ' * bool(place)}{told} = " for place, told in enumerate(back)), BACKWARD_INK)


def _drawing(sheet: Worksheet, walkthrough: Walkthrough, step: Step, contents: Mapping[str, Content]) -> None:
    """The network as a chart: values in the circles and on the links in blue, derivatives beside them in red."""
    drawn: list[Drawn] = []
    row = _FIRST_ROW
    for mark, parts, ink in _marks(walkthrough, step):
        last = row + len(mark.points) - 1
        for at, point in enumerate(mark.points, start=row):
            if point is not None:
                sheet[f"{_X}{at}"], sheet[f"{_Y}{at}"] = round(point[0], 4), round(point[1], 4)
        area = f"{quoted(STEP_SHEET)}!${{0}}${row}:${{0}}${last}"
        label = f"{quoted(STEP_SHEET)}!${_LABEL}${row}" if parts else ""
        told = str(contents[f"{_LABEL}{row}"][1]) if parts else ""
        drawn.append(Drawn(mark, area.format(_X), area.format(_Y), label, told, ink))
        row = last + 1
    if drawn:
        sheet.add_chart(network_chart(drawn, _LARGER), f"A{_DRAWING_ROW}")

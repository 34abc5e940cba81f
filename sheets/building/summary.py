"""What stands on the first sheet, as pure data: every cell with its content, its stored value and its look.

From the top: title, all that may be changed, how to use the file, the forward pass with its values at the start beside
the drawing of the network, the result of every learning rate, the loss chart, the hand-written derivation with a
verdict for each line, and the derivation step by step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from derive.board.show import by_vectors, equation
from derive.board.steps import sections
from derive.board.vectors import as_vectors, is_wide
from derive.checking import Checked
from derive.checking.report import WORDS
from derive.gradients.chain import derive_gradients
from derive.names import partial
from derive.text import as_text
from derive.walkthrough import Walkthrough
from sheets.building.curve import Curve, Watched
from sheets.building.inputs import Inputs
from sheets.building.layout import Layout, sheet_names
from sheets.building.paper import WIDTHS, Cell, Live, Page, Seen, lines
from sheets.cells import absolute, letters, quoted

LAST_COLUMN = letters(len(WIDTHS))
_CHART_ROWS = 18
_NO_NUMBER = "no number at update "
_MISSING = "#NUM! is where a value is too large for a cell, as EXP beyond 709; smaller rates or inputs keep it."


class Summary(Struct, frozen=True):
    """The cells of the sheet, the heights of the rows that are not one line high, the corners of the two charts.

    A page ends after each row of `breaks`.
    """

    cells: tuple[Cell, ...]
    heights: Mapping[int, float]
    drawing_at: tuple[str, str]
    chart_at: tuple[str, str]
    breaks: tuple[int, ...]
    last_row: int


def summarize(
    walkthrough: Walkthrough, layout: Layout, curve: Curve, verdicts: Sequence[Checked], inputs: Inputs
) -> Summary:
    """The whole sheet of a walkthrough; `verdicts` are those of its hand derivation."""
    page = Page()
    page.high(2)
    page.add(walkthrough.title, look="title")
    page.add(walkthrough.source, look="quiet")
    page.section("Change these: everything else follows")
    _inputs(page, inputs)
    for line in _how_to(walkthrough):
        page.add(line, look="quiet")
    page.section("The network")
    drawing_at = f"C{page.row}", f"{LAST_COLUMN}{page.row + _CHART_ROWS - 1}"
    start = page.row
    _forward(page, walkthrough, layout)
    page.row = max(page.row, start + _CHART_ROWS)
    page.section("Training")
    _results(page, walkthrough, layout, curve)
    page.row += 1
    chart_at = f"A{page.row}", f"{LAST_COLUMN}{page.row + _CHART_ROWS - 1}"
    page.row += _CHART_ROWS + 2
    if verdicts:
        page.section("The hand-written derivation, checked", new_page=True)
        _hand_lines(page, walkthrough.derivation, verdicts)
    page.section("The derivation, step by step", new_page=not verdicts)
    _derivation(page, walkthrough)
    return Summary(tuple(page.cells), dict(page.heights), drawing_at, chart_at, tuple(page.breaks),
                   page.row - 1)


def _inputs(page: Page, inputs: Inputs) -> None:
    """Names over values, each group under its word."""
    for group in inputs.groups:
        for name, cell, value in zip(group.names, group.cells, group.values, strict=True):
            at, row = cell[0], int(cell[1:])
            page.cells.append(Cell(f"{at}{row - 1}", name, "input heading"))
            page.cells.append(Cell(cell, value, _input_look(value)))
        page.cells.append(Cell(f"A{int(group.cells[0][1:])}", group.word, "strong"))
    page.row = inputs.last_row + 1


def _input_look(value: float) -> str:
    """A drawn value with all of its digits would fill its cell from border to border."""
    is_long = len(f"{value:.15g}") > _MOST_SIGNS
    return "long input" if is_long and _SHOWN_FROM <= abs(value) < _SHOWN_TO else "input"


_MOST_SIGNS = 9
_SHOWN_FROM, _SHOWN_TO = 1e-3, 1e3
"""Of what six decimals show as it should be seen."""


def _how_to(walkthrough: Walkthrough) -> Iterator[str]:
    """What to do with the file; every sheet that is named is there."""
    names = sheet_names(walkthrough)
    tables = f"The sheets {names[0]} to {names[-1]} train" if len(names) > 1 else f"The sheet {names[0]} trains"
    yield f"{tables} with these numbers: type another one above, and every row, chart and result follows."
    if walkthrough.batch is not None:
        yield ("The samples stand on the sheet Data. Step shows one sample of one update number by number, "
               "Samples all of them.")
    else:
        yield "Step shows any update number by number; First and last is made to be printed."
    yield "1 and 2 above a table hide and show all of it but the weights and the loss."


def _forward(page: Page, walkthrough: Walkthrough, layout: Layout) -> None:
    """The equations, each with its value before the first update where the table has it."""
    network, first = walkthrough.network, sheet_names(walkthrough)[0]
    page.put(1, "Forward pass" if walkthrough.batch is None else "Forward pass of one sample", "column heading")
    page.put(2, "At the start", "number heading")
    page.row += 1
    for node in network.nodes:
        written = f"{node.name} = {as_text(node.expression)}"
        page.put(1, written, "wrapped")
        page.high(lines(written, WIDTHS[0]))
        _start(page, node.name, first, layout)
        page.row += 1
    if walkthrough.batch is not None:
        sign = {"sum": "the sum", "mean": "the mean"}.get(walkthrough.batch.over, walkthrough.batch.over)
        page.put(1, f"{layout.loss}: {sign} of {network.loss} over {len(walkthrough.batch.rows)} samples", "text")
        _start(page, layout.loss, first, layout)
        page.row += 1
    for alias, name in network.aliases:
        page.add(f"{alias} is short for {name}.", look="quiet")
    weight = network.parameters[0]
    slope = layout.by_name[layout.updates[weight]].header
    told = f"Update: {weight} becomes {weight} - learning rate * {slope}, and so on."
    page.put(1, told, "wrapped", 2)
    page.high(lines(told, sum(WIDTHS[:2])))
    page.row += 1


def _start(page: Page, name: str, first: str, layout: Layout) -> None:
    """The value of a quantity in the first row of the first table."""
    if name in layout.by_name:
        column = layout.by_name[name]
        reference = f"={quoted(first)}!{layout.first_cell(name)}"
        page.put(2, Live(reference, _of(first, _at(layout.columns.index(column)))), "number")


def _at(place: int) -> Callable[[Watched], float]:
    return lambda seen: seen.start[place]


def _results(page: Page, walkthrough: Walkthrough, layout: Layout, curve: Curve) -> None:
    """One row a learning rate: first error, last error, and the update at which it fell below a tenth."""
    start = layout.first_row
    headings = ("Learning rate", f"First {layout.loss}", f"Last {layout.loss}", "Below 10 % at update")
    page.put(1, "Sheet", "column heading")
    for column, heading in enumerate(headings, start=2):
        page.put(column, heading, "number heading", 2 if column == 5 else 1)
    page.row += 1
    last = layout.by_name[layout.loss].letters, start + curve.rows - 1
    for name, rate in zip(sheet_names(walkthrough), walkthrough.learning_rates, strict=True):
        table = f"{quoted(name)}!"
        losses = f"{table}{layout.range_of(layout.loss, curve.rows - 1)}"
        tenth = f"{table}{layout.first_cell(layout.loss)}/10"
        never = f"not within {curve.rows - 1:,}"
        fell = (f'=IF(COUNT({losses})={curve.rows},IF(SUMPRODUCT(--({losses}<{tenth}))=0,"{never}",'
                f'SUMPRODUCT(MIN(({losses}>={tenth})*1E+9+ROW({losses})))-{start}),'
                f'"{_NO_NUMBER}"&SUMPRODUCT(MIN(ISNUMBER({losses})*1E+9+ROW({losses})))-{start})')
        page.put(1, name, "wrapped")
        page.put(2, Live(f"={table}{absolute(layout.placement.rate_cell)}", _given(float(rate))), "rate")
        page.put(3, Live(f"={table}{layout.first_cell(layout.loss)}", _of(name, lambda seen: seen.first)), "number")
        page.put(4, Live(f"={table}${last[0]}${last[1]}", _of(name, lambda seen: seen.last)), "number")
        page.put(5, Live(fell, _of(name, _fell_at(never))), "count", 2)
        page.row += 1
    page.put(1, _MISSING, "quiet")


def _fell_at(never: str) -> Callable[[Watched], float | str]:
    def value(seen: Watched) -> float | str:
        if seen.lost is not None:
            return f"{_NO_NUMBER}{seen.lost}"
        return never if seen.fell is None else float(seen.fell)

    return value


def _given(value: float) -> Callable[[Seen], float]:
    return lambda seen: value


def _of(name: str, take: Callable[[Watched], float | str]) -> Callable[[Seen], float | str]:
    return lambda seen: take(seen[name])


_WORST = ("refuted", "not-understood", "undecided", "proved", "definition")


def _hand_lines(page: Page, derivation: str, verdicts: Sequence[Checked]) -> None:
    """Every line as its author wrote it, its worst verdict, the right form and the slip."""
    for column, heading, span in ((1, "As written", 2), (3, "Verdict", 1), (4, "What is right", 3), (7, "The slip", 3)):
        page.put(column, heading, "column heading", span)
    page.row += 1
    by_line: dict[int, list[Checked]] = {}
    for one in verdicts:
        by_line.setdefault(one.line, []).append(one)
    for number, line in enumerate(derivation.splitlines(), start=1):
        if number not in by_line:
            continue
        worst = min(by_line[number], key=lambda one: _WORST.index(one.verdict))
        right, slip = worst.correct or "", worst.slip or (worst.reason or "" if worst.verdict != "proved" else "")
        page.put(1, line.strip(), "wrapped", 2)
        page.put(3, WORDS[worst.verdict], worst.verdict)
        page.put(4, right, "wrapped indented", 3)
        page.put(7, slip, "wrapped", 3)
        page.high(max(lines(line.strip(), sum(WIDTHS[:2])), lines(right, sum(WIDTHS[3:6])),
                      lines(slip, sum(WIDTHS[6:]))))
        page.row += 1


def _derivation(page: Page, walkthrough: Walkthrough) -> None:
    """Each gradient: its name, then its steps under the name of their part; a wide network layer by layer."""
    if walkthrough.shape is not None and is_wide(walkthrough):
        for heading, *lines in by_vectors(walkthrough, as_vectors(walkthrough, walkthrough.shape)):
            page.row += 1
            page.add(heading, look="strong")
            for line in lines:
                _formula(page, line.strip())
        return
    for section in sections(derive_gradients(walkthrough.network, walkthrough.ones).values()):
        page.row += 1
        page.add(partial(section.of, section.by), look="strong")
        for part, steps in groupby(section.steps, key=lambda step: step.part):
            page.put(1, f"{part}:", "quiet before")
            for step in steps:
                _formula(page, equation(step), 2)
                for name in step.idle:
                    page.put(2, f"{name} does not depend on {section.by}.", "indented quiet")
                    page.row += 1


def _formula(page: Page, written: str, column: int = 1) -> None:
    """A line of the derivation from a column on; what would be cut off at the sheet's right edge is wrapped there."""
    room = WIDTHS[column - 1 :]
    high = lines(written, sum(room))
    page.put(column, written, "indented long" if high > 1 else "indented", len(room) if high > 1 else 1)
    page.high(high)
    page.row += 1

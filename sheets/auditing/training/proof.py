"""Proves what the numbers at a few points suggest: that an update, cell by cell down to what is given, steps so."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy as sp

from derive.equality import Proved, Verdict, decide
from derive.names import symbol
from sheets.auditing.training.claims import Claim, Rate, Reading
from sheets.auditing.training.formula import operand
from sheets.auditing.training.methods import Followed
from sheets.auditing.training.objective import Objective, of
from sheets.auditing.training.view import ratio
from sheets.references import Cell


def _slope(cell: Cell) -> sp.Symbol:
    """The symbol of the objective's slope by a cell."""
    return symbol(f"slope by {cell.sheet}!{cell.address}")

_MOST_DENOMINATOR = 1_000_000


def prove(reading: Reading, claim: Claim, followed: Followed | None = None) -> Verdict:
    """Whether what an update adds is its rate times the slope; without a rate, whether its slope's cell holds that.

    A decayed quantity also adds itself. It is asked for whatever numbers the given cells hold, but for those that stay
    what they are, the marks of a class. What a step does not act on is first taken as given too.
    """
    for whole in (False, True):
        found = _proof(reading, claim, followed, dict(_definitions(reading, whole)))
        if isinstance(found, Proved):
            break
    return found


def _proof(reading: Reading, claim: Claim, followed: Followed | None, known: Mapping[str, sp.Expr]) -> Verdict:
    update = claim.update
    own = _slope(update.start).name in known and _agrees(reading, claim, update.start)
    slope = _slope(update.start if own else reading.view.graph.origin(update.start))
    if followed is not None and followed.decay is not None:
        itself = _in_symbols(followed.decay) / _exact(followed.rate.number) * of(update.start)
        added = _in_symbols(followed.rate) * (slope + itself)
        return decide(of(update.cell), of(update.start) + added, definitions=known)
    assert claim.scale is not None  # asked of claims whose slope is seen to stand there
    scaled = _exact(claim.scale) * slope
    if claim.slope is not None:
        held = decide(of(claim.slope), scaled, definitions=known)
        if claim.rate is None or not isinstance(held, Proved):
            return held
        scaled = of(claim.slope)
    assert claim.rate is not None  # a claim holds by its slope's cell or by its rate
    return decide(of(update.cell), of(update.start) + _in_symbols(claim.rate) * scaled, definitions=known)


def _exact(number: float) -> sp.Rational:
    """The simple fraction that a number seen in floating point is meant to be."""
    near = Fraction(number).limit_denominator(_MOST_DENOMINATOR)
    return sp.Rational(near.numerator, near.denominator)


def _agrees(reading: Reading, claim: Claim, cell: Cell) -> bool:
    row = reading.adjoints.get(cell)
    held = reading.view.values(claim.slope) if claim.slope is not None else reading.taken(claim.update)
    return row is not None and ratio(held, row) is not None


def _in_symbols(rate: Rate) -> sp.Expr:
    value = _exact(rate.number)
    if rate.cell is not None:
        value *= of(rate.cell)
    return value if rate.over is None else value / of(rate.over)


def _definitions(reading: Reading, whole: bool) -> Iterator[tuple[str, sp.Expr]]:
    """What each computed cell holds, and the slope by each cell of the forward pass, each by those before it."""
    graph, view = reading.view.graph, reading.view
    inside = frozenset(reading.step.inside)
    for cell, number in _kept(reading).items():
        yield of(cell).name, number
    for cell in graph.in_order(reading.needed):
        if not view.is_given(cell) and (whole or cell in inside):
            yield of(cell).name, _meaning(reading, cell)
    towards = reading.forward | reading.step.starts
    terms: dict[Cell, list[sp.Expr]] = {}
    for cell, seed in seeds(reading.objective).items():
        terms.setdefault(cell, []).append(seed)
    given = [cell for cell in towards if cell not in graph.rank or view.is_given(cell)]
    for cell in (*reversed(graph.in_order(c for c in towards if c not in given)), *given):
        if cell not in terms:
            continue
        yield _slope(cell).name, sp.Add(*terms[cell])
        if cell in given:
            continue
        formula = graph.formulas[cell]
        assert formula.meaning is not None
        for place, read in enumerate(formula.reads):
            if read in towards:
                slope = formula.meaning.slope(place)[0]
                terms.setdefault(read, []).append(_slope(cell) * _placed(reading, slope, formula.reads))


def seeds(objective: Objective) -> dict[Cell, sp.Expr]:
    """The objective's slope by each of its own cells."""
    return {cell: sp.Integer(1) for cell in objective.seeds} if not objective.terms else dict(objective.terms)


def _meaning(reading: Reading, cell: Cell) -> sp.Expr:
    formula = reading.view.graph.formulas[cell]
    assert formula.meaning is not None
    return _placed(reading, formula.meaning.plain, formula.reads)


def _placed(reading: Reading, expression: sp.Expr, reads: tuple[Cell, ...]) -> sp.Expr:
    """An expression over places as one over cells, and over the numbers of those that stay what they are."""
    kept = _kept(reading)
    return expression.xreplace({operand(place): kept.get(read, of(read)) for place, read in enumerate(reads)})


def _kept(reading: Reading) -> dict[Cell, sp.Rational]:
    """The numbers of the cells that stay what they are."""
    return {cell: _exact(number) for cell in reading.view.kept
            if (number := reading.view.graph.stored(cell)) is not None}

"""Proves what the numbers at a few points suggest: that an update, cell by cell down to what is given, steps so."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive import rules
from derive.equality import Proved, Verdict
from derive.names import symbol
from sheets.auditing.deciding import CASES
from sheets.auditing.training.claims import Claim, Rate, Reading
from sheets.auditing.training.formula import operand
from sheets.auditing.training.methods import Followed
from sheets.auditing.training.objective import Objective, of
from sheets.auditing.training.terms import decided
from sheets.auditing.training.view import ratio
from sheets.references import Cell


def _slope(cell: Cell) -> sp.Symbol:
    """The symbol of the objective's slope by a cell."""
    return symbol(f"slope by {cell.sheet}!{cell.address}")

class _Attempt(Struct, frozen=True):
    """Whether the forward pass is opened, what has cases in it, and what a step does not act on."""

    forward: bool
    cases: bool
    whole: bool


_ATTEMPTS = (_Attempt(False, False, False), _Attempt(True, False, False), _Attempt(True, True, False),
             _Attempt(True, True, True))
_MOST_DENOMINATOR = 1_000_000


class Prover:
    """Proves the claims of one reading; what several of them rest on is proved once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[_Attempt, dict[str, sp.Expr]] = {}

    def prove(self, claim: Claim, followed: Followed | None = None) -> Verdict:
        """Whether what an update adds is its rate times the slope; without a rate, whether its slope's cell holds that.

        A decayed quantity also adds itself. It is asked for whatever numbers the given cells hold, but for those that
        stay what they are, the marks of a class. What has cases, a ReLU, is first taken as given too, since its slope
        has its own; then what a step does not act on; then nothing. Before all that, the cells of slopes that are
        proved already stand for these.
        """
        found = _proof(self._reading, claim, followed, self._shared)
        for attempt in _ATTEMPTS:
            if isinstance(found, Proved):
                break
            found = _proof(self._reading, claim, followed, self._definitions(attempt))
        return found

    def _definitions(self, attempt: _Attempt) -> dict[str, sp.Expr]:
        if attempt not in self._known:
            known = dict(_definitions(self._reading, attempt))
            if not attempt.cases:
                known = {name: _with_steps(meaning, self._units) for name, meaning in known.items()}
            self._known[attempt] = known
        return self._known[attempt]

    @cached_property
    def _units(self) -> dict[sp.Basic, sp.Expr]:
        """What each ReLU in a cell is taken of: it is above 0 where that is."""
        formulas, forward = self._reading.view.graph.formulas, self._reading.forward
        units = (cell for cell in forward if cell in formulas and not self._reading.view.is_given(cell))
        return {of(cell): meaning.args[0] for cell in units
                if isinstance(meaning := meaning_of(self._reading, cell), rules.Relu)}

    @cached_property
    def _shared(self) -> dict[str, sp.Expr]:
        """The definitions of the first attempt, with the slopes that more than one claim rests on each as one unknown.

        The cells that are proved to hold one come to it.
        """
        reading, whole = self._reading, self._definitions(_ATTEMPTS[0])
        own = Counter(cell for claim in reading.claims for cell in reading.own(claim.update))
        rows = {cell: row for cell, row in reading.adjoints.items() if _slope(cell).name in whole}
        held: dict[str, tuple[Cell, sp.Expr]] = {}

        def known(asked: Cell | None = None) -> dict[str, sp.Expr]:
            """The definitions, all slopes that a cell holds unknown but for one that is asked about."""
            shared = {name: holding for name, holding in held.items() if holding[0] != asked}
            unknown = {_slope(by).name for by, _ in shared.values()}
            return {name: shared[name][1] if name in shared else meaning
                    for name, meaning in whole.items() if name not in unknown}

        for cell in reading.view.graph.in_order(cell for cell, count in own.items() if count > 1):
            for by, row in rows.items():
                scale = ratio(reading.view.values(cell), row)
                claimed = _exact(scale or 0) * _slope(by)
                if scale is not None and isinstance(decided(of(cell), claimed, known(by)), Proved):
                    held[of(cell).name] = by, claimed
                    break
        return known()


def _proof(reading: Reading, claim: Claim, followed: Followed | None, known: Mapping[str, sp.Expr]) -> Verdict:
    update = claim.update
    own = _slope(update.start).name in known and _agrees(reading, claim, update.start)
    slope = _slope(update.start if own else reading.view.graph.origin(update.start))
    if followed is not None and followed.slope is not None:
        held = _exact(followed.scale) * slope
        if followed.shrunk is not None:
            held += _in_symbols(followed.shrunk) * of(update.start)
        return decided(of(followed.slope), held, known)
    if followed is not None and followed.decay is not None:
        itself = _in_symbols(followed.decay) / _exact(followed.rate.number) * of(update.start)
        added = _in_symbols(followed.rate) * (slope + itself)
        return decided(of(update.cell), of(update.start) + added, known)
    assert claim.scale is not None  # asked of claims whose slope is seen to stand there
    scaled = _exact(claim.scale) * slope
    if claim.slope is not None:
        held = decided(of(claim.slope), scaled, known)
        if claim.rate is None or not isinstance(held, Proved):
            return held
        scaled = of(claim.slope)
        known = {name: meaning for name, meaning in known.items() if name != scaled.name}
    assert claim.rate is not None  # a claim holds by its slope's cell or by its rate
    return decided(of(update.cell), of(update.start) + _in_symbols(claim.rate) * scaled, known)


def _with_steps(expression: sp.Expr, units: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """An expression in which what depends on a sign takes a number of its own for that: a ReLU's slope, IF(z>0,1,0)."""
    def step_of(argument: sp.Expr) -> sp.Expr:
        _, inner = sp.expand(units.get(argument, argument)).primitive()  # of x/10 - x, where x is read twice, as of -x
        return 1 - symbol(f"step of {-inner}") if inner.could_extract_minus_sign() else symbol(f"step of {inner}")

    def in_steps(cases: sp.Piecewise) -> sp.Expr:
        (above, _), (below, _) = cases.args
        return below + (above - below) * step_of(_test(cases))

    if not expression.has(rules.Step, sp.Piecewise):
        return expression
    stepped = expression.replace(rules.Step, step_of)
    return stepped.replace(lambda part: isinstance(part, sp.Piecewise) and _test(part) is not None, in_steps)


def _test(cases: sp.Piecewise) -> sp.Expr | None:
    """What is asked to be above 0, where nothing else is."""
    (_, test), *rest = cases.args
    is_one = len(rest) == 1 and rest[0][1] == sp.true and isinstance(test, sp.Gt) and test.rhs == 0
    return test.lhs if is_one else None


def _is_quotient(meaning: sp.Expr) -> bool:
    """Whether something is divided by what is computed, as in a softmax, whose slope is not written by itself alone."""
    return any(power.exp.is_negative and power.free_symbols for power in meaning.atoms(sp.Pow))


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


def _definitions(reading: Reading, attempt: _Attempt) -> Iterator[tuple[str, sp.Expr]]:
    """What each computed cell holds, and the slope by each cell of the forward pass, each by those before it."""
    graph, view = reading.view.graph, reading.view
    inside = frozenset(reading.step.inside)
    named = {of(cell).name: cell for cell in reading.needed}
    is_open = [cell for cell in reading.needed if attempt.whole or cell in inside or _is_number(reading, cell)]
    for name, meaning in definitions(reading, is_open):
        opened = (attempt.cases or not meaning.has(*CASES)) if attempt.forward else _is_quotient(meaning)
        if opened or named.get(name) not in reading.forward:
            yield name, meaning
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
        itself = {} if attempt.forward else {formula.meaning.plain.doit(): of(cell)}
        for place, read in enumerate(formula.reads):
            if read in towards:
                slope = formula.meaning.slope(place)[0].xreplace(itself)
                terms.setdefault(read, []).append(_slope(cell) * _placed(reading, slope, formula.reads))


def _is_number(reading: Reading, cell: Cell) -> bool:
    """Whether a computed cell holds the same number whatever the given cells hold: a count does."""
    formula = reading.view.graph.formulas[cell]
    return formula.meaning is not None and not any(
        operand(place) in formula.meaning.plain.free_symbols for place, read in enumerate(formula.reads)
        if read not in reading.fixed)


def definitions(reading: Reading, cells: Collection[Cell]) -> Iterator[tuple[str, sp.Expr]]:
    """What each of some cells holds that a step rests on, after the numbers that stay what they are."""
    for cell, number in reading.fixed.items():
        yield of(cell).name, _exact(number)
    for cell in reading.view.graph.in_order(cells):
        if not reading.view.is_given(cell):
            yield of(cell).name, meaning_of(reading, cell)


def seeds(objective: Objective) -> dict[Cell, sp.Expr]:
    """The objective's slope by each of its own cells."""
    return {cell: sp.Integer(1) for cell in objective.seeds} if not objective.terms else dict(objective.terms)


def meaning_of(reading: Reading, cell: Cell) -> sp.Expr:
    """What a computed cell holds, over the symbols of cells."""
    formula = reading.view.graph.formulas[cell]
    assert formula.meaning is not None
    return _placed(reading, formula.meaning.plain, formula.reads)


def _placed(reading: Reading, expression: sp.Expr, reads: tuple[Cell, ...]) -> sp.Expr:
    """An expression over places as one over cells, and over the numbers of those that stay what they are."""
    return expression.xreplace({operand(place): _exact(reading.fixed[read]) if read in reading.fixed else of(read)
                                for place, read in enumerate(reads)})


"""The worked example: the first update with numbers."""

from collections.abc import Iterator, Mapping

import sympy as sp
from msgspec import Struct

from derive.board.steps import Section
from derive.latex.expression import Names, Piece, as_latex
from derive.latex.labels import RATE, by_macro, label
from derive.latex.lines import Equation, align
from derive.latex.names import Notation
from derive.latex.numbers import Worked, exact, rounded, short, value_of, work
from derive.latex.update import after_step, stepped
from derive.names import quantity, symbol
from derive.ordering import product, total
from derive.training import train
from derive.walkthrough import Walkthrough, with_changes
from derive.written import Partial


def example(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...], digits: int) -> list[str]:
    """The first update with numbers: forward, every gradient path by path, every new parameter, the new error."""
    network, rate = loaded.network, sp.Rational(str(loaded.learning_rates[0]))
    worked = work(network, loaded.start, derived)
    first = _first_update(loaded, worked, rate)
    written_as, by_number = by_macro(names), _by_number(loaded, worked, digits)
    forward = (
        Equation(
            written_as(node.name),
            (as_latex(node.expression, by_number), by_number(node.name)),
            label(loaded, f"{node.name}:worked"),
        )
        for node in network.nodes
    )
    gradients = (
        Equation(
            as_latex(Partial(symbol(section.of), symbol(section.by)), written_as),
            (_multiplied(section, worked, by_number, digits), rounded(worked.gradients[section.by], digits)),
            label(loaded, f"d{section.of}/d{section.by}:worked"),
        )
        for section in derived
    )
    updates = (
        Equation(
            after_step(names, name),
            (_stepped_once(loaded, first.gradients[name], name, digits), rounded(first.moved[name], digits + 2)),
            label(loaded, f"{name}+:worked"),
        )
        for name in network.parameters
    )
    leaves = ", ".join(f"${names.written[name]} = {exact(value).latex}$" for name, value in loaded.start.items())
    loss = names.written[loaded.batch.total if loaded.batch else network.loss]
    sample = [f"The first of the {len(loaded.batch.rows)} samples:"] if loaded.batch else []
    over_all = [*_totals(loaded, names, first, digits)] if loaded.batch else []
    return [
        r"\nnheading{Worked example: the first update}",
        rf"Start from {leaves}, with the learning rate ${RATE} = {exact(rate).latex}$.",
        rf"Every number is computed in full and shown to {digits} decimals.",
        *sample,
        *align(forward),
        "The gradients:",
        *align(gradients),
        *over_all,
        "The update:",
        *align(updates),
        rf"The error was ${loss} = {rounded(first.before, digits + 2).latex}$,",
        rf"with the new parameters it is ${rounded(first.after, digits + 2).latex}$.",
    ]


class _Update(Struct, frozen=True):
    """The first update: the gradients that it takes, the new parameters, the error before and after."""

    gradients: Mapping[str, sp.Expr]
    moved: Mapping[str, sp.Expr]
    before: sp.Expr
    after: sp.Expr


def _first_update(loaded: Walkthrough, worked: Worked, rate: sp.Rational) -> _Update:
    """Of one sample worked out in full; of many, by the training itself."""
    network = loaded.network
    if loaded.batch is None:
        moved = {name: worked.values[name] - rate * worked.gradients[name] for name in network.parameters}
        after = work(network, {**loaded.start, **moved}, ()).values[network.loss]
        return _Update(worked.gradients, moved, worked.values[network.loss], after)
    training = train(with_changes(loaded, updates=1), float(rate))
    start, end = (dict(zip(training.names, map(sp.Float, row), strict=True)) for row in training.rows)
    total_name = loaded.batch.total
    gradients = {name: start[quantity(total_name, name)] for name in network.parameters}
    return _Update(gradients, end, start[total_name], end[total_name])


def _totals(loaded: Walkthrough, names: Notation, first: _Update, digits: int) -> Iterator[str]:
    """The gradients over all samples, as numbers."""
    if loaded.batch is not None:
        of, written_as = symbol(loaded.batch.total), by_macro(names)
        yield "Over all samples, computed in the same way:"
        yield from align(
            Equation(
                as_latex(Partial(of, symbol(name)), written_as),
                (rounded(value, digits),),
                label(loaded, f"d{loaded.batch.total}/d{name}:worked"),
            )
            for name, value in first.gradients.items()
        )


def _multiplied(section: Section, worked: Worked, by_number: Names, digits: int) -> Piece:
    """The factors of every path as numbers, factors of 1 left out: `0.4260 * 0.2459 * 0.5162`."""
    numbers: dict[str, Piece] = {}

    def number(factor: sp.Expr) -> sp.Expr:
        if factor.is_Symbol or factor.is_Rational:
            return factor
        key = f"number {len(numbers)}"
        numbers[key] = rounded(value_of(factor, worked.values, worked.gradients), digits)
        return symbol(key)

    tree = total(tuple(product(tuple(map(number, factors))) for factors in section.summands))
    return as_latex(tree, lambda name: numbers[name] if name in numbers else by_number(name))


def _stepped_once(loaded: Walkthrough, slope: sp.Expr, name: str, digits: int) -> Piece:
    """`0.1 - 0.1 * 0.0541`."""
    numbers = {
        name: short(loaded.start[name], digits),
        RATE: exact(sp.Rational(str(loaded.learning_rates[0]))),
        "gradient": rounded(slope, digits),
    }
    gradient = Partial(symbol(loaded.batch.total if loaded.batch else loaded.network.loss_name), symbol(name))
    tree = stepped(loaded, name).xreplace({gradient: symbol("gradient")})
    return as_latex(tree, numbers.__getitem__)


def _by_number(loaded: Walkthrough, worked: Worked, digits: int) -> Names:
    """Names as numbers: leaves as they were typed, computed ones rounded."""
    start = loaded.start
    return lambda name: short(start[name], digits) if name in start else rounded(worked.values[name], digits)

"""The update rule, and for many samples how their errors and gradients are put together."""

import sympy as sp

from derive.latex.expression import Piece, as_latex, atom
from derive.latex.labels import RATE, by_macro, label
from derive.latex.lines import Equation, align
from derive.latex.names import Notation
from derive.names import symbol
from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch
from derive.written import Partial


def summed(batch: Batch, of: str, width: float = 7.0) -> Piece:
    """The sum or mean over the samples s of what is written `of`, which takes so many em."""
    count = len(batch.rows)
    before = rf"\frac{{1}}{{{count}}} " if batch.over == "mean" else ""
    return atom(rf"{before}\sum_{{s=1}}^{{{count}}} {of}", width)


def over_samples(loaded: Walkthrough, names: Notation, before: str = "") -> list[str]:
    """What the loss over many samples is; nothing for one."""
    if loaded.batch is None:
        return []
    of_one = f"{names.written[loaded.network.loss]}^{{(s)}}"
    whole = by_macro(names)(loaded.batch.total)
    return [
        f"{before}Over all {len(loaded.batch.rows)} samples the error is",
        *align([Equation(whole, (summed(loaded.batch, of_one),), label(loaded, loaded.batch.total))]),
    ]


def aliases(loaded: Walkthrough, names: Notation) -> list[str]:
    """What other names are short for."""
    return [f"Below, ${names.written[a]}$ is short for ${names.written[n]}$." for a, n in loaded.network.aliases]


def update(loaded: Walkthrough, names: Notation) -> list[str]:
    """w⁺ = w - η ∂E/∂w for every parameter."""
    written_as = by_macro(names)
    equations = (
        Equation(after_step(names, name), (as_latex(stepped(loaded, name), written_as),), label(loaded, f"{name}+"))
        for name in loaded.network.parameters
    )
    return [
        r"\nnheading{Update}",
        *_gradient_over_samples(loaded, names),
        rf"With the learning rate ${RATE}$ each parameter takes one step against its gradient:",
        *align(equations),
    ]


def _gradient_over_samples(loaded: Walkthrough, names: Notation) -> list[str]:
    """How the gradients of many samples are put together; nothing for one."""
    if loaded.batch is None:
        return []
    first, written = loaded.network.parameters[0], names.written
    of_one = rf"\nnpartial{{{written[loaded.network.loss]}^{{(s)}}}}{{{written[first]}}}"
    summed_up = summed(loaded.batch, of_one, width=9.0)
    left = as_latex(Partial(symbol(loaded.batch.total), symbol(first)), by_macro(names))
    return [
        "The gradients of all samples are put together as their errors are, for every parameter as for the first,",
        *align([Equation(left, (summed_up,), label(loaded, f"d{loaded.batch.total}/d{first}"))]),
    ]


def stepped(loaded: Walkthrough, name: str) -> sp.Expr:
    """w - η * ∂E/∂w, in this order; ∂E_Total/∂w for many samples."""
    of = loaded.batch.total if loaded.batch else loaded.network.loss_name
    gradient = Partial(symbol(of), symbol(name))
    return sp.Add(symbol(name), sp.Mul(sp.Integer(-1), symbol(RATE), gradient, evaluate=False), evaluate=False)


def after_step(names: Notation, name: str) -> Piece:
    return atom(names.written[name] + "^{+}", names.widths[name] + 0.6)

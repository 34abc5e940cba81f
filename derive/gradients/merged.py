"""The hand forms of the lecture: two links of the chain that are simpler together than apart.

    ∂E/∂o = [-y/out + (1 - y)/(1 - out)] * out * (1 - out) = out - y              sigmoid, binary cross-entropy
    ∂E/∂o1 = -y1 * (1 - out_o1) + y2 * out_o1 = (y1 + y2) * out_o1 - y1           softmax, categorical cross-entropy
           = out_o1 - y1, since y1 + y2 = 1

They are not looked up: wherever what the loss's slope divides by is a factor of the next link, it is cancelled. Nothing
is then divided by an output any more, so that a cell keeps its value where the output saturates.
"""

from collections.abc import Mapping, Sequence

import sympy as sp
from msgspec import Struct

from derive.names import symbol
from derive.ordering import factors_of, in_order, product, terms_of, total


class Merged(Struct, frozen=True):
    """∂loss/∂by over some nodes at once: its value, the steps to it, and the names whose sum is 1, if used."""

    value: sp.Expr
    steps: tuple[sp.Expr, ...]
    since: tuple[str, ...] = ()


def merged(
    ways: Sequence[tuple[sp.Expr, sp.Expr]], ones: Sequence[str], rank: Mapping[str, int]
) -> Merged | None:
    """What the ways add up to, each a slope of the loss by a node and one of that node by the quantity asked for.

    None where nothing cancels. `ones` are names that add up to 1 in every sample.
    """
    if not any(_divides(slope) for slope, _ in ways):
        return None
    apart = [(part, local) for slope, local in ways for part in terms_of(slope)]
    cancelled = [sp.cancel(part * local) for part, local in apart]
    if any(_divides(term) for term in cancelled):
        return None
    terms = [_one_minus(in_order(sp.factor(term), rank)) for term in cancelled]
    whole = sp.expand(sp.Add(*cancelled))
    steps = [total(tuple(terms))]
    collected = _collected(whole, ones, rank)
    if collected is not None:
        steps.append(collected[0])
        return Merged(collected[1], tuple(steps), tuple(ones))
    value = _short(whole, rank)
    return Merged(value, tuple(step for step in steps if step != value))


def _divides(expression: sp.Expr) -> bool:
    return any(power.exp.is_number and power.exp < 0 and power.base.free_symbols for power in expression.atoms(sp.Pow))


def _one_minus(term: sp.Expr) -> sp.Expr:
    """-y * (1 - out) for y * (out - 1), as one writes it."""
    parts, sign = [], 1
    for part in factors_of(term):
        if part.is_Add and len(part.args) == 2 and sp.S.NegativeOne in part.args:
            other = next(one for one in part.args if one != -1)
            part, sign = total((sp.Integer(1), product((sp.Integer(-1), other)))), -sign
        parts.append(part)
    return product((sp.Integer(sign), *parts)) if sign < 0 else product(tuple(parts))


def _collected(whole: sp.Expr, ones: Sequence[str], rank: Mapping[str, int]) -> tuple[sp.Expr, sp.Expr] | None:
    """(y1 + y2) * out - y1, and out - y1 where these add up to 1; None where the sum is not in it."""
    names = [symbol(name) for name in ones]
    for out in sorted(whole.free_symbols - set(names), key=lambda one: rank.get(one.name, 0)):
        factor = sp.expand(whole.coeff(out, 1))
        if len(names) > 1 and factor == sp.Add(*names):
            rest = sp.expand(whole - out * factor)
            bracket = product((total(tuple(names)), out))
            return total((bracket, rest)), in_order(out + rest, rank)
    return None


def _short(whole: sp.Expr, rank: Mapping[str, int]) -> sp.Expr:
    """The shorter of the sum and the product."""
    found = min((whole, sp.factor(whole), *_grouped(whole)), key=lambda one: (sp.count_ops(one), one.is_Add))
    return in_order(found, rank)


def _grouped(whole: sp.Expr) -> list[sp.Expr]:
    return [sp.collect(whole, one) for one in sorted(whole.free_symbols, key=str)]

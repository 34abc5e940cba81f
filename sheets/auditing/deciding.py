"""Asks `decide` about a formula of a cell, sums over samples sample by sample."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import sympy as sp

from derive import rules
from derive.checking.graph.links import edgeless
from derive.equality import Proved, Refuted, Undecided, decide
from sheets.formulas.arithmetic import SampleSum

Verdict = Proved | Refuted | Undecided
CASES = (sp.Piecewise, sp.Max, sp.Min, rules.Relu)
SIGNED = (*CASES, sp.Abs, sp.sign, rules.Step)
"""What tells cases apart, and what is another function on either side of 0."""


@lru_cache(maxsize=8192)
def decided(left: sp.Expr, right: sp.Expr, definitions: tuple[tuple[str, sp.Expr], ...]) -> Verdict:
    """Whether two expressions agree, `definitions` saying what their names hold."""
    if left.has(SampleSum) or right.has(SampleSum):
        return _by_sample(left, right, definitions)
    known = {name: meaning for name, meaning in definitions if not meaning.has(SampleSum)}
    return decide(left, right, definitions=known, noted=False)


def but_for_kinks(
    ask: Callable[[sp.Expr, sp.Expr, Mapping[str, sp.Expr]], Verdict], left: sp.Expr, right: sp.Expr,
    known: Mapping[str, sp.Expr],
) -> Verdict:
    """Whether two slopes agree wherever there is one: not at a kink, as that of ReLU(o)+LN(1+EXP(-ABS(o))) at 0."""
    verdict = ask(left, right, known)
    if not isinstance(verdict, Refuted):
        return verdict
    sides, smooth = (edgeless(left), edgeless(right)), {name: edgeless(value) for name, value in known.items()}
    if (sides, smooth) == ((left, right), known):
        return verdict
    inside = ask(*sides, smooth)
    return verdict if isinstance(inside, Refuted) else inside


def _by_sample(left: sp.Expr, right: sp.Expr, definitions: tuple[tuple[str, sp.Expr], ...]) -> Verdict:
    """Sums over the same samples: equal where what is summed is, different where one sample alone shows it."""
    ours, theirs = _summed(left), _summed(right)
    if ours is None or theirs is None:
        return Undecided("a sum over samples within another function")
    (left_sum, left_rest), (right_sum, right_rest) = ours, theirs
    sums, rest = decided(left_sum, right_sum, definitions), decided(left_rest, right_rest, definitions)
    if isinstance(rest, Proved):
        return sums
    return rest if isinstance(sums, Proved) else Undecided("sums over samples that differ outside the sums")


def _summed(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """What is summed over the samples, factors and all, and what is not; None where that cannot be told apart."""
    if not expression.has(SampleSum):
        return sp.Integer(0), expression
    if isinstance(expression, SampleSum):
        return expression.args[0], sp.Integer(0)
    if expression.is_Add:
        parts = [_summed(term) for term in expression.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return sp.Add(*(summed for summed, _ in known)), sp.Add(*(rest for _, rest in known))
    if expression.is_Mul:
        sums = [factor for factor in expression.args if factor.has(SampleSum)]
        others = [factor for factor in expression.args if not factor.has(SampleSum)]
        inner = _summed(sums[0]) if len(sums) == 1 else None
        return None if inner is None else (sp.Mul(*others, inner[0]), sp.Mul(*others, inner[1]))
    return None

"""Slips of brackets, signs and operations."""

from collections.abc import Iterator
from itertools import pairwise

import sympy as sp

from derive.checking.slips.grounds import Edit, Grounds
from derive.checking.slips.trees import everywhere, product_of, sum_of, with_part


def precedence(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if not node.is_Add or len(node.args) < 2:
            return
        first, *rest = node.args
        factors = first.args if first.is_Mul else (first,)
        below = factors[-1]
        if below.is_Pow and below.exp == -1:
            whole = sp.Add(below.base, *rest, evaluate=False)
            told = f"the brackets below the stroke are missing: 1/({grounds.written(whole)})"
            yield product_of((*factors[:-1], sp.Pow(whole, -1, evaluate=False))), told

    yield from everywhere(side, change)


def missing_brackets(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if not node.is_Add or len(node.args) < 2:
            return
        yield from _brackets_between(node, grounds)
        *before, last = node.args
        factors = last.args if last.is_Mul else (last,)
        for cut in range(2 if factors[0] == -1 else 1, len(factors)):
            inside = sp.Add(*before, product_of(factors[:cut]), evaluate=False)
            behind = product_of(factors[cut:])
            told = f"brackets are missing around the sum before * {grounds.written(behind)}"
            yield sp.Mul(inside, *factors[cut:], evaluate=False), told
        first, *rest = node.args
        factors = first.args if first.is_Mul else (first,)
        for cut in range(1, len(factors)):
            inside = sp.Add(product_of(factors[cut:]), *rest, evaluate=False)
            told = f"brackets are missing around the sum behind {grounds.written(product_of(factors[:cut]))} *"
            yield sp.Mul(*factors[:cut], inside, evaluate=False), told

    yield from everywhere(side, change)


def _brackets_between(node: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """y*1 - y*x with the brackets around its middle: y*(1 - y)*x."""
    for place, (one, two) in enumerate(pairwise(node.args)):
        before, behind = (part.args if part.is_Mul else (part,) for part in (one, two))
        sign = behind[:1] if behind[0] == -1 else ()
        behind = behind[len(sign) :]
        if not behind:
            continue
        first = product_of((*sign, behind[0]))
        inside = sp.Add(before[-1], first, evaluate=False)
        whole = product_of((*before[:-1], inside, *behind[1:]))
        terms = (*node.args[:place], whole, *node.args[place + 2 :])
        yield sum_of(terms), f"brackets are missing around {grounds.written(inside)}"


def product_for_sum(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for cut in range(1 + (node.args[0] == -1), len(node.args)):  # -b is no product of its sign
                left, right = product_of(node.args[:cut]), product_of(node.args[cut:])
                yield sp.Add(left, right, evaluate=False), "a product stands where a sum belongs"

    yield from everywhere(side, change)


def operator(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for cut in range(1, len(node.args)):
                left, right = product_of(node.args[:cut]), product_of(node.args[cut:])
                yield sp.Add(left, sp.Mul(-1, right, evaluate=False), evaluate=False), "* stands where - belongs"
        if node.is_Add:
            for cut in range(1, len(node.args)):
                left, right = sum_of(node.args[:cut]), sum_of(node.args[cut:])
                yield sp.Mul(left, right, evaluate=False), "+ stands where * belongs"
                minus = sp.Mul(-1, right, evaluate=False)
                yield sp.Mul(left, minus, evaluate=False), "- stands where * belongs"
            for place, (one, two) in enumerate(pairwise(node.args)):
                factors = two.args if two.is_Mul else (two,)
                sign = "-" if factors[0] == -1 else "+"
                whole = product_of((one, *(factors[1:] if sign == "-" else factors)))
                terms = (*node.args[:place], whole, *node.args[place + 2 :])
                yield sum_of(terms), f"{sign} stands where * belongs"

    yield from everywhere(side, change)


def sign(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    yield sp.Mul(-1, side, evaluate=False), "the sign is wrong"

    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add:
            for place, term in enumerate(node.args):
                told = f"the sign of {grounds.written(term)} is wrong"
                yield with_part(node, place, sp.Mul(-1, term, evaluate=False)), told
        if isinstance(node, sp.exp):
            yield sp.exp(-node.args[0], evaluate=False), "the sign of the exponent is wrong"

    yield from everywhere(side, change)


def exponent(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Pow and node.exp.is_Integer and node.exp > 0:
            for exponent in (1, 2, 3):
                if node.exp != exponent:
                    told = f"the exponent {node.exp} should be {exponent}"
                    yield sp.Pow(node.base, exponent, evaluate=False), told
            if node.exp == 2 and node.base.is_Add and len(node.base.args) == 2:
                first, last = node.base.args
                alone = last.args[1] if last.is_Mul and last.args[0] == -1 and len(last.args) == 2 else None
                if alone is not None:
                    squared = sp.Mul(-1, sp.Pow(alone, 2, evaluate=False), evaluate=False)
                    told = f"the square belongs to {grounds.written(alone)} alone"
                    yield sp.Add(first, squared, evaluate=False), told
        elif node.is_Add:
            yield sp.Pow(node, 2, evaluate=False), "the square is missing"

    yield from everywhere(side, change)

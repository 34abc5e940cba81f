"""Finds LOG, to base 10, where a cross-entropy takes LN: by its form and by what it is called, or by its own slopes."""

import re
from collections.abc import Iterable, Iterator, Sequence

import sympy as sp

from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.formula import Formula
from sheets.auditing.training.graph import Graph
from sheets.references import Cell

SLIP = "LOG is the logarithm to base 10, where LN belongs"
_BY_TEN = sp.Pow(sp.log(10), -1)
_CALLED = re.compile(r"entropy|log[\s_-]*loss|(?<![a-z])(?:bce|nll)(?![a-z])", re.IGNORECASE)


def takes_ten(formula: Formula) -> bool:
    """Whether a formula takes a logarithm to base 10."""
    return formula.meaning is not None and formula.meaning.plain.has(_BY_TEN)


def judge_entropies(graph: Graph, told: Iterable[Cell] = ()) -> Iterator[Finding]:
    """The cross-entropies of a workbook that take LOG, column by column, those apart that are told already."""
    known = set(told)
    columns: dict[tuple[str, int], list[Cell]] = {}
    for cell, formula in graph.formulas.items():
        if cell not in known and takes_ten(formula) and _is_entropy(formula) and _is_called_so(graph, cell):
            columns.setdefault((cell.sheet, cell.column), []).append(cell)
    return (finding(graph, cells) for cells in columns.values())


def finding(graph: Graph, cells: Sequence[Cell]) -> Finding:
    """What is to be said of cells of a sheet that take LOG for LN."""
    first = cells[0]
    text = graph.text(first)
    follows = dict.fromkeys(user.address for cell in cells for user in graph.users.get(cell, ())
                            if user.sheet == first.sheet and user not in cells)
    mended = re.sub(r"\bLOG(?:10)?\(", "LN(", text, flags=re.IGNORECASE)
    return Finding("forward", labels.quantity(graph, first), ", ".join(cell.address for cell in cells), text, mended,
                   SLIP, "wrong", first.sheet, tuple(follows))


def _is_entropy(formula: Formula) -> bool:
    """Whether a formula is made of logarithms that are weighed with cells, chosen by a condition, or taken off."""
    assert formula.meaning is not None
    return all(map(_weighs, _terms(formula.meaning.plain)))


def _terms(node: sp.Expr) -> Iterator[sp.Expr]:
    if node.is_Add:
        for term in node.args:
            yield from _terms(term)
    elif isinstance(node, sp.Piecewise):
        for value, _ in node.args:
            yield from _terms(value)
    elif node.is_Mul and any(isinstance(f, (sp.Piecewise, sp.Add)) and f.has(sp.log) for f in _factors(node)):
        for factor in _factors(node):
            if isinstance(factor, (sp.Piecewise, sp.Add)) and factor.has(sp.log):
                yield from _terms(factor)
    else:
        yield node


def _weighs(term: sp.Expr) -> bool:
    """t*LOG(p), -LOG(p) or LOG(p), for whatever p and t."""
    factors = list(_factors(term))
    logs = [factor for factor in factors if isinstance(factor, sp.log) and factor.free_symbols]
    return len(logs) == 1 and _BY_TEN in factors


def _factors(term: sp.Expr) -> Iterator[sp.Expr]:
    for factor in term.args if term.is_Mul else (term,):
        yield from _factors(factor) if factor.is_Mul else (factor,)


def _is_called_so(graph: Graph, cell: Cell) -> bool:
    """Whether the cell, those computed from it, or its sheet are called an entropy."""
    users = [cell, *graph.users.get(cell, ())]
    return bool(_CALLED.search(cell.sheet)) or any(_CALLED.search(labels.label(graph, user)) for user in users)

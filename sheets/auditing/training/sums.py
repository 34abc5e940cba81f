"""Slips that stand in every term of a sum over samples: SUMPRODUCT writes one formula for all of them."""

from collections.abc import Iterator, Mapping

import sympy as sp

from sheets.auditing.edits import EDITS
from sheets.auditing.training.fills import areas
from sheets.auditing.training.formula import Formula, Meaning, operand
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.repairs import MOST_NODES, Accused, Called, Repair
from sheets.references import Cell

Row = Mapping[sp.Symbol, sp.Symbol]
"""What stands for the symbols of one sample's term in another's."""


def in_each_term(graph: Graph, accused: Accused, called: Called) -> Iterator[Repair]:
    """One term of a sum over the rows of areas mended by every row of the table, and the others as this one."""
    home, first = next(iter(accused.items()))
    if first.meaning is None or any(formula.meaning != first.meaning for formula in accused.values()):
        return
    whole = first.meaning.plain
    for total in sp.preorder_traversal(whole):
        rows = _rows(graph, home, total) if total.is_Add else ()
        if not rows or sum(1 for _ in sp.preorder_traversal(total.args[0])) > MOST_NODES:
            continue
        term, symbols = total.args[0], enumerate(map(operand, range(len(first.reads))))
        names = {x: called(first.reads[place]) for place, x in symbols if x in term.free_symbols}
        for mended, told in (found for edit in EDITS for found in edit(term, names)):
            terms = (mended.xreplace(row) for row in rows)
            meaning = Meaning(whole.xreplace({total: sp.Add(*terms, evaluate=False)}), first.meaning.places)
            if not meaning.plain.has(sp.zoo, sp.nan):  # one that divides by 0 is none
                yield Repair({cell: Formula(meaning, formula.reads) for cell, formula in accused.items()},
                             f"{told}, for every sample")
        return


def _rows(graph: Graph, home: Cell, total: sp.Expr) -> tuple[Row, ...]:
    """How the first term of a sum becomes each of its terms; none where they are not one formula over rows."""
    row_of = {operand(place + row): (place, row) for place, area in areas(graph, home) for row in range(area.size)}
    found = []
    for term in total.args:
        own = {row_of[x][1] for x in term.free_symbols & row_of.keys()}
        base = {x: row_of[x] for x in total.args[0].free_symbols & row_of.keys()}
        if len(own) != 1:
            return ()
        (row,) = own
        moved = {x: operand(place + row) for x, (place, _) in base.items()}
        if total.args[0].xreplace(moved).doit() != term.doit():
            return ()
        found.append(moved)
    return tuple(found)

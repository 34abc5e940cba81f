"""What takes a weight already updated in this step: a gradient that reads another weight's new value for its old one.

Read as it stands such a gradient would be of the next step. Steps are found as it is meant, and judged as it stands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from sheets.auditing.training.formula import Formula
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.updates import Step, Update, added_to, find_steps, find_updates, twins
from sheets.references import Cell


def find_meant_steps(graph: Graph) -> tuple[Step, ...]:
    """Every step of a workbook, what looks ahead in it taken for what it should read."""
    updates = find_updates(graph)
    meant, after = _mended(graph, (*updates, *twins(graph, updates)))
    return find_steps(meant, updates if meant is graph else find_updates(meant), after)


def _mended(graph: Graph, updates: Sequence[Update]) -> tuple[Graph, Mapping[Cell, frozenset[Update]]]:
    """The graph with the old values wherever a formula looks ahead; and the updates that come after others.

    One update reads the new value that another gives, whose slope rests on what the first starts from. Where a cell is
    computed once from the old and once from the new value, these are two steps, one after the other.
    """
    meant = graph
    after: dict[Cell, frozenset[Update]] = {}
    ends = {update.cell: update for update in updates}
    below: dict[Cell, frozenset[Cell]] = {}
    computed = graph.formulas.keys() | {graph.origin(update.start) for update in updates}
    for cell in graph.in_order(ends):
        update, start = ends[cell], graph.origin(ends[cell].start)
        own = graph.below(added_to(graph, update), stop=frozenset(ends))
        new = {read: ends[read].start for read in own & below.keys() if read != start and start in below[read]}
        readers = dict(_readers(graph, new, own | {cell})) if new else {}
        if any(_is_recomputed(graph, computed, *reader) for reader in readers.items()):
            after[cell] = frozenset(ends[read] for read in new)
        elif readers:
            meant = replace(meant, formulas={**meant.formulas, **readers})
            own = meant.below(added_to(meant, update), stop=frozenset(ends))
        below[cell] = own
    return meant, after


def _readers(graph: Graph, new: Mapping[Cell, Cell], cells: Iterable[Cell]) -> Iterator[tuple[Cell, Formula]]:
    """The cells among some that read new values, or copies of them, with the old ones in their places."""
    for cell in cells:
        formula = graph.formulas.get(cell)
        if formula is not None and formula.meaning is not None and not formula.meaning.copied:
            reads = tuple(new.get(graph.origin(read), read) for read in formula.reads)
            if reads != formula.reads:
                yield cell, Formula(formula.meaning, reads)


def _is_recomputed(graph: Graph, computed: Collection[Cell], cell: Cell, meant: Formula) -> bool:
    """Whether another cell is computed from the old values as this is from the new ones, on any given numbers.

    Those that a training starts from are not given for this.
    """
    wanted = _roots(graph, meant)
    return any(other != cell and graph.formulas[other].meaning == meant.meaning
               and all(one == two or not (one in computed or two in computed)
                       for one, two in zip(_roots(graph, graph.formulas[other]), wanted, strict=True))
               for other in graph.users.get(meant.reads[0], ()))


def _roots(graph: Graph, formula: Formula) -> list[Cell]:
    return [*map(graph.origin, formula.reads)]

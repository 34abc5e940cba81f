"""Finds the updates in a graph of cells: a cell that holds a quantity plus or less something computed from it.

What makes it an update is that the quantity acts on what is added: a step back along a slope is computed from where
it starts. The updates that start from each other's forward pass are one step; steps whose cells hold copies of the same
formulas are repetitions of one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct

from derive.reach import meeting, reached
from sheets.auditing.training.formula import Meaning
from sheets.auditing.training.graph import Graph
from sheets.references import Cell, Pattern


class Update(Struct, frozen=True):
    """A cell with the next value of a quantity: `start` holds its value now, at a place of the formula."""

    cell: Cell
    start: Cell
    place: int


class Step(Struct, frozen=True, dict=True):
    """The updates of one step, and the computed cells between where they start and what they give."""

    updates: tuple[Update, ...]
    starts: frozenset[Cell]
    inside: tuple[Cell, ...]

    @cached_property
    def anchor(self) -> Cell:
        """The first of its updates."""
        return min(update.cell for update in self.updates)


def find_updates(graph: Graph) -> list[Update]:
    """The updates of a workbook."""
    known = {update.cell: update for update in stated(graph)}
    used: dict[bool, set[Pattern]] = {True: set(), False: set()}
    for update in known.values():
        if update.cell in graph.users:
            used[_leads_on(graph, update)].add(graph.pattern(update.cell))
    # a copy of an update is one, whatever its result is for; what nothing reads is one if none of its copies is none,
    # and if it starts from nothing that is computed from where others start: a loss
    others, ends = used[False] - used[True], frozenset(known)
    starts = {graph.origin(update.start) for update in known.values() if graph.pattern(update.cell) in used[True]}
    leading = [update for update in known.values() if graph.pattern(update.cell) not in others and (
        update.cell in graph.users or (start := graph.origin(update.start)) in ends | starts
        or starts.isdisjoint(graph.below((start,), stop=ends)))]
    ends = frozenset(update.cell for update in leading)
    certain = [update for update in leading if _acts(graph, update, ends)]
    meanings = {graph.formulas[update.cell].meaning for update in certain}
    ends = frozenset(update.cell for update in leading  # what only looks like an update ends no step
                     if update in certain or graph.formulas[update.cell].meaning in meanings)
    acting = [update for update in leading if update in certain or _acts(graph, update, ends)]
    states = {update.cell for update in _states(graph, acting)}
    updates = [update for update in acting if update.cell not in states]
    return [*updates, *_astray(graph, [update for update in leading if update not in acting], updates)]


def twins(graph: Graph, updates: Sequence[Update]) -> Iterator[Update]:
    """What has the formula of an update, and acts on itself, whatever its result is for."""
    meanings = {graph.formulas[update.cell].meaning for update in updates}
    ends = frozenset(update.cell for update in updates)
    return (update for update in stated(graph) if update.cell not in ends
            and graph.formulas[update.cell].meaning in meanings and _acts(graph, update, ends))


def find_steps(
    graph: Graph, updates: Sequence[Update], after: Mapping[Cell, frozenset[Update]] = MappingProxyType({})
) -> tuple[Step, ...]:
    """The steps that some updates make, in the order in which they are computed.

    Those that come `after` others of the same time are steps by themselves, without what the old values act on.
    """
    ends = frozenset(update.cell for update in updates)
    # an update's cell is where the next step starts: nothing beyond it is of this step
    below = {update.cell: graph.below(graph.formulas[update.cell].reads, stop=ends) for update in updates}
    starts = frozenset(graph.origin(update.start) for update in updates)
    reached = {update.cell: below[update.cell] & starts for update in updates}
    # what a momentum carries on from earlier steps makes these no part of this one
    acting = {cell: own.difference(*(reached[start] for start in own if start in reached))
              for cell, own in reached.items()}
    found = []
    for earlier in dict.fromkeys(after.get(update.cell, frozenset()) for update in updates):
        old = frozenset(_between(graph, frozenset(graph.origin(update.start) for update in earlier), ends))
        of_time = [update for update in updates if after.get(update.cell, frozenset()) == earlier]
        touched = ({graph.origin(update.start), *acting[update.cell]} for update in of_time)
        for group in meeting(of_time, touched):
            own_starts = frozenset(graph.origin(update.start) for update in group)
            inside = (cell for cell in _between(graph, own_starts, ends) if cell not in old)
            found.append(Step(tuple(group), own_starts, tuple(inside)))
    steps = _in_order(found, graph)
    return _apart(steps if after else _joined(steps, graph, ends))


def _in_order(steps: Sequence[Step], graph: Graph) -> list[Step]:
    """Steps in the order in which they are computed; those that need none of each other by where they stand."""
    sheets = {sheet.name: place for place, sheet in enumerate(graph.book.sheets)}
    depth: dict[Cell, int] = {}
    deep: dict[Step, tuple[int, int, int, int]] = {}
    for step in sorted(steps, key=lambda step: min(graph.rank[u.cell] for u in step.updates)):
        after = 1 + max((depth[start] for start in step.starts if start in depth), default=-1)
        depth |= {update.cell: after for update in step.updates}
        deep[step] = after, sheets[step.anchor.sheet], step.anchor.row, step.anchor.column
    return sorted(steps, key=deep.__getitem__)


def _joined(steps: Sequence[Step], graph: Graph, ends: frozenset[Cell]) -> list[Step]:
    """Steps in order, two as one where what the first acts on beside its updates is of the second: x^2 + y^2."""
    last = {cell: number for number, step in enumerate(steps) for cell in step.inside}
    found: list[Step] = []
    for number, step in reversed([*enumerate(steps)]):
        then, new = found[-1] if found else step, frozenset(update.cell for update in step.updates)
        behind = {graph.formulas[cell].meaning for cell in _behind(graph, step, ends) & graph.formulas.keys()}
        aside = {cell for cell in step.inside if cell not in new and graph.formulas[cell].meaning not in behind
                 and step.starts.isdisjoint(_added(graph, cell))}  # w + m*v is a place, and no loss
        if (then is not step and not aside.isdisjoint(then.inside) and all(last[cell] != number for cell in aside)
                and graph.formulas[step.anchor].meaning == graph.formulas[then.anchor].meaning
                and new.isdisjoint(_behind(graph, then, ends))):
            inside = graph.in_order({*step.inside, *then.inside})
            found[-1] = Step((*step.updates, *then.updates), step.starts | then.starts, tuple(inside))
        else:
            found.append(step)
    return found[::-1]


def _added(graph: Graph, cell: Cell) -> Iterator[Cell]:
    """The cells that a formula adds as they are, by what they copy."""
    formula = graph.formulas[cell]
    return (graph.origin(formula.reads[place]) for place in (formula.meaning.added if formula.meaning else ()))


def _behind(graph: Graph, step: Step, ends: frozenset[Cell]) -> frozenset[Cell]:
    """What the updates of a step are computed from."""
    return graph.below((read for update in step.updates for read in graph.formulas[update.cell].reads), stop=ends)


def _apart(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps in order, a cell that several act on being of the last: what a step leaves for the next is its own."""
    last = {cell: number for number, step in enumerate(steps) for cell in step.inside}
    return tuple(Step(step.updates, step.starts, tuple(cell for cell in step.inside if last[cell] == number))
                 for number, step in enumerate(steps))


def stated(graph: Graph) -> Iterator[Update]:
    """The cells whose formulas have an update's form."""
    for cell in graph.order:
        formula = graph.formulas[cell]
        for place in formula.meaning.added if formula.meaning is not None and not formula.meaning.copied else ():
            start = formula.reads[place]
            if (start in graph.formulas or graph.stored(start) is not None) and len(formula.reads) > 1:
                yield Update(cell, start, place)
                break


def _leads_on(graph: Graph, update: Update) -> bool:
    """Whether what reads a cell takes it as the next value of what it starts from: as that is used, not beside it."""
    own = list(_uses(graph, graph.origin(update.start)))
    users, before = {user for user, _ in own}, {use for _, use in own}
    after = list(_uses(graph, update.cell))
    return not after or any(user not in users and use in before for user, use in after)


def _uses(graph: Graph, cell: Cell) -> Iterator[tuple[Cell, tuple[Meaning | None, int]]]:
    """The cells that read a cell, with the places at which they do; of those that only copy it, their users."""
    for user in graph.users.get(cell, ()):
        formula = graph.formulas[user]
        if formula.meaning is not None and formula.meaning.copied:
            yield from _uses(graph, user)
        else:
            yield from ((user, (formula.meaning, place)) for place, read in enumerate(formula.reads) if read == cell)


def _acts(graph: Graph, update: Update, ends: frozenset[Cell]) -> bool:
    """Whether what is added to a quantity is computed from it."""
    return graph.origin(update.start) in graph.below(added_to(graph, update), stop=ends)


def _states(graph: Graph, updates: Sequence[Update]) -> Iterator[Update]:
    """What only looks like updates: a state that goes on from time to time, the memory of a recurrent network.

    A quantity acts on two of its times, and is stepped after them by what rests on both, and on more: a target, a rate.
    """
    ends = frozenset(update.cell for update in updates)
    below = {update: graph.below(graph.formulas[update.cell].reads, stop=ends) for update in updates}
    stepped: dict[Cell, list[Update]] = {}
    for update in updates:
        stepped.setdefault(graph.origin(update.start), []).append(update)
    found = [one for update, own in below.items() for after in stepped.get(update.cell, ())
             for start in own & below[after] & stepped.keys() for other in stepped[start]
             if after.cell in below[other] and _rests_on_more(graph, below[other], after.cell, ends)
             for one in (update, after)]
    while found:
        yield (last := found.pop())
        found += stepped.pop(last.cell, ())  # what goes on from a state is one, too


def _rests_on_more(graph: Graph, reads: frozenset[Cell], state: Cell, ends: frozenset[Cell]) -> bool:
    """Whether more given cells are among some than a state, and the times of it that are among them, rest on."""
    times = frozenset(cell for cell in reads & ends if graph.formulas[cell].meaning == graph.formulas[state].meaning)
    return not {cell for cell in reads if cell not in graph.formulas} <= graph.below(times, stop=ends - times)


def added_to(graph: Graph, update: Update) -> list[Cell]:
    """The cells of which what is added to a quantity is made."""
    return [read for place, read in enumerate(graph.formulas[update.cell].reads) if place != update.place]


def _astray(graph: Graph, others: Sequence[Update], updates: Sequence[Update]) -> Iterator[Update]:
    """What starts from what updates rest on, or what acts where their starts do, and adds what rests on their starts.

    Either it has the formula of one, and for its slope to explain is that what it adds is not computed from its start;
    or it is a multiplier's, which acts on an update that it rests on and that does not take its next value.
    """
    ends = frozenset(update.cell for update in updates)
    below = {one: graph.below(graph.formulas[one.cell].reads, stop=ends) for one in updates} if others else {}
    rest_on = frozenset[Cell]().union(*below.values())
    starts = frozenset(graph.origin(update.start) for update in updates)
    acted_on = frozenset(_between(graph, starts, ends)) if others else frozenset()
    new = frozenset(update.cell for update in others)
    meanings = {graph.formulas[end].meaning for end in ends}
    read = {graph.formulas[one.cell].meaning for one in others if one.cell in graph.users}
    for update in others:
        start, added = graph.origin(update.start), graph.below(added_to(graph, update), stop=ends)
        acts_with_them = start not in acted_on - new and not acted_on.isdisjoint(graph.users.get(start, ()))
        if (start in rest_on or acts_with_them) and not starts.isdisjoint(added) and (
                graph.formulas[update.cell].meaning in meanings
                or (graph.formulas[update.cell].meaning in read and any(
                    graph.origin(one.start) in added and start in own and update.cell not in own
                    for one, own in below.items()))):
            yield update


def _between(graph: Graph, starts: frozenset[Cell], ends: frozenset[Cell]) -> Iterator[Cell]:
    """The computed cells that some quantities act on, up to the next updates, in order."""
    others = ends - starts
    found = reached(starts, lambda cell: () if cell in others else graph.users.get(cell, ()))
    return iter(graph.in_order(set(found) - starts))

"""What a slip is looked for on, and the values by which most edits are passed over."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import islice

import sympy as sp
from msgspec import Struct

from derive.checking.evaluation import at_a_point, evaluated
from derive.checking.evidence.decisions import Decisions
from derive.checking.exchange import exchanged
from derive.checking.graph import Graph
from derive.equality import Verdict
from derive.errors import DeriveError
from derive.names import symbol
from derive.written import partials_in

Edit = tuple[sp.Expr, str]
"""An edited side, and what the edit says."""
_MOST_PATHS = 16


class Grounds(Struct, frozen=True, dict=True):
    """What a slip is looked for on: the document's graph, how equality is decided, how an expression is told.

    `names` are those that a slip may put in place of another: of the definitions that bear on the claim, and all below.
    """

    graph: Graph
    names: frozenset[str]
    decide: Callable[[sp.Expr, sp.Expr], Verdict]
    written: Callable[[sp.Expr], str]

    @cached_property
    def definitions(self) -> Mapping[str, sp.Expr]:
        """The definitions that can be worked out, each after those that it uses."""
        found: dict[str, sp.Expr] = {}
        for name in sorted(self.names):
            with suppress(DeriveError):
                found |= self.graph.closure((symbol(name),))
        return found

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The names that are not defined."""
        used = {s.name for body in self.definitions.values() for s in body.free_symbols} | self.names
        return tuple(sorted(used - self.definitions.keys()))

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """How many activations stand between a name and the end that rests on it, itself counted: 1 for out_o1, o1;
        2 for h1.
        """
        found: dict[str, int] = {}
        for name, body in reversed(list(self.definitions.items())):
            its = found.setdefault(name, 0) + (len(body.free_symbols) == 1)
            found[name] = its
            for s in body.free_symbols:
                found[s.name] = max(found.get(s.name, 0), its)
        return found

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives worked out."""
        return self.graph.worked(expression)

    def paths(self, of: str, by: str) -> Iterator[tuple[tuple[str, ...], sp.Expr]]:
        """The first paths from one name down to another, each with its product of slopes."""

        def walk(name: str, way: tuple[str, ...], product: sp.Expr) -> Iterator[tuple[tuple[str, ...], sp.Expr]]:
            if name == by:
                yield way, product
                return
            body = self.definitions.get(name)
            if body is not None and self.graph.rests_on(name, by):
                for s in sorted(body.free_symbols, key=lambda s: str(s.name)):
                    yield from walk(s.name, (*way, s.name), product * body.doit().diff(s))

        yield from islice(walk(of, (of,), sp.Integer(1)), _MOST_PATHS)

    @cached_property
    def scale(self) -> "Scale":
        """The values at one point, by which most edits are passed over."""
        return Scale(self)


def grounds_of(
    graph: Graph, names: frozenset[str], written: Callable[[sp.Expr], str], decisions: Decisions | None = None
) -> Grounds:
    """What the table of slips works on: the graph of a document, and further names that stand in it."""
    used = set(graph.names | names)
    for name in graph.names:
        used |= graph.parents(name)
    kept = decisions or Decisions()

    def decide(left: sp.Expr, right: sp.Expr) -> Verdict:
        return kept.decided(graph.worked(left), graph.worked(right), graph)

    return Grounds(graph, frozenset(used), decide, written)


class Scale:
    """Floating-point values of expressions at one point of the graph, to pass over edits that cannot be right."""

    def __init__(self, grounds: Grounds) -> None:
        self._graph = grounds.graph
        self._slopes: dict[sp.Basic, float] = {}
        self._values = at_a_point(grounds.definitions, grounds.leaves)

    def value(self, expression: sp.Expr) -> float | None:
        """The value, None where it cannot be told quickly."""
        try:
            table: dict[sp.Basic, sp.Expr] = {}
            for partial in partials_in(expression):
                if partial not in self._slopes:
                    found = evaluated(self._graph.worked(partial), self._values)
                    self._slopes[partial] = math.nan if found is None else found
                table[partial] = sp.Float(self._slopes[partial], 17)
            return evaluated(exchanged(expression, table), self._values)
        except (DeriveError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
            return None

"""What every name of a document means under some hypotheses, and the network that follows at each of its lines."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Equation, Stated
from derive.checking.graph import CircleError, Function, Graph
from derive.checking.interpretations import unknowns
from derive.checking.interpretations.definitions import Definition, Definitions, definitions
from derive.checking.interpretations.departures import Departures, Hypothesis, departures
from derive.checking.interpretations.families import families
from derive.checking.interpretations.naming import Naming
from derive.errors import DeriveError
from derive.formulas.claims import CASES
from derive.names import symbol
from derive.written import partials_in

_NEXT = "⁺"
_NEAR = 6
"""So many statements behind it a case still holds."""


class Network(Struct, frozen=True):
    """The graph that holds on some lines, and the claims that tell it the derivatives of what nothing defines."""

    graph: Graph
    tellers: frozenset[int]


def _solves(one: Definition, of: Definition, by: str) -> bool:
    """Whether a definition solves for one variable of what is differentiated by another: b = (10 - 6 a)/3 behind
    ∂S/∂b with S in a and b.
    """
    return by in one.below | {one.name} and bool(one.below & of.below)


def _is_circular(graph: Graph) -> bool:
    """Whether a name rests on itself."""
    try:
        graph.closure([symbol(name) for name in graph.names])
    except DeriveError as error:
        return isinstance(error, CircleError)
    return False


class Interpretation:
    """The meaning of a document's names; it exists only if its network can be made, as `possible` tells.

    Made once from the claims and the adopted hypotheses, and not changed after; what follows is worked out when it is
    asked for.
    """

    def __init__(self, claims: Sequence[Stated], adopted: frozenset[Hypothesis]) -> None:
        self.claims = claims
        self.adopted = adopted
        self.departures: Departures = departures(adopted)
        self.naming = Naming(claims, self.departures)
        self.put = self.naming.put
        defined: Definitions = definitions(self.naming)
        self.families = families(self.naming, defined.versions)
        self.versions = MappingProxyType({**defined.versions, **self.families.instances})
        self.definers = defined.definers
        self.at_once, self.solutions, self.roots = defined.at_once, defined.solutions, defined.roots
        self.opaque = unknowns.opaque(self.naming, self.versions)
        self._laws = unknowns.slopes_of_laws(self.naming, self.versions, self.opaque)
        again = {d.statement for found in self.versions.values() for d in found[1:]}
        again |= {self.claims[law.claim].claim.statement for found in self._laws.values() for law in found[1:]}
        again |= {one.claim.statement for last, one in pairwise(claims) if last.problem != one.problem}
        self._boundaries = sorted(again | set(self._later.values()))
        self._networks: dict[tuple[int, bool], Network] = {}
        self._circular: dict[int, bool] = {}

    def equations(self, number: int) -> tuple[Equation, ...]:
        """The equations of a claim in the interpretation's names; the chosen reading alone where one was chosen."""
        return self.naming.equations[number]

    @cached_property
    def unread(self) -> frozenset[str]:
        """The names whose definition nobody could read."""
        return unknowns.unread(self.naming, self.versions)

    @cached_property
    def _told(self) -> Mapping[tuple[str, str], Mapping[int, unknowns.Slope]]:
        told = unknowns.slopes_of_quantities(self.naming, self.opaque)
        return {ends: slopes for ends, slopes in told.items() if ends not in self._laws}

    @cached_property
    def nexts(self) -> Mapping[str, tuple[tuple[int, sp.Expr], ...]]:
        """What the claims that begin a chain say that the next value of a name is, by the name: w⁺ = w - η g."""
        found: dict[str, list[tuple[int, sp.Expr]]] = {}
        for one in self.claims:
            for left, right in (e.sides for e in one.plainest if one.begins):
                if left.is_Symbol and left.name.endswith(_NEXT) and right.free_symbols:
                    found.setdefault(left.name.removesuffix(_NEXT), []).append((one.number, right))
        return {name: tuple(rules) for name, rules in found.items()}

    @property
    def moving(self) -> frozenset[str]:
        """The names of which a law tells one rate by the others."""
        told = (law.expression for found in self._laws.values() for law in found)
        return frozenset(partial.of.name for expression in told for partial in partials_in(expression))

    @property
    def laws(self) -> frozenset[int]:
        """The claims that are laws by which derivatives are known, x^2 + y^2 = 25."""
        return frozenset(law.claim for found in self._laws.values() for law in found)

    @cached_property
    def _later(self) -> Mapping[str, int]:
        """The names that are variables before what defines them, each with the statement from which on they are
        defined: those that are solved for, and the first under the heading of their definition where something is
        differentiated by them under an earlier one.
        """
        by: dict[str, int] = {}
        starts: dict[int, int] = {}
        first = {name: found[0] for name, found in self.versions.items() if found[0].claim >= 0}
        for one in self.claims:
            starts.setdefault(one.claim.section, one.claim.statement)
            for partial in (partial for equation in self.equations(one.number)[:1] for partial in equation.partials):
                by.setdefault(partial.by.name, one.claim.section)
        sections = {name: self.claims[one.claim].claim.section for name, one in first.items()}
        later = {name: starts[section] for name, section in sections.items() if by.get(name, section) < section}
        return {**{name: at for name, at in self.solved.items() if name not in self.departures.behind}, **later}

    @cached_property
    def solved(self) -> Mapping[str, int]:
        """The names that a definition solves for, each with the statement behind the last derivative before it of what
        they stand in.
        """
        found: dict[str, int] = {}
        first = {name: versions[0] for name, versions in self.versions.items() if versions[0].claim >= 0}
        for one in self.claims:
            statement = one.claim.statement
            for partial in (partial for equation in self.equations(one.number)[:1] for partial in equation.partials):
                of = first.get(partial.of.name) if partial.of.is_Symbol else None
                if of is None or of.statement > statement:
                    continue
                for name in of.below & first.keys():
                    if statement < first[name].statement and _solves(first[name], of, partial.by.name):
                        found[name] = statement + 1
        return found

    def graph(self, number: int) -> Graph:
        """The graph that holds at a claim: each name by its last definition up to there, else by its first."""
        return self._at(number).graph

    def before(self, statement: int) -> Graph:
        """The graph that held until a statement."""
        earlier = [one.number for one in self.claims if one.claim.statement < statement]
        return self.graph(earlier[-1] if earlier else 0)

    @property
    def last(self) -> Graph:
        """The graph that holds at the end of the document."""
        return self.graph(len(self.claims) - 1)

    def tells_slope(self, number: int) -> bool:
        """Whether a claim tells the derivative of what nothing else is said of: it defines it."""
        return number in self._at(number).tellers

    @property
    def possible(self) -> bool:
        """Whether no name rests on itself."""
        first = {self._epoch(one.number): one.number for one in self.claims}
        return not any(map(self.is_circular, first.values()))

    def _epoch(self, number: int) -> int:
        """The statement from which on the definitions hold that hold at a claim; 0 where these are the first ones."""
        return max((b for b in self._boundaries if b <= self.claims[number].claim.statement), default=0)

    def is_circular(self, number: int) -> bool:
        """Whether a name would rest on itself by all that defines one at a claim or further on."""
        epoch = self._epoch(number)
        if epoch not in self._circular:
            self._circular[epoch] = _is_circular(self._network(epoch).graph)
        return self._circular[epoch]

    def _at(self, number: int) -> Network:
        """The network at a claim; without what is defined last where a name would rest on itself by it."""
        if not self.is_circular(number):
            return self._network(self._epoch(number))
        return self._network(self.claims[number].claim.statement, is_final=True)

    def _network(self, epoch: int, is_final: bool = False) -> Network:
        if (epoch, is_final) not in self._networks:
            made = self._made(epoch, is_final)
            self._networks[epoch, is_final] = self._uncircled(made) if is_final else made
        return self._networks[epoch, is_final]

    def _uncircled(self, network: Network) -> Network:
        """A network without the names that were defined last, so many that none rests on itself."""
        for name in sorted(network.graph.names, key=lambda name: -self.versions[name][-1].statement):
            if not _is_circular(network.graph):
                break
            network = replace(network, graph=network.graph.holding(name))
        return network

    def _problem(self, definition: Definition) -> int:
        """The problem of a sheet in which a definition stands."""
        return self.claims[definition.claim].problem if definition.claim >= 0 else 0

    def _made(self, epoch: int, is_final: bool) -> Network:
        bodies: dict[str, sp.Expr] = {}
        functions: dict[str, tuple[Function, ...]] = {}
        problem = next((one.problem for one in self.claims if one.claim.statement >= epoch), 0)
        for name, found in self.versions.items():
            before: Sequence[Definition] = [d for d in found if d.statement <= epoch]
            problems = {self._problem(d) for d in before}
            own = next((p for p in (problem, 0) if p in problems), max(problems, default=0) if problem else 0)
            valid: Sequence[Definition] = [d for d in before if self._problem(d) == own]
            valid = valid or ([] if is_final or self._problem(found[0]) > problem else found[:1])
            if not valid or valid[-1].is_value or self._later.get(name, 0) > epoch:
                continue
            bodies[name] = valid[-1].expression
            heads = tuple((d.variables, d.expression) for d in valid if d.variables is not None)
            if heads:  # v = n + 1 behind v(n) = sqrt(2n + 1) is v(n) anew
                anew = () if valid[-1].variables is not None else ((heads[-1][0], valid[-1].expression),)
                functions[name] = (*heads, *anew)
        told = {ends: (slopes.get(problem) or slopes.get(0) or next(iter(slopes.values()))).expression
                for ends, slopes in self._told.items()}
        for ends, laws in self._laws.items():
            if ends[0] in bodies and any(ends[0] in names for names in self.departures.fresh.values()):
                continue  # the law of another problem, in which it stands for something else
            known = [law for law in laws if self.claims[law.claim].claim.statement <= epoch]
            told[ends] = (known or laws)[-1 if known else 0].expression
        opaque = {name: parents for name, parents in self.opaque.items() if name not in bodies}
        graph = Graph(bodies, functions, opaque, told)
        slopes = unknowns.slopes_of_functions(self.naming, self.versions, graph)
        lawful = (law for laws in self._laws.values() for law in laws)
        first = (slope for told_by in self._told.values() for slope in told_by.values())
        tellers = frozenset(slope.claim for slope in (*first, *slopes.values(), *lawful))
        unknown = {name: slope.expression for name, slope in slopes.items()}
        along = unknowns.slopes_along(self.naming, bodies)
        return Network(Graph(bodies, functions, opaque, told, unknown, along), tellers)

    @cached_property
    def totals(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        """Sums of names that nothing defines, each with the number that the document says it is, y1 + y2 = 1, or a
        walkthrough that lends.
        """
        lent = [(sp.Add(*map(symbol, ones)), sp.S.One) for ones in self.departures.ones]
        said = [
            e.sides for number in range(len(self.claims)) for e in self.equations(number)[:1] if e.right.is_Rational
        ]
        return tuple(
            (left, right)
            for left, right in (*said, *lent)
            if left.is_Add and all(term.is_Symbol and term.name not in self.versions for term in left.args)
        )

    def cases(self, number: int) -> Mapping[str, sp.Rational]:
        """The values that hold at a claim because the words before them make a case: since y = 1."""
        statement = self.claims[number].claim.statement
        near = (one for one in self.claims if statement - _NEAR <= one.claim.statement <= statement)
        said = (e for one in near if one.claim.before in CASES for e in one.plainest)
        return {e.left.name: e.right for e in said if e.left.is_Symbol and e.right.is_Rational}

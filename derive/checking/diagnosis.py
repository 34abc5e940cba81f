"""What is said of each claim in the end: the verdict, the slip, what belongs there, and two numbers to retype."""

from collections.abc import Iterator, Mapping

import sympy as sp
from msgspec.structs import replace

from derive.chain import adjoints
from derive.checking.evidence import Evidence, Memo, decided
from derive.checking.graph import Graph
from derive.checking.report import Checked
from derive.checking.search import Explained
from derive.claim import Called, Partial
from derive.documents.traced import Lines
from derive.errors import DeriveError
from derive.formulas.claims import Document
from derive.names import symbol
from derive.network import Network, make_network
from derive.slips import Grounds, find_slip
from derive.text import as_text

_LONGEST = 2_000


def diagnosed(document: Document, source: str, best: Explained, file: str) -> Iterator[Checked]:
    """Every claim with its verdict, in the document's order."""
    lines = Lines.of(source)
    for number, claim in enumerate(document.claims):
        evidence = best.evidence[number]
        place = document.text.place(claim.right.start) if claim.right.text or not claim.left.text else document.text.place(claim.left.end)
        line, column = lines.place(place)
        base = Checked(
            file=file,
            line=line,
            column=column,
            text=" ".join(f"{claim.left.text} {claim.relation} {claim.right.text or claim.words}".split()),
            verdict=evidence.verdict,
            left=" ".join(claim.left.text.split()),
            right=" ".join((claim.right.text or claim.words).split()),
            reason=evidence.reason or None,
        )
        yield _told(base, number, evidence, best, document.vocabulary.spellings)


def _told(base: Checked, number: int, evidence: Evidence, best: Explained, spellings: Mapping[str, str]) -> Checked:
    interpretation = best.interpretation
    writing = Writing(spellings)
    slip = next((h for h in interpretation.adopted if h.kind == "slip" and h.claim == number), None)
    if slip is not None:
        return replace(base, verdict="refuted", slip=f"definition-slip: {slip.told}", correct=writing.text(slip.expression), reason="the lines that rest on it hold with what belongs there")
    if evidence.equation is not None and evidence.equation.assumed and evidence.verdict != "not-understood":
        base = replace(base, reading="; ".join(evidence.equation.assumed))
    if evidence.kind == "indexed" and evidence.verdict == "refuted":
        told = tuple((n, str(v)) for n, v in evidence.witness) if evidence.witness else None
        return replace(base, witness=told, sizes=evidence.sizes or None, slip=evidence.slip or None, correct=evidence.correct or None)
    if evidence.verdict != "refuted" or evidence.equation is None:
        return base
    equation = evidence.equation
    witness = tuple((writing.name(n), str(v)) for n, v in evidence.witness) if evidence.witness else None
    if evidence.kind == "numeric":
        return replace(base, witness=witness, correct=evidence.left_value, slip="numeric: the number does not come out")
    graph = interpretation.graph(number)
    return replace(base, witness=witness, correct=writing.correct(equation.left, graph), slip=writing.slip(equation.left, equation.right, graph, number in interpretation.definers))


class Writing:
    """Expressions in the document's own names, and the slips that are looked for on its graph."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self.spellings = spellings

    def name(self, name: str) -> str:
        """A name as the document first spells it."""
        return self.spellings.get(name, name)

    def text(self, expression: sp.Expr | None) -> str | None:
        """An expression as text; None where it is too long or has no way to be written."""
        if expression is None:
            return None
        try:
            table = {s: sp.Symbol(self.name(s.name), real=True) for s in expression.free_symbols}
            found = as_text(_exchanged(expression, table))
        except TypeError:
            return None
        return found if len(found) <= _LONGEST else None

    def correct(self, left: sp.Expr, graph: Graph) -> str | None:
        """What the left side comes to, where it is a derivative or a name."""
        try:
            if isinstance(left, Partial):
                return self.text(graph.worked(left))
            if left.is_Symbol and left.name in graph.names:
                return self.text(graph.definition(left.name))
        except DeriveError:
            return None
        return None

    def slip(self, left: sp.Expr, right: sp.Expr, graph: Graph, defines: bool) -> str | None:
        """The likeliest mistake, confirmed by a proof; None where no row of the table explains it."""
        if left.has(Called) or right.has(Called):
            return None
        try:
            grounds = grounds_of(graph, (left, right), self)
            return find_slip(left, right, grounds)
        except (DeriveError, KeyError, TypeError, AttributeError, ValueError, RecursionError, ZeroDivisionError):
            return None


def grounds_of(graph: Graph, sides: tuple[sp.Expr, ...], writing: Writing) -> Grounds:
    """What the table of slips works on: the graph as a network."""
    names = [symbol(n) for n in graph.names]
    definitions = graph.closure(names)
    used = {s.name for body in definitions.values() for s in body.free_symbols} | {s.name for side in sides for s in side.free_symbols}
    leaves = sorted(used - definitions.keys())
    ends = [n for n in definitions if not any(symbol(n) in body.free_symbols for body in definitions.values())]
    network = make_network(definitions.items(), inputs=(), targets=(), parameters=leaves, loss=ends[-1]) if definitions else make_network([("·", symbol(leaves[0]))], inputs=(), targets=(), parameters=leaves)
    memo: Memo = {}

    def paths(of: str, by: str) -> Iterator[tuple[tuple[str, ...], sp.Expr]]:
        if of in network.definitions:
            from itertools import islice

            from derive.chain import Derivation

            for path in islice(Derivation(of, by, adjoints(network, of)).paths(), 16):
                yield path.names, path.value

    return Grounds(network, graph.worked, lambda a, b: decided(graph.worked(a), graph.worked(b), graph, memo, frozenset()), definitions, lambda e: writing.text(e) or "…", paths)


def _exchanged(expression: sp.Expr, table: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    if expression in table:
        return table[expression]
    if not expression.args:
        return expression
    made: sp.Expr = expression.func(*(_exchanged(part, table) for part in expression.args), evaluate=False)
    return made


def network_of(graph: Graph) -> Network | None:
    """The document's own network; None where it defines nothing."""
    definitions = graph.closure([symbol(n) for n in graph.names])
    return None if not definitions else make_network(definitions.items(), inputs=(), targets=(), parameters=(), loss="")

"""What is said of each claim in the end: the verdict, the slip, what belongs there, and two numbers to retype."""

import re
from typing import TYPE_CHECKING

import sympy as sp
from msgspec.structs import replace

from derive.chain import derive_by
from derive.checking.consequences import given_lines
from derive.checking.evidence import Evidence, Memo, decided, graph_leaves, loss_of
from derive.checking.graph import Graph
from derive.checking.interpretations import Equation
from derive.checking.quantities import Values, evaluated
from derive.checking.report import Checked, Defined, Numbers, Understood
from derive.checking.search import Explained
from derive.checking.wording import Wording, shown_span, shown_text, start_of, unbraced
from derive.claim import UNTOLD, Called, Partial
from derive.equality import Proved
from derive.errors import DeriveError
from derive.formulas.claims import Claim
from derive.formulas.repairs import UNSAFE
from derive.names import symbol
from derive.network import make_network
from derive.ordering import product
from derive.rules import Sigmoid

if TYPE_CHECKING:
    from derive.checking.slips import Found, Grounds

_DIGITS = range(6, 13)
_COLUMN = re.compile(r"^(?:[^:]*: )?column \d+: ")
_FAULTS = (DeriveError, KeyError, TypeError, AttributeError, ValueError, RecursionError, ArithmeticError)


class Diagnosis:
    """The claims of a document with their verdicts, and how it was understood; made once for an interpretation."""

    def __init__(self, wording: Wording, best: Explained, file: str) -> None:
        self.wording, self.best, self.file = wording, best, file
        self.claims = wording.document.claims
        self.interpretation = best.interpretation
        self.values = Values(self.interpretation)
        self.slips = {h.claim: h for h in self.interpretation.adopted if h.kind == "slip"}
        self.given = given_lines(best.evidence, self.interpretation)
        self._memo: Memo = {}

    def line(self, number: int) -> int:
        """The line of the source in which a claim's right member starts."""
        return self.wording.place(start_of(self.claims[number]))[0]

    def checked(self) -> tuple[Checked, ...]:
        """Every claim with its verdict, in the document's order."""
        return tuple(self._told(number, claim) for number, claim in enumerate(self.claims))

    def _told(self, number: int, claim: Claim) -> Checked:
        evidence = self.best.evidence[number]
        line, column = self.wording.place(start_of(claim))
        cell = self.wording.cell(claim)
        base = Checked(
            file=self.file,
            line=line,
            column=column,
            text=shown_text(claim),
            verdict=evidence.verdict,
            left=unbraced(" ".join(claim.left.text.split())),
            right=unbraced(" ".join((claim.right.text or claim.words).split())),
            reason=self._reason(evidence) or None,
            imprecise=evidence.imprecise,
            cell=cell[0] if cell else None,
            cell_line=cell[1] if cell else None,
            kind=evidence.kind,
        )
        if number in self.slips:
            return self._definition(base, number, claim, evidence)
        if evidence.equation is not None and evidence.equation.assumed and evidence.verdict != "not-understood":
            base = replace(base, reading=self._read_as(claim, evidence.equation))
        if evidence.verdict == "undecided" and evidence.kind == "again":
            return replace(base, either=self._other(number, evidence))
        if evidence.verdict != "refuted":
            return base
        if evidence.given:
            return self._given(base, evidence.given)
        if evidence.kind == "indexed":
            told = tuple((n, str(v)) for n, v in evidence.witness) if evidence.witness else None
            return replace(
                base,
                witness=told,
                sizes=evidence.sizes or None,
                slip=evidence.slip or None,
                correct=evidence.correct or None,
            )
        if evidence.equation is None:
            return base
        if self._ends_agree(number):
            base = replace(base, reason="the ends of the chain agree: what stands between them is wrong")
        if number in self.given:
            return self._given(base, self.given[number])
        if evidence.kind == "numeric":
            return replace(
                base,
                correct=evidence.left_value or None,
                slip=self.wording.respelled(evidence.slip) or f"numeric-wrong: the value is {evidence.left_value}",
                numbers=Numbers(evidence.left_value, evidence.right_value, "document") if evidence.left_value else None,
            )
        return self._refuted(base, number, claim, evidence, evidence.equation)

    def _given(self, base: Checked, claims: tuple[int, ...]) -> Checked:
        """What follows rightly from refuted claims."""
        lines = tuple(dict.fromkeys(map(self.line, claims)))
        named = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
        reason = f"right, given {named}: it follows from what is wrong there"
        return replace(base, verdict="undecided", given=lines, kind="given", reason=reason)

    def _ends_agree(self, number: int) -> bool:
        """Whether a = b and b = c are both wrong, this claim one of them, and a = c is right: b alone is wrong."""
        for one, two in ((number, number + 1), (number - 1, number)):
            pair = [self.best.evidence.get(n) for n in (one, two)]
            if any(e is None or e.verdict != "refuted" or e.kind or e.equation is None for e in pair):
                continue
            if self.claims[one].statement != self.claims[two].statement:
                continue
            first, second = pair[0], pair[1]
            assert (
                first is not None
            )
            assert (
                second is not None
            )
            assert (
                first.equation is not None
            )
            assert (
                second.equation is not None
            )
            graph = self.interpretation.graph(number)
            try:
                ends = graph.worked(first.equation.left), graph.worked(second.equation.right)
                if isinstance(decided(*ends, graph, self._memo, frozenset()), Proved):
                    return True
            except _FAULTS:
                continue
        return False

    def _reason(self, evidence: Evidence) -> str:
        if evidence.verdict == "refuted" and evidence.witness:
            return "the two sides differ"
        reason = _COLUMN.sub("", evidence.reason)
        if evidence.kind == "unread" and reason and " " not in reason:
            return f'"{reason}" cannot be read here'
        return self.wording.respelled(reason)

    def _other(self, number: int, evidence: Evidence) -> int | None:
        """The line of the definition with which a claim cannot both hold."""
        left = evidence.equation.left if evidence.equation is not None else None
        versions = self.interpretation.versions.get(left.name, ()) if left is not None and left.is_Symbol else ()
        return next((self.line(d.claim) for d in versions if d.claim >= 0 and d.claim != number), None)

    # refuted lines

    def _refuted(self, base: Checked, number: int, claim: Claim, evidence: Evidence, equation: Equation) -> Checked:
        graph = self.interpretation.graph(number)
        latex = self.wording.is_latex(claim)
        found: Found | None
        if evidence.kind == "update":
            correct, found = self._update(equation, graph)
            slip = f"{found.kind}: {found.told}" if found is not None else f"update: {base.reason}"
        else:
            found = self._slip(equation, graph, latex)
            correct = self._correct(self._subject(number, equation), graph)
            slip = f"{found.kind}: {found.told}" if found is not None else ""
            first = all(
                d.claim < 0 or d.claim >= number
                for d in self.interpretation.versions.get(getattr(equation.left, "name", ""), ())
            )
            if slip and (
                number in self.interpretation.definers or (equation.left.is_Symbol and claim.step == 0 and first)
            ):
                slip = f"definition-slip: {slip.partition(': ')[2]}"
        witness = tuple((self.wording.name(n), str(v)) for n, v in evidence.witness) if evidence.witness else None
        numbers = self._numbers(number, equation, graph, evidence)
        culprit = None
        if found is not None:
            side = claim.left if found.is_left else claim.right
            culprit = self.wording.span(claim, side, found.way, equation, self.interpretation)
        told = self.wording.text(correct, latex)
        if told is not None and "".join(told.split()) == "".join((base.right or "").split()):
            told = None  # what stands there already is no answer
        return replace(
            base,
            witness=witness,
            slip=slip or None,
            correct=told,
            numbers=numbers,
            culprit=culprit or shown_span(claim, claim.right, claim.right.start, claim.right.end),
        )

    def _definition(self, base: Checked, number: int, claim: Claim, evidence: Evidence) -> Checked:
        """A definition that is a slip: what it was meant to be makes the lines right that rest on it."""
        slip = self.slips[number]
        equation = evidence.equation
        kind, _, words = slip.told.partition(": ")
        culprit = None
        written = next((e.right for e in self.interpretation.equations(number)), None)
        if equation is not None and written is not None and slip.expression is not None:
            from derive.checking.slips.trees import difference

            culprit = self.wording.span(
                claim, claim.right, difference(written, slip.expression), equation, self.interpretation
            )
        return replace(
            base,
            verdict="refuted",
            kind="slip",
            slip=f"definition-slip: {self.wording.respelled(words or kind)}",
            correct=self.wording.text(slip.expression, self.wording.is_latex(claim)),
            reason="the lines that rest on it hold with what belongs there",
            culprit=culprit,
        )

    def _read_as(self, claim: Claim, equation: Equation) -> str:
        """What was assumed to read a line, and the line that it makes where a mistake of the pen was mended."""
        assumed = "; ".join(map(self.wording.respelled, equation.assumed))
        sides = (self.wording.text(side, self.wording.is_latex(claim)) for side in (equation.left, equation.right))
        mended = " = ".join(side for side in sides if side is not None)
        return f"{assumed}: {mended}" if UNSAFE.keys() & set(equation.assumed) and " = " in mended else assumed

    def _subject(self, number: int, equation: Equation) -> sp.Expr:
        """What a claim is about: its left side, or the first member of its chain where that is no name and no
        derivative.
        """
        if equation.left.is_Symbol or isinstance(equation.left, Partial):
            return equation.left
        first = number - self.claims[number].step
        equations = (
            self.interpretation.equations(first)
            if first >= 0 and self.claims[first].statement == self.claims[number].statement
            else ()
        )
        return equations[0].left if equations else equation.left

    def _correct(self, left: sp.Expr, graph: Graph) -> sp.Expr | None:
        """What the left side comes to, where it is a derivative or a name."""
        try:
            if isinstance(left, Partial) and not left.has(Called):
                return folded(by_hand(left, graph) or graph.worked(left), graph)
            if left.is_Symbol and left.name in graph.names:
                return graph.definition(left.name)
        except _FAULTS:
            return None
        return None

    def _slip(self, equation: Equation, graph: Graph, latex: bool) -> "Found | None":
        """The likeliest mistake, confirmed by a proof; None where no row of the table explains it."""
        if equation.left.has(Called) or equation.right.has(Called):
            return None
        from derive.checking.slips import find_slip

        try:
            return find_slip(equation.left, equation.right, self.grounds(graph, latex))
        except _FAULTS:
            return None

    def grounds(self, graph: Graph, latex: bool = False, further: frozenset[str] = frozenset()) -> "Grounds":
        """What slips are looked for on: a graph, and further names that stand in the claim."""
        from derive.checking.slips.grounds import grounds_of

        def told(expression: sp.Expr) -> str:
            """A name as it stands in the text, an expression in the text's notation."""
            if expression.is_Symbol:
                return self.wording.name(expression.name)
            return self.wording.text(expression, latex) or "…"

        return grounds_of(graph, further, told, self._memo)

    def _update(self, equation: Equation, graph: Graph) -> "tuple[sp.Expr | None, Found | None]":
        """What an update should be, and the slip of one whose gradient is written out."""
        from derive.checking.slips import Found, find_slip

        name = symbol(equation.left.name.removesuffix("⁺"))
        right = equation.right
        terms = right.args if right.is_Add else (right,)
        step = sp.Add(*(term for term in terms if term != name), evaluate=False)
        partials = [p for p in right.atoms(Partial) if p.by != UNTOLD]
        loss = (
            partials[0].of
            if len(partials) == 1
            else symbol(found)
            if (found := loss_of(self.interpretation, graph))
            else None
        )
        if loss is None:
            return None, None
        slope = Partial(loss, name)
        below = {s.name for s in right.free_symbols} - graph.names - graph_leaves(graph, (loss,)) - {name.name}
        rates = sorted(below - {s.name for s in graph.worked(slope).free_symbols})
        numbers = [factor for factor in step.args if factor.is_Number] if step.is_Mul else []
        if len(rates) > 1 or not (rates or numbers):
            return None, None
        rate = symbol(rates[0]) if rates else sp.Abs(sp.Mul(*numbers))
        meant = sp.Add(name, sp.Mul(-1, rate, slope, evaluate=False), evaluate=False)
        if partials:
            kind, told = (
                "wrong-index",
                f"{self.wording.name(partials[0].by.name)} stands where {self.wording.name(name.name)} belongs",
            )
            if partials[0].by == name:
                kind, told = "sign", "the step goes up the gradient: the sign is wrong"
            return meant, Found(kind, told, (partials[0],) if kind == "wrong-index" else (right,), False)
        worked = product((sp.Integer(-1), rate, graph.worked(slope)))
        try:
            here = frozenset(s.name for s in right.free_symbols)
            found_slip = find_slip(worked, step, self.grounds(graph, further=here), is_right=True)
        except _FAULTS:
            found_slip = None
        return sp.Add(name, worked, evaluate=False), found_slip

    def _numbers(self, number: int, equation: Equation, graph: Graph, evidence: Evidence) -> Numbers | None:
        """Both sides at the document's own values, else at the point that a proof found."""
        try:
            a, b = graph.worked(equation.left), graph.worked(equation.right)
            wanted = frozenset(s.name for side in (a, b) for s in side.free_symbols)
            for environment, _ in self.values.environments(graph, number, wanted):
                sides = [evaluated(side, environment) for side in (a, b)]
                if sides[0] is not None and sides[1] is not None and (told := _apart(sides[0], sides[1])) is not None:
                    return Numbers(*told, "document")
                break
        except _FAULTS:
            pass
        try:
            told = _apart(_middle(evidence.left_value), _middle(evidence.right_value))
        except ValueError:
            return None
        return Numbers(*told, "point") if told is not None else None

    # what was understood

    def understood(self) -> Understood:
        """The network as read, what was lent, the names read as others, what nothing says."""
        wording, adopted = self.wording, self.interpretation.adopted
        defined = []
        for number in sorted(self.interpretation.definers):
            claim = self.claims[number]
            if number in self.slips or (claim.step > 0 and not claim.program):
                continue
            defined.append(Defined(self.line(number), shown_text(claim)))
        told = {"slope", "anew", "instead", "lent", "reading"}
        lent = tuple(
            self.wording.respelled(h.told)
            for h in sorted(adopted, key=lambda h: h.subject)
            if h.kind == "lent" and h.claim < 0
        )
        notes = tuple(
            dict.fromkeys(
                h.told
                for h in sorted(adopted, key=lambda h: (h.kind, h.claim, h.subject))
                if h.kind in told and not (h.kind == "lent" and h.claim < 0)
            )
        )
        same = tuple(
            (wording.name(n), wording.name(o))
            for n, o in sorted(self.interpretation.same.items())
            if wording.name(n) != wording.name(o)
        )
        graph = self.interpretation.graph(0) if self.claims else None
        opaque = tuple(sorted(wording.name(name) for name in graph.opaque)) if graph is not None else ()
        return Understood(tuple(defined), lent, same, notes, opaque)


def by_hand(partial: Partial, graph: Graph) -> sp.Expr | None:
    """A derivative as people write it, shared factors behind the bracket of the paths they share; None where it is
    no such.
    """
    if not partial.of.is_Symbol or partial.of.name not in graph.names or graph.assumed or graph.functions:
        return None
    definitions = {name: _with_sigmoid(body) for name, body in graph.closure((partial.of,)).items()}
    leaves = sorted({s.name for body in definitions.values() for s in body.free_symbols} - definitions.keys())
    if partial.by.name not in {*leaves, *definitions}:
        return None
    try:
        network = make_network(definitions.items(), inputs=(), targets=(), parameters=leaves, loss=partial.of.name)
        return derive_by(network, partial.of.name, partial.by.name).value
    except _FAULTS:
        return None


def _with_sigmoid(body: sp.Expr) -> sp.Expr:
    """1/(1 + exp(-x)) as σ(x), whose slope people know."""
    power = 1 / body.doit() - 1 if body.has(sp.exp) else None
    return Sigmoid(-power.args[0]) if isinstance(power, sp.exp) else body


def folded(expression: sp.Expr, graph: Graph) -> sp.Expr:
    """An expression with the names of activations for what defines them: out_o1 for σ(o1)."""
    table = {
        body: symbol(name) for name in graph.names if (body := graph.definition(name)) is not None and body.is_Function
    }

    def put(node: sp.Expr) -> sp.Expr:
        if node in table:
            return table[node]
        return node.func(*map(put, node.args), evaluate=False) if node.args and node.atoms(sp.Function) else node

    return put(expression) if table else expression


def _middle(interval: str) -> float:
    """[0.2283648362, 0.2283648363] as one number."""
    numbers = [float(part) for part in interval.strip("[]").split(",") if part.strip()]
    return sum(numbers) / len(numbers) if numbers else float("nan")


def _apart(left: float, right: float) -> tuple[str, str] | None:
    """Two numbers to so many digits that they differ."""
    for digits in _DIGITS:
        told = f"{left:.{digits}g}", f"{right:.{digits}g}"
        if told[0] != told[1] and "nan" not in told:
            return told
    return None

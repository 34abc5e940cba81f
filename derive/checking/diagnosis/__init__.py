"""What is said of each claim in the end: the verdict, the slip, what belongs there, and two numbers to retype."""

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from derive.checking.diagnosis.consequences import given_lines
from derive.checking.diagnosis.corrections import correction
from derive.checking.diagnosis.figures import at_witness, figures
from derive.checking.diagnosis.refutation import FAULTS, Refutation
from derive.checking.equations import Equation
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.interpretations import Interpretation
from derive.checking.places import Places, shown_span, shown_text, unbraced
from derive.checking.report import Checked, Numbers
from derive.checking.slips.trees import difference
from derive.checking.values import Values
from derive.checking.wording import Wording
from derive.equality import Proved
from derive.formulas.claims import Claim
from derive.formulas.repairs import UNSAFE

_COLUMN = re.compile(r"^(?:[^:]*: )?column \d+: ")
_TELLING = ("shapes", "solution", "gradient")
"""The kinds of refutations of which the reason says more than that two sides differ."""


class Diagnosis:
    """The claims of a document with their verdicts; made once for an interpretation and its evidence."""

    def __init__(
        self, wording: Wording, places: Places, interpretation: Interpretation, evidence: Mapping[int, Evidence]
    ) -> None:
        self.wording, self.places, self.interpretation, self.evidence = wording, places, interpretation, evidence
        self.claims = wording.document.claims
        self.values = Values(interpretation)
        self.slips = {h.claim: h for h in interpretation.adopted if h.kind == "slip"}
        self.given = given_lines(evidence, interpretation, self.values)
        self.decisions = Decisions()

    def checked(self) -> tuple[Checked, ...]:
        """Every claim with its verdict, in the document's order."""
        return tuple(map(self._told, range(len(self.claims))))

    def _told(self, number: int) -> Checked:
        claim, evidence = self.claims[number], self.evidence[number]
        base = self._stated(claim, evidence)
        if number in self.slips:
            return self._definition(base, number)
        if evidence.equation is not None and evidence.equation.assumed and evidence.verdict != "not-understood":
            base = replace(base, reading=self._read_as(claim, evidence.equation))
        if evidence.verdict == "undecided" and evidence.kind == "again":
            return self._again(base, self._other(number, evidence))
        if evidence.kind == "either":
            return self._either(base, evidence.given)
        if evidence.verdict != "refuted":
            return base
        if evidence.given:
            return self._given(base, evidence.given)
        if evidence.kind == "indexed" or evidence.kind in _TELLING:
            return _indexed(base, evidence, claim)
        if evidence.equation is None:
            return base
        if self._ends_agree(number):
            base = replace(base, reason="the ends of the chain agree: what stands between them is wrong")
        if number in self.given:
            return self._given(base, self.given[number])
        if evidence.kind == "numeric":
            return self._numeric(base, evidence)
        shared = (self.interpretation, self.wording, self.decisions)
        return self._refuted(base, Refutation(number, evidence.equation, evidence, *shared))

    # what is said of every claim

    def _stated(self, claim: Claim, evidence: Evidence) -> Checked:
        line, column = self.places.place(claim)
        cell = self.places.cell(claim)
        return Checked(
            file=self.places.file,
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
            trees=(self.wording.tree(claim.left), self.wording.tree(claim.right)),
        )

    def _reason(self, evidence: Evidence) -> str:
        if evidence.verdict == "refuted" and evidence.witness and evidence.kind not in _TELLING:
            return "the two sides differ"
        reason = _COLUMN.sub("", evidence.reason)
        if evidence.kind == "unread" and reason and " " not in reason:
            return f'"{reason}" cannot be read here'
        return self.wording.respelled(reason)

    def _read_as(self, claim: Claim, equation: Equation) -> str:
        """What was assumed to read a line, and the line that it makes where a mistake of the pen was mended."""
        assumed = "; ".join(map(self.wording.respelled, equation.assumed))
        sides = (self.wording.text(side, self.wording.is_latex(claim)) for side in equation.sides)
        mended = " = ".join(side for side in sides if side is not None)
        return f"{assumed}: {mended}" if UNSAFE.keys() & set(equation.assumed) and " = " in mended else assumed

    # other lines

    def _again(self, base: Checked, other: Claim | None) -> Checked:
        """A line that cannot hold together with another definition."""
        if other is None:
            return base
        told = f"either this line or {self.places.words(other)} is meant otherwise: they cannot both hold"
        reason = f"{base.reason}; {told}" if base.reason else told
        return replace(base, either=self.places.line(other), reason=reason)

    def _other(self, number: int, evidence: Evidence) -> Claim | None:
        """The definition with which a claim cannot both hold."""
        left = evidence.equation.left if evidence.equation is not None else None
        versions = self.interpretation.versions.get(left.name, ()) if left is not None and left.is_Symbol else ()
        others = (d.claim for d in versions if d.claim >= 0 and d.claim != number)
        return next((self.claims[other] for other in others), None)

    def _either(self, base: Checked, numbers: tuple[int, ...]) -> Checked:
        """A definition and the lines that hold only if it is meant otherwise: nothing tells which are wrong."""
        definition, *others = (self.places.words(self.claims[n]) for n in numbers)
        return replace(base, reason=f"either {definition} is meant otherwise ({base.reason}), or {_listed(others)}")

    def _ends_agree(self, number: int) -> bool:
        """Whether a = b and b = c are both wrong, this claim one of them, and a = c is right: b alone is wrong."""
        return any(self._is_link(one, number) for one in (number, number - 1))

    def _is_link(self, first: int, number: int) -> bool:
        """Whether a claim and the next are wrong, and right without what stands between them."""
        pair = [self.evidence.get(n) for n in (first, first + 1)]
        equations = [e.equation for e in pair if e is not None and e.verdict == "refuted" and not e.kind]
        if len(equations) < 2 or self.claims[first].statement != self.claims[first + 1].statement:
            return False
        begin, end = equations
        if begin is None or end is None:
            return False
        graph = self.interpretation.graph(number)
        try:
            left, right = graph.worked(begin.left), graph.worked(end.right)
            return isinstance(self.decisions.decided(left, right, graph), Proved)
        except FAULTS:
            return False

    def _given(self, base: Checked, numbers: tuple[int, ...]) -> Checked:
        """A line that follows rightly from what is wrong in others."""
        lines = tuple(dict.fromkeys(self.places.line(self.claims[n]) for n in numbers))
        places = (self.places.words(self.claims[n]) for n in numbers)
        reason = f"right, given {_listed(places)}: it follows from what is wrong there"
        return replace(base, verdict="undecided", given=lines, kind="given", reason=reason)

    # refuted lines

    def _numeric(self, base: Checked, evidence: Evidence) -> Checked:
        value = evidence.left_value
        told = f"numeric-wrong: the value is {value}" if value else None
        return replace(
            base,
            correct=value or None,
            slip=self.wording.respelled(evidence.slip) or told,
            numbers=Numbers(value, evidence.right_value, "document") if value else None,
        )

    def _refuted(self, base: Checked, refutation: Refutation) -> Checked:
        """A refuted line with its slip, where that is in it, and what belongs there."""
        claim, found = refutation.claim, correction(refutation)
        witness = tuple((self.wording.name(n), str(v)) for n, v in refutation.evidence.witness or ())
        culprit = None
        if found.slip is not None:
            side = claim.left if found.slip.is_left else claim.right
            culprit = self.places.span(claim, side, found.slip.way, self.interpretation)
        told = self.wording.text(found.meant, refutation.is_latex)
        if told is not None and "".join(told.split()) == "".join((base.right or "").split()):
            told = None  # what stands there already is no answer
        slip = f"{found.slip.kind}: {found.slip.told}" if found.slip is not None else ""
        if refutation.evidence.kind == "update":
            slip = slip or f"update: {base.reason}"
        elif found.slip is not None and refutation.begins_definition:
            slip = f"definition-slip: {found.slip.told}"
        return replace(
            base,
            witness=witness or None,
            slip=slip or None,
            correct=told,
            numbers=figures(refutation, self.values),
            culprit=culprit or shown_span(claim, claim.right, claim.right.start, claim.right.end),
        )

    def _definition(self, base: Checked, number: int) -> Checked:
        """A definition that is a slip: what it was meant to be makes the lines right that rest on it."""
        claim, slip, equation = self.claims[number], self.slips[number], self.evidence[number].equation
        kind, _, words = slip.told.partition(": ")
        written = next((e.right for e in self.interpretation.equations(number)), None)
        culprit = None
        if equation is not None and written is not None and slip.expression is not None:
            way = difference(written, slip.expression)
            culprit = self.places.span(claim, claim.right, way, self.interpretation)
        return replace(
            base,
            verdict="refuted",
            kind="slip",
            slip=f"definition-slip: {self.wording.respelled(words or kind)}",
            correct=self.wording.text(slip.expression, self.wording.is_latex(claim)),
            reason="the lines that rest on it hold with what belongs there",
            culprit=culprit,
        )


def _listed(places: Iterable[str]) -> str:
    """Line 3; lines 3, 4 and 7; cell 1, line 3 and cell 2, line 1."""
    *before, last = dict.fromkeys(places)
    if not before or last.startswith("cell"):
        return " and ".join((*before, last))
    return f"lines {', '.join(one.removeprefix('line ') for one in before)} and {last.removeprefix('line ')}"


def _indexed(base: Checked, evidence: Evidence, claim: Claim) -> Checked:
    """A refuted line of arrays, with the sizes at which it fails, and its slip."""
    span = evidence.span
    return replace(
        base,
        witness=tuple((name, str(value)) for name, value in evidence.witness or ()) or None,
        sizes=evidence.sizes or None,
        numbers=at_witness(evidence),
        slip=evidence.slip or None,
        correct=evidence.correct or None,
        culprit=shown_span(claim, claim.right, *span) if span is not None else None,
    )

"""Lines of which nothing tells which one is meant: a name defined twice, a sign that may be a dash."""

from collections.abc import Mapping

from msgspec.structs import replace

from derive.checking.evidence import Evidence
from derive.checking.interpretations import Interpretation
from derive.formulas.claims import DASH, WRAPPED, Claim


def with_ties(interpretation: Interpretation, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The evidence with such lines undecided."""
    twice = _second_definitions(interpretation, evidence)
    return {**evidence, **twice, **_doubtful_dashes(interpretation, evidence), **_doubtful_ends(evidence)}


def _second_definitions(interpretation: Interpretation, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The second definitions of names of which no later line proves either."""
    found: dict[int, Evidence] = {}
    reason = "defined otherwise before, and no later line tells which of the two is meant"
    for number, one in evidence.items():
        left = one.equation.left if one.equation is not None else None
        begins = interpretation.claims[number].begins
        if one.verdict != "refuted" or one.kind or not begins or left is None or not left.is_Symbol:
            continue
        versions = interpretation.versions.get(left.name, ())
        if not versions or versions[0].claim in (-1, number):
            continue
        here, first = (interpretation.claims[n].claim for n in (number, versions[0].claim))
        is_reused = len(versions) > 1  # anew elsewhere: what holds for one example tells nothing of the others
        later = (e for n, e in evidence.items() if _follows(interpretation.claims[n].claim, here, first))
        if is_reused or not any(e.verdict == "proved" and left.name in e.support for e in later):
            found[number] = Evidence("undecided", reason, one.equation, support=one.support, kind="again")
    return found


def _follows(one: Claim, here: Claim, first: Claim) -> bool:
    """Whether a claim stands behind a second definition, under its heading where the first one has another."""
    return one.statement > here.statement and (here.section == first.section or one.section == here.section)


def _doubtful_dashes(interpretation: Interpretation, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The lines that hold only if the sign before them is the dash of a list, where another line has a minus
    there.
    """
    read = {n: e.equation.assumed for n, e in evidence.items() if e.verdict == "proved" and e.equation is not None}
    dashed = [n for n, assumed in read.items() if DASH in assumed]
    has_minus = any(DASH in e.assumed for n in read.keys() - set(dashed) for e in interpretation.claims[n].equations)
    reason = "the sign before the line is a minus or a dash: as a dash the line holds, as a minus it does not"
    return {n: replace(evidence[n], verdict="undecided", reason=reason, kind="repaired") for n in dashed if has_minus}


def _doubtful_ends(evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The lines that hold only if they go on in the next one, where that is an equation of its own that holds."""
    read = {n: e.equation.assumed for n, e in evidence.items() if e.verdict == "proved" and e.equation is not None}
    ends = [n for n, assumed in read.items() if WRAPPED in assumed and n + 1 in evidence and n - 1 not in read]
    ends += [n for n, assumed in read.items() if WRAPPED in assumed and WRAPPED not in read.get(n - 1, (WRAPPED,))]
    alone = [n for n in ends if WRAPPED not in read.get(n + 1, ()) and WRAPPED not in read.get(n - 1, ())]
    reason = "it holds if it goes on in the next line, and that is an equation of its own"
    return {n: replace(evidence[n], verdict="undecided", reason=reason, kind="repaired") for n in alone}

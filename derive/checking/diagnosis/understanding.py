"""How a document was understood, in its own spelling."""

from collections.abc import Iterable, Iterator, Mapping

from derive.checking.equations import tree_of
from derive.checking.evidence import Evidence
from derive.checking.interpretations import Hypothesis, Interpretation
from derive.checking.places import Places, shown_text
from derive.checking.report import Defined, Understood
from derive.checking.wording import Wording

_TOLD = frozenset(("slope", "error", "anew", "instead", "lent", "power", "differential", "reading", "condition"))
"""The kinds of hypotheses that are told as they are."""


def understood(
    interpretation: Interpretation, evidence: Mapping[int, Evidence], wording: Wording, places: Places
) -> Understood:
    """The definitions as read, what was lent, the names read as others, what nothing says."""
    definers = {number for number, one in evidence.items() if one.verdict == one.kind == "definition"}
    trees = (tree_of(interpretation.claims[number].claim.left) for number in definers)
    defined = {tree.value for tree in trees if tree is not None}
    from_outside, others = _lent_or_told(interpretation.adopted)
    spelled = ((wording.name(n), wording.name(o)) for n, o in sorted(interpretation.departures.same.items()))
    opaque = interpretation.graph(0).opaque if interpretation.claims else ()
    return Understood(
        tuple(_defined(interpretation, definers | interpretation.definers.keys(), places)),
        tuple(wording.respelled(h.told) for h in from_outside),
        tuple((written, read) for written, read in spelled if written != read),
        tuple(dict.fromkeys(h.told for h in others)),
        tuple(sorted(wording.name(name) for name in opaque if name not in defined)),
    )


def _lent_or_told(adopted: Iterable[Hypothesis]) -> tuple[list[Hypothesis], list[Hypothesis]]:
    """What a walkthrough lent, and what else was assumed."""
    told = [h for h in adopted if h.kind in _TOLD]
    is_lent = {h: h.kind == "lent" and h.claim < 0 for h in told}
    lent = sorted((h for h in told if is_lent[h]), key=lambda h: h.subject)
    return lent, sorted((h for h in told if not is_lent[h]), key=lambda h: (h.kind, h.claim, h.subject))


def _defined(interpretation: Interpretation, definers: Iterable[int], places: Places) -> Iterator[Defined]:
    slips = {h.claim for h in interpretation.adopted if h.kind == "slip"}
    for number in sorted(definers):
        one = interpretation.claims[number]
        is_shown = one.begins or one.claim.program
        if is_shown and number not in slips:
            yield Defined(places.line(one.claim), shown_text(one.claim), places.words(one.claim))

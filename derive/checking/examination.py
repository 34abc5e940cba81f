"""A document's equalities examined: claims, what they mean, what speaks for them, what is said of each."""

from derive.checking.arrays import with_arrays
from derive.checking.diagnosis import Diagnosis
from derive.checking.diagnosis.understanding import understood
from derive.checking.equations import stated
from derive.checking.evidence import Evidence
from derive.checking.known import with_known
from derive.checking.lenders import Lender
from derive.checking.places import Places
from derive.checking.report import Checked, Examined, Shown
from derive.checking.search import best_interpretation
from derive.checking.wording import Wording
from derive.documents import Layout
from derive.formulas.claims import read_claims
from derive.formulas.vocabulary import key


def examine(source: str, layout: Layout, lent: tuple[Lender, ...], file: str, *, certify: bool = False) -> Examined:
    """A document's claims with their verdicts, and how it was understood; where asked for, the certificates."""
    document = read_claims(layout)
    claims = stated(document)
    found = best_interpretation(claims, document.vocabulary, lent)
    told = {key(name) for lender in lent if lender.is_asked for name in lender.quantities}
    again = {one.subject for one in found.interpretation.adopted if one.kind == "anew"}
    evidence = with_known(document, with_arrays(document, claims, found.evidence, told, again))
    wording = Wording(document, {key(name): name for lender in lent for name in lender.nodes})
    places = Places(document, source, file)
    diagnosis = Diagnosis(wording, places, found.interpretation, evidence)
    checked = diagnosis.checked()
    certificates = tuple(_shown(one, evidence[n]) for n, one in enumerate(checked)) if certify else ()
    return Examined(file, checked, understood(found.interpretation, evidence, wording, places), certificates)


def _shown(one: Checked, evidence: Evidence) -> Shown | None:
    """What shows the verdict that is told."""
    from derive.checking.certificates import certificate_of

    return certificate_of(evidence) if one.verdict == evidence.verdict else None

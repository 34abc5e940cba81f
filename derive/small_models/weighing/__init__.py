"""The claims of a document about arrays to what is said of each.

`theorem` tells how large the sizes must be, `sizes` which are looked at, `comparison` puts every component to `decide`,
`grounds` whether a difference refutes, `assumptions` how else a claim may be meant, `solutions` what follows from
equations that are to be solved; `gradients` holds names such as dW against what they say, and `judge` takes claim by
claim.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.small_models.weighing.judge import Judge
from derive.small_models.weighing.layouts import TURNED, is_jacobian, mixed
from derive.small_models.weighing.weighed import Weighed
from derive.small_models.worlds import Indexed, indexed_of
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.hypotheses import Hypothesis, hypotheses_of
from derive.small_models.worlds.sides import form_of
from derive.small_models.worlds.stacked import ROWS, with_stacked
from derive.small_models.worlds.words import words_of
from derive.small_models.worlds.world import World

__all__ = ["Weighed", "weigh_indexed"]

_DEFINITION = Weighed("definition", "", kind="definition")
_ENOUGH = 2
"""So many lines must speak against a definition for it to be blamed."""


def weigh_indexed(document: Document, shared: frozenset[str] = frozenset()) -> Mapping[int, Weighed]:
    """What is said of every claim that is about arrays, under the hypothesis that explains most; nothing of others.

    `shared` are the names of which the text may say otherwise elsewhere how large they are.
    """
    plain = indexed_of(document, shared=shared)
    if plain.unfit:  # what is defined is not of the sizes that the text tells, as it is read here
        shared |= words_of(document.text.text).spaces.keys()
        plain = indexed_of(document, shared=shared)
    if not plain.mine:
        return {}
    judge = Judge(plain)
    best = as_written = judge.all()
    is_told = all(one.verdict in ("proved", "definition") and one.kind != "slope" for one in best.values())
    is_program = bool(plain.programs)
    if is_told and not (is_program and plain.misfits):
        return {**best, **_of_two_layouts(plain, best)}
    most = _explained(best, plain.misfits)
    misfit = any(one.reason.startswith("a product of") for one in best.values())
    words = document.text.text
    flat: Mapping[int, Weighed] = {}
    outside: Mapping[int, Weighed] = {}
    stacked = ""
    untold = frozenset(judge.untold)
    stacks = not plain.world.signs.layered and with_stacked(document, ROWS) != document
    refuted = frozenset(number for number, one in best.items() if one.verdict == "refuted")
    proved = frozenset(number for number, one in best.items() if one.verdict == "proved")
    told = plain.claims, plain.world, words, untold, refuted, proved, misfit, is_program, stacks
    for hypothesis in hypotheses_of(*told):
        hypothesis = hypothesis if hypothesis.stacked else replace(hypothesis, stacked=stacked)
        indexed = indexed_of(document, hypothesis, shared)
        if hypothesis.is_layout and _flattens(plain.world, indexed.world):
            continue
        if hypothesis.flat and not indexed.world.shapes:
            continue
        kept = plain.programs if hypothesis.is_layout else frozenset()
        lent = frozenset(range(len(document.claims), len(indexed.claims)))
        found = Judge(indexed).all(but=kept | lent)  # a program says itself what is a row and what goes entry by entry
        found |= {number: one for number, one in as_written.items() if number in kept}
        if hypothesis.outside:
            outside = found
            continue
        is_judged = hypothesis.layered or hypothesis.blamed
        found.update(dict.fromkeys(() if is_judged else hypothesis.dropped, _DEFINITION))
        explained = _explained(found, indexed.misfits)
        is_idle = explained[0] == most[0] and (hypothesis.again or explained[2] < most[2])  # nothing proved
        is_alone = hypothesis.blamed and explained[0] < most[0] + _ENOUGH
        is_unfit = (hypothesis.flat and indexed.misfits) or (hypothesis.small and indexed.misfits > plain.misfits)
        if explained > most and not (is_idle or is_alone or is_unfit):
            best, most, stacked = _told(found, hypothesis), explained, hypothesis.stacked
        if hypothesis.flat:
            flat = found
    wrong = {n for n, one in best.items() if one.verdict == "refuted"}
    open_ranges = {n for n, one in outside.items() if one.verdict == "proved"} & wrong
    best = {**best, **dict.fromkeys(open_ranges, _OF_RANGE)}
    best = {number: _in_either(one, as_written.get(number), flat.get(number)) for number, one in best.items()}
    return {**best, **_of_two_layouts(plain, best)}


_OF_RANGE = Weighed(
    "undecided", "whether the index that no sum has is one of those that sums run over is not said; it holds where not"
)


def _of_two_layouts(indexed: Indexed, found: Mapping[int, Weighed]) -> dict[int, Weighed]:
    """The derivatives that a document lays out in two ways, ∂z/∂x = W and ∂z/∂x = W^T: no layout has both."""
    proved = {number: indexed.claims[number][0] for number, one in found.items() if one.verdict == "proved"}
    jacobians = {
        number: (form_of(sides.left), TURNED in found[number].reason)
        for number, sides in proved.items()
        if is_jacobian(indexed.world, sides)
    }
    told = {number: f"{one.left.text} = {one.right.text}" for number, one in enumerate(indexed.document.claims)}
    return {
        number: Weighed("undecided", f"it is the transpose of {told[other]}: one layout of derivatives has not both")
        for number, other in mixed(jacobians).items()
    }


def _in_either(one: Weighed, written: Weighed | None, flat: Weighed | None) -> Weighed:
    """What is said of a claim of a program that may have matrices or arrays of one dimension: wrong only in both."""
    if one.verdict != "refuted" or flat is None:
        return one
    if flat.verdict != "refuted":
        return Weighed("undecided", f"{one.reason}, unless its arrays have one dimension", kind="gradient")
    if written is not None and written.verdict == "proved":
        return Weighed("undecided", f"{one.reason}, unless it is one of matrices", kind="gradient")
    return one


def _flattens(plain: World, other: World) -> bool:
    """Whether a matrix that nothing defines is a row, a column or a number under a layout: W a of two rows."""
    matrices = (base for base, dims in plain.shapes.items() if ONE not in dims and base not in plain.rules)
    return any(ONE in other.shapes.get(base, (ONE,)) for base in matrices)


def _explained(found: Mapping[int, Weighed], misfits: int) -> tuple[int, int, int]:
    """How much a hypothesis explains: most claims proved, then fewest refuted, then fewest shapes that do not fit."""
    verdicts = [one.verdict for one in found.values() if not one.given]
    return verdicts.count("proved"), -verdicts.count("refuted"), -misfits


def _told(found: dict[int, Weighed], hypothesis: Hypothesis) -> dict[int, Weighed]:
    """With what was assumed said of each claim that is proved by it."""
    if not hypothesis.told:
        return found
    return {
        number: replace(one, reason=f"{hypothesis.told}; {one.reason}") if one.verdict == "proved" else one
        for number, one in found.items()
    }

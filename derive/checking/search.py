"""The interpretations that explain most of a document: hypotheses are tried one after the other, what helps is kept."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Stated
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.evidence.weighing import evidence_of
from derive.checking.hypotheses import PROPOSERS, Ground, Proposer, own_loss
from derive.checking.interpretations import Hypothesis, Interpretation
from derive.checking.lenders import Lender
from derive.checking.siblings import with_misgivings
from derive.checking.ties import with_ties
from derive.formulas.vocabulary import Vocabulary
from derive.reach import reached

_MOST_TRIALS = 150
_FEWEST_TRIALS = 25
_MOST_WEIGHED = 15_000
"""So many claims are weighed in all trials together: of a log of measurements no trial explains much."""
_MOST_ROUNDS = 4
_CONVINCING = 2
"""A slip in a definition must make so many lines right: one line that rests on it may itself be the slip."""


class Explained(Struct, frozen=True, dict=True):
    """An interpretation and the evidence of every claim under it."""

    interpretation: Interpretation
    evidence: Mapping[int, Evidence]

    @cached_property
    def score(self) -> tuple[int, int, int]:
        """Claims proved or told term by term, then claims contradicted, then departures from what is written; more is
        better.
        """
        found = self.evidence.values()
        departures = sum(h.rank for h in self.interpretation.adopted)
        return sum(e.is_explained for e in found), -sum(e.is_contradicted for e in found), -departures


def best_interpretation(
    claims: Sequence[Stated], vocabulary: Vocabulary, lenders: tuple[Lender, ...]
) -> Explained:
    """The interpretation that proves most of the claims, contradicts fewest, departs least from what is written."""
    search = _Search(claims, Decisions())
    best = search.explained(frozenset())
    if not claims:
        return best

    def ground() -> Ground:
        return Ground(best.interpretation, best.evidence, vocabulary, lenders)

    asked = frozenset(own_loss(ground()))
    best = search.explained(asked) if asked else best
    asked |= frozenset(h for h in PROPOSERS["slope"].propose(ground()) if h.rank == 0)
    best = search.explained(asked) if asked > best.interpretation.adopted else best
    if any(lender.is_asked for lender in lenders):
        asked |= frozenset(PROPOSERS["lent"].propose(ground()))
        lending = search.explained(asked) if asked else best
        best = lending if lending.interpretation.possible and lending.score[0] >= best.score[0] else best
    for _ in range(_MOST_ROUNDS):
        before = best
        for proposer in PROPOSERS.values():
            if search.is_open(best) or proposer.defining:
                best = search.tried(best, proposer, list(proposer.propose(ground())))
        best = search.leaner(best, asked)
        if best is before:
            break
    best, doubted = search.undone(best)
    torn = search.torn(best, PROPOSERS["anew"].propose(ground()))
    tied = {**with_ties(best.interpretation, torn), **doubted}
    return Explained(best.interpretation, with_misgivings(replace(ground(), evidence=tied)))


class _Search:
    """Trials within a bound; the same question is decided once."""

    def __init__(self, claims: Sequence[Stated], decisions: Decisions) -> None:
        self.claims, self.decisions = claims, decisions
        self.trials = 0
        self.most_trials = max(_FEWEST_TRIALS, min(_MOST_TRIALS, _MOST_WEIGHED // max(1, len(claims))))
        self.below: dict[frozenset[Hypothesis], Mapping[int, frozenset[str]]] = {}

    def explained(self, adopted: frozenset[Hypothesis]) -> Explained:
        """An interpretation with its evidence, outside the bound."""
        interpretation = Interpretation(self.claims, adopted)
        return Explained(interpretation, evidence_of(interpretation, self.decisions))

    def _trial(self, best: Explained, adopted: frozenset[Hypothesis], names: frozenset[str]) -> Explained | None:
        """An interpretation in which names mean something else than in another, only what rests on them weighed anew;
        None where it is impossible.
        """
        self.trials += 1
        interpretation = Interpretation(self.claims, adopted)
        if not interpretation.possible:
            return None
        below = self._below(best.interpretation)
        known = {n: one for n, one in best.evidence.items() if not below[n] & names}
        return Explained(interpretation, evidence_of(interpretation, self.decisions, known))

    def _below(self, interpretation: Interpretation) -> Mapping[int, frozenset[str]]:
        """The names on which each claim may rest, in whatever reading: those that a changed meaning can touch."""
        if interpretation.adopted not in self.below:
            uses: dict[str, set[str]] = {}
            names: dict[int, set[str]] = {}
            for one in self.claims:
                equations = (*one.equations, *interpretation.equations(one.number))
                names[one.number] = {*one.names, *(name for equation in equations for name in equation.names)}
                for left, right in (sides for e in equations for sides in (e.sides, e.sides[::-1])):
                    if left.is_Symbol:
                        uses.setdefault(left.name, set()).update(s.name for s in right.free_symbols)
            for name, versions in interpretation.versions.items():
                uses.setdefault(name, set()).update(*(definition.below for definition in versions))
            self.below[interpretation.adopted] = {
                number: frozenset(reached(found, lambda name: uses.get(name, ()))) for number, found in names.items()
            }
        return self.below[interpretation.adopted]

    def tried(self, best: Explained, proposer: Proposer, proposed: Sequence[Hypothesis]) -> Explained:
        """With what helps of what a proposer proposes: all at once first where it is a bundle, then each by itself."""
        found = [h for h in proposed if h not in best.interpretation.adopted]
        if proposer.bundled and len(found) > 1:
            best = self.better(best, found)
        if proposer.rivals:
            return self._best_rival(best, found)
        for hypothesis in found:
            if hypothesis not in best.interpretation.adopted:
                best = self.better(best, [hypothesis])
        return best

    def _best_rival(self, best: Explained, rivals: Sequence[Hypothesis]) -> Explained:
        """With the one of several hypotheses that explains most; open where another line's explains as much."""
        tried = {hypothesis: self.better(best, [hypothesis]) for hypothesis in rivals}
        chosen, found = max(tried.items(), key=lambda pair: pair[1].score, default=(None, best))
        alike = (h for h, e in tried.items() if chosen and h.claim != chosen.claim and e.score == found.score)
        if chosen is None or found is best or chosen.open or not any(alike):
            return found
        adopted = found.interpretation.adopted - {chosen} | {replace(chosen, open=True)}
        return Explained(Interpretation(self.claims, adopted), found.evidence)

    def is_open(self, best: Explained) -> bool:
        """Whether there is anything left that another meaning could explain."""
        return self.trials < self.most_trials and any(
            e.verdict in ("refuted", "undecided") or e.kind == "slope" for e in best.evidence.values()
        )

    def better(self, best: Explained, further: Sequence[Hypothesis]) -> Explained:
        """With further hypotheses, where that explains more; else the same."""
        if self.trials >= self.most_trials:
            return best
        names = frozenset(name for h in further for name in h.names)
        found = self._trial(best, best.interpretation.adopted | frozenset(further), names)
        return found if found is not None and _is_better(found, best, further) else best

    def undone(self, best: Explained) -> tuple[Explained, Mapping[int, Evidence]]:
        """Without the slips of definitions for which nothing speaks but the lines that they make right; and these lines
        and the definition undecided: one or the others are meant otherwise.
        """
        doubted: dict[int, Evidence] = {}
        for slip in sorted((h for h in best.interpretation.adopted if h.open), key=lambda h: h.claim):
            found = self._trial(best, best.interpretation.adopted - {slip}, slip.names)
            if found is None:
                continue
            if any(e.kind == "named" and slip.subject in self.claims[n].names for n, e in best.evidence.items()):
                continue  # another line names it, ∂E/∂y = δ
            verdicts = {n: {one.verdict, found.evidence[n].verdict} for n, one in best.evidence.items()}
            changed = [n for n, pair in verdicts.items() if pair > {"proved"} and "definition" not in pair]
            right = tuple(n for n in changed if best.evidence[n].verdict == "proved")
            if len({best.evidence[n].kind == "numeric" for n in right}) > 1:
                continue  # a formula and a value that was worked out: both by what is meant
            for n in (slip.claim, *changed) if right else ():
                equation = found.evidence[n].equation
                told = slip.told.partition(": ")[2]
                doubted[n] = Evidence("undecided", told, equation, kind="either", given=(slip.claim, *right))
            best = found
        return best, doubted

    def torn(self, best: Explained, anew: Iterable[Hypothesis]) -> Mapping[int, Evidence]:
        """The evidence with the lines undecided of which a second definition that explains as much says otherwise: it
        is then open whether it holds for the lines behind it, and which of these are wrong.
        """
        evidence = dict(best.evidence)
        for hypothesis in anew:
            adopted = best.interpretation.adopted
            if hypothesis in adopted or self.trials >= self.most_trials:
                continue
            found = self._trial(best, adopted | {hypothesis}, hypothesis.names)
            if found is None or found.score[:2] < best.score[:2]:
                continue
            if not any(e.verdict == "proved" != best.evidence[n].verdict for n, e in found.evidence.items()):
                continue
            reason = f"it is open whether, as one line has it, {hypothesis.told}: as many lines hold either way"
            for number, one in best.evidence.items():
                verdicts = (one.verdict, found.evidence[number].verdict)
                if "refuted" in verdicts and verdicts[0] != verdicts[1]:
                    evidence[number] = replace(one, verdict="undecided", reason=reason, kind="again")
        return evidence

    def leaner(self, best: Explained, kept: frozenset[Hypothesis]) -> Explained:
        """Without what turned out not to be needed."""
        for hypothesis in sorted(best.interpretation.adopted, key=lambda h: (-h.rank, h.kind, h.subject)):
            adopted = best.interpretation.adopted
            if len(adopted) < 2 or self.trials >= self.most_trials:
                break
            if hypothesis in kept or _has_kin(hypothesis, adopted):
                continue
            found = self._trial(best, adopted - {hypothesis}, hypothesis.names)
            if found is None:
                continue
            may_hide_slip = hypothesis.kind == "anew" and hypothesis.rank > 0
            is_idle = may_hide_slip and found.score[0] >= best.score[0]
            if found.score > best.score or is_idle:
                best = found
        return best


def _is_better(found: Explained, best: Explained, further: Sequence[Hypothesis]) -> bool:
    """Whether further hypotheses explain more; a slip must convince, and a second definition prove something."""
    (proved, refuted, _), (proved_before, refuted_before, _) = found.score, best.score
    kinds = {h.kind for h in further}
    if "slip" in kinds:
        lost = sum(e.verdict == "proved" != found.evidence[n].verdict for n, e in best.evidence.items())
        convincing = 1 if all(h.rank == 3 for h in further) else _CONVINCING
        if proved < proved_before + convincing or 2 * lost > proved - proved_before + lost:
            return False
    righted = (found.evidence[n].verdict == "proved" for n, e in best.evidence.items() if e.is_contradicted)
    if kinds == {"error"} and not any(righted):
        return False
    if kinds & {"anew", "instead"} and proved <= proved_before and any(h.rank for h in further):
        return False
    if kinds <= {"same", "fresh"} and all(h.rank == 0 for h in further):
        return (proved, refuted) >= (proved_before, refuted_before)
    return (proved, refuted) > (proved_before, refuted_before)


def _has_kin(hypothesis: Hypothesis, adopted: Iterable[Hypothesis]) -> bool:
    """Whether a name is read as others of its notation are: dL_dw9 is a derivative where dL_dw1 is.

    Only of names that tell both ends; dx beside dw may be a step, or a part of a sum that other lines add to.
    """
    return bool(hypothesis.kind == "slope" and hypothesis.other) and any(
        one.kind == "slope" and one.other == hypothesis.other and one != hypothesis for one in adopted
    )

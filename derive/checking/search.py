"""The interpretations that explain most of a document: hypotheses are tried one after the other, what helps is kept."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.checking.evidence import Evidence, Memo, evidence_of
from derive.checking.hypotheses import PROPOSERS, Ground, Lender, own_loss
from derive.checking.interpretations import Hypothesis, Interpretation, Stated
from derive.formulas.claims import DASH
from derive.formulas.vocabulary import Vocabulary

_MOST_TRIALS = 150
_MOST_ROUNDS = 4
_CONVINCING = 2
"""A slip in a definition must make so many lines right: one line that rests on it may itself be the slip."""


class Explained(Struct, frozen=True):
    """An interpretation and the evidence of every claim under it."""

    interpretation: Interpretation
    evidence: Mapping[int, Evidence]

    @property
    def score(self) -> tuple[int, int, int]:
        """Claims proved, then claims contradicted, then departures from what is written; more is better."""
        verdicts = [e.verdict for e in self.evidence.values()]
        departures = sum(h.rank for h in self.interpretation.adopted)
        return verdicts.count("proved"), -verdicts.count("refuted"), -departures


def best_interpretation(
    claims: Sequence[Stated], vocabulary: Vocabulary, lent: tuple[Lender, ...], positive: frozenset[str]
) -> Explained:
    """The interpretation that proves most of the claims, contradicts fewest, departs least from what is written."""
    memo: Memo = {}
    search = _Search(claims, memo, positive)
    best = search.explained(frozenset())
    if not claims:
        return best
    asked = frozenset(own_loss(Ground(claims, vocabulary, best.interpretation, best.evidence, lent)))
    best = search.explained(asked) if asked else best
    if any(lender.is_asked for lender in lent):
        loans = PROPOSERS["lent"].propose(Ground(claims, vocabulary, best.interpretation, best.evidence, lent))
        asked |= frozenset(loans)
        lending = search.explained(asked) if asked else best
        best = lending if lending.interpretation.possible and lending.score[0] >= best.score[0] else best
    for _ in range(_MOST_ROUNDS):
        before = best
        for proposer in PROPOSERS.values():
            if not (search.is_open(best) or proposer.defining):
                continue
            ground = Ground(claims, vocabulary, best.interpretation, best.evidence, lent)
            found = [h for h in proposer.propose(ground) if h not in best.interpretation.adopted]
            if proposer.bundled and len(found) > 1:
                best = search.better(best, found)
            if proposer.rivals:
                best = max((search.better(best, [h]) for h in found), key=lambda e: e.score, default=best)
                continue
            for hypothesis in found:
                if hypothesis not in best.interpretation.adopted:
                    best = search.better(best, [hypothesis])
        best = search.leaner(best, asked)
        if best is before:
            break
    anew = PROPOSERS["anew"].propose(Ground(claims, vocabulary, best.interpretation, best.evidence, lent))
    return _with_ties(search.torn(best, anew))


def _with_ties(best: Explained) -> Explained:
    """With a second definition undecided where no later line tells which of the two is meant."""
    evidence = dict(best.evidence)
    names = best.interpretation.versions
    for number, found in best.evidence.items():
        claim = best.interpretation.claims[number].claim
        left = found.equation.left if found.equation is not None else None
        if found.verdict != "refuted" or found.kind or claim.step or left is None or not left.is_Symbol:
            continue
        if left.name not in names or names[left.name][0].claim in (-1, number):
            continue
        told = any(
            one.verdict == "proved" and left.name in one.support
            for later, one in best.evidence.items()
            if best.interpretation.claims[later].claim.statement > claim.statement
        )
        if not told:
            reason = "defined otherwise before, and no later line tells which of the two is meant"
            evidence[number] = Evidence("undecided", reason, found.equation, support=found.support, kind="again")
    return Explained(best.interpretation, evidence | _doubtful_dashes(best))


def _doubtful_dashes(best: Explained) -> dict[int, Evidence]:
    """The lines that hold only if the sign before them is the dash of a list, where another line has a minus
    there.
    """
    read = {n: e.equation.assumed for n, e in best.evidence.items() if e.verdict == "proved" and e.equation is not None}
    dashed = [n for n, assumed in read.items() if DASH in assumed]
    minus = [
        n
        for n, assumed in read.items()
        if DASH not in assumed and any(DASH in e.assumed for e in best.interpretation.claims[n].equations)
    ]
    if not minus:
        return {}
    reason = "the sign before the line is a minus or a dash: as a dash the line holds, as a minus it does not"
    return {n: replace(best.evidence[n], verdict="undecided", reason=reason, kind="repaired") for n in dashed}


class _Search:
    """Trials within a bound; the same question is decided once."""

    def __init__(self, claims: Sequence[Stated], memo: Memo, positive: frozenset[str]) -> None:
        self.claims, self.memo, self.positive = claims, memo, positive
        self.trials = 0
        self.below = _below(claims)

    def explained(self, adopted: frozenset[Hypothesis], known: Mapping[int, Evidence] | None = None) -> Explained:
        interpretation = Interpretation(self.claims, adopted)
        return Explained(interpretation, evidence_of(interpretation, self.memo, self.positive, known))

    def is_open(self, best: Explained) -> bool:
        """Whether there is anything left that another meaning could explain."""
        return self.trials < _MOST_TRIALS and any(
            e.verdict in ("refuted", "undecided") or e.kind == "slope" for e in best.evidence.values()
        )

    def better(self, best: Explained, further: Iterable[Hypothesis]) -> Explained:
        """With further hypotheses, where that explains more; else the same."""
        if self.trials >= _MOST_TRIALS:
            return best
        self.trials += 1
        adopted = best.interpretation.adopted | frozenset(further)
        trial = Interpretation(self.claims, adopted)
        if not trial.possible:
            return best
        names = frozenset(name for h in further for name in h.names)
        known = {n: e for n, e in best.evidence.items() if not (self.below[n] & names)}
        found = Explained(trial, evidence_of(trial, self.memo, self.positive, known))
        (proved, refuted, _), (proved_before, refuted_before, _) = found.score, best.score
        kinds = {h.kind for h in further}
        if "slip" in kinds:
            lost = sum(
                e.verdict == "proved" and found.evidence[n].verdict != "proved" for n, e in best.evidence.items()
            )
            convincing = 1 if all(h.rank == 3 for h in further) else _CONVINCING
            if proved < proved_before + convincing or 2 * lost > proved - proved_before + lost:
                return best
        if kinds & {"anew", "instead"} and proved <= proved_before:
            return best
        if kinds == {"same"} and all(h.rank == 0 for h in further):
            return found if (proved, refuted) >= (proved_before, refuted_before) else best
        return found if (proved, refuted) > (proved_before, refuted_before) else best

    def torn(self, best: Explained, anew: Iterable[Hypothesis]) -> Explained:
        """With the lines undecided of which a second definition that explains as much says otherwise: it is then open
        whether it holds for the lines behind it, and which of these are wrong.
        """
        evidence = dict(best.evidence)
        for hypothesis in anew:
            trial = Interpretation(self.claims, best.interpretation.adopted | {hypothesis})
            if hypothesis in best.interpretation.adopted or self.trials >= _MOST_TRIALS or not trial.possible:
                continue
            self.trials += 1
            known = {n: e for n, e in best.evidence.items() if not (self.below[n] & hypothesis.names)}
            found = Explained(trial, evidence_of(trial, self.memo, self.positive, known))
            gained = any(e.verdict == "proved" != best.evidence[n].verdict for n, e in found.evidence.items())
            if not gained or found.score[:2] < best.score[:2]:
                continue
            for number, one in best.evidence.items():
                verdicts = (one.verdict, found.evidence[number].verdict)
                if "refuted" in verdicts and verdicts[0] != verdicts[1]:
                    reason = f"it is open whether, as one line has it, {hypothesis.told}: as many lines hold either way"
                    evidence[number] = replace(one, verdict="undecided", reason=reason, kind="again")
        return Explained(best.interpretation, evidence)

    def leaner(self, best: Explained, kept: frozenset[Hypothesis]) -> Explained:
        """Without what turned out not to be needed."""
        for hypothesis in sorted(best.interpretation.adopted, key=lambda h: (-h.rank, h.kind, h.subject)):
            if len(best.interpretation.adopted) < 2 or self.trials >= _MOST_TRIALS:
                break
            if hypothesis in kept or _has_kin(hypothesis, best.interpretation.adopted):
                continue
            self.trials += 1
            trial = Interpretation(self.claims, best.interpretation.adopted - {hypothesis})
            if not trial.possible:
                continue
            known = {n: e for n, e in best.evidence.items() if not (self.below[n] & hypothesis.names)}
            found = Explained(trial, evidence_of(trial, self.memo, self.positive, known))
            is_idle = hypothesis.kind == "anew" and found.score[0] >= best.score[0]  # it may hide a slip
            if found.score > best.score or is_idle:
                best = found
        return best


def _has_kin(hypothesis: Hypothesis, adopted: Iterable[Hypothesis]) -> bool:
    """Whether a name is read as others of its notation are: dL_dw9 is a derivative where dL_dw1 is.

    Only of names that tell both ends; dx beside dw may be a step, or a part of a sum that other lines add to.
    """
    return bool(hypothesis.kind == "slope" and hypothesis.other) and any(
        one.kind == "slope" and one.other == hypothesis.other and one != hypothesis for one in adopted
    )


def _below(claims: Sequence[Stated]) -> Mapping[int, frozenset[str]]:
    """The names on which each claim may rest, by whatever definition: those that a changed meaning can touch."""
    uses: dict[str, set[str]] = {}
    for one in claims:
        for equation in one.equations:
            for side, other in ((equation.left, equation.right), (equation.right, equation.left)):
                if side.is_Symbol:
                    uses.setdefault(side.name, set()).update(s.name for s in other.free_symbols)
    found: dict[int, frozenset[str]] = {}
    for one in claims:
        seen: set[str] = set()
        waiting = list(one.names)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(uses.get(name, ()))
        found[one.number] = frozenset(seen)
    return found

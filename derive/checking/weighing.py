"""Whose definition is meant where document and walkthrough differ: the one that makes more other lines right."""

from collections.abc import Callable, Iterable

from derive.checking.intended import Intended, is_harmless
from derive.checking.judging import Judge
from derive.checking.meaning import NO_SLIP
from derive.equality import Proved, decide
from derive.network import Network
from derive.reading.statements import Statement
from derive.rules import Sigmoid, Tanh

_MOST_FAMILIES = 4


def weighed(
    statements: tuple[Statement, ...],
    intended: Intended,
    base: Network,
    adopting: Callable[[frozenset[str]], Intended],
    judge_of: Callable[[Intended], Judge],
) -> tuple[Intended, frozenset[str]]:
    """Whose definition is meant where document and walkthrough differ: the one that makes more other lines right.

    Where the other lines do not tell, a loss with another number before it and another activation are the document's.
    """
    adopted: frozenset[str] = frozenset()
    best = _score(statements, intended, judge_of)
    for family in intended.contradicted[:_MOST_FAMILIES]:
        other = adopting(adopted | frozenset(family))
        score = _score(statements, other, judge_of)
        tied = score == best and not _is_slip(statements, intended, base, other, family, judge_of)
        if score > best or tied or _is_another_activation(base, other, family):
            best, intended, adopted = score, other, adopted | frozenset(family)
    return intended, adopted


def _is_another_activation(base: Network, other: Intended, family: tuple[str, ...]) -> bool:
    """Whether a whole layer is tanh where the walkthrough has σ: meant, however many slopes go on with σ's."""
    bodies = [(other.network.definitions[name], base.definitions[name]) for name in family]
    return len(family) > 1 and all(
        isinstance(ours, Sigmoid)
        and body.free_symbols == ours.free_symbols
        and (isinstance(body, Tanh) or isinstance(decide(body, Tanh(*ours.args)), Proved))
        for body, ours in bodies
    )


def _is_slip(
    statements: Iterable[Statement],
    intended: Intended,
    base: Network,
    other: Intended,
    family: tuple[str, ...],
    judge_of: Callable[[Intended], Judge],
) -> bool:
    """Whether definitions are one edit away from the walkthrough's: then the pen slipped, and nothing else is meant."""
    if all(is_harmless(base, name, other) for name in family):
        return False
    left_out = {s.name for name in family for s in base.definitions[name].free_symbols}
    left_out -= {s.name for name in family for s in other.network.definitions[name].free_symbols}
    inner = {parent for node in left_out & base.by_name.keys() for parent in base.by_name[node].parents}
    nodes_only = bool(left_out) and left_out <= base.by_name.keys() and not left_out & intended.written
    if len(family) > 1 and nodes_only and inner <= intended.written:
        return False  # E1 = ½(t1 - o1)², E2 = ½(t2 - o2)², and a_o1 is nowhere: the outputs are linear
    judge = judge_of(intended)
    slips = [
        one.slip or ""
        for statement in statements
        if intended.names.find(statement.members[0].text.strip()) in family
        for one in judge.judged(statement)
        if one.verdict == "refuted"
    ]
    return any(slip and not slip.endswith(NO_SLIP) for slip in slips)


def _score(statements: Iterable[Statement], meant: Intended, judge_of: Callable[[Intended], Judge]) -> int:
    """How many equalities more are right than wrong, definitions apart."""
    judge = judge_of(meant).without_slips()
    defined = {name for family in meant.contradicted for name in family}
    verdicts = [
        one.verdict
        for statement in statements
        if meant.names.find(statement.members[0].text.strip()) not in defined
        for one in judge.judged(statement)
    ]
    return verdicts.count("proved") - verdicts.count("refuted")

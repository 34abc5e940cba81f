"""Names that a document defines anew: which meaning holds where, and which of two networks it means."""

from collections.abc import Callable, Iterable

from derive.checking.intended import Intended
from derive.checking.judging import Judge
from derive.checking.report import Checked
from derive.reading.statements import Statement

_MOST_REVISIONS = 12


def understood(statements: Iterable[Statement], judge: Judge) -> int:
    """How many equalities more are right or definitions than wrong or not understood."""
    quick = judge.without_slips()
    verdicts = [one.verdict for statement in statements for one in quick.judged(statement)]
    wrong = verdicts.count("refuted") + verdicts.count("not-understood")
    return verdicts.count("proved") + verdicts.count("definition") - wrong


def revisions(
    statements: Iterable[Statement],
    judge: Judge,
    revised: Iterable[int],
    meaning: Callable[[int], Intended | None],
    judge_of: Callable[[Intended], Judge],
) -> tuple[tuple[int, Judge], ...]:
    """The places where a name of the document's own gets a new meaning that later lines use, each with its judge."""
    found: list[tuple[int, Judge]] = []
    for at in sorted(set(revised))[:_MOST_REVISIONS]:
        meant = meaning(at)
        if meant is None:
            continue
        other = judge_of(meant)
        quick = other.without_slips()
        before = (found[-1][1] if found else judge).without_slips()
        later = (statement for statement in statements if statement.members[0].place(0) > at)
        if any(_wrong(before, statement) > _wrong(quick, statement) for statement in later):
            found.append((at, other))
    return tuple(found)


def _wrong(judge: Judge, statement: Statement) -> int:
    return sum(one.verdict == "refuted" for one in judge.judged(statement))


def in_force(statement: Statement, first: Judge, others: tuple[tuple[int, Judge], ...]) -> tuple[Checked, ...]:
    """A statement's equalities by what its names mean there; by another of their meanings where that makes it right."""
    place = statement.members[0].place(0)
    judges = [first, *(judge for at, judge in others if at <= place)][::-1]
    judges += [judge for at, judge in others if at > place]
    found = tuple(judges[0].judged(statement))
    for judge in judges[1:]:
        if _open(found) == 0:
            break
        again = tuple(judge.judged(statement))
        if _open(again) < _open(found) and all(one.verdict != "refuted" for one in again):
            found = again
    return found


def _open(found: tuple[Checked, ...]) -> int:
    """How many equalities are wrong or undecided."""
    return sum(one.verdict in ("refuted", "undecided") for one in found)

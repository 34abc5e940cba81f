"""Functions defined anew: the lines behind a second f(x) = … tell whether it is a new definition."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.checking.judging import Judge
from derive.checking.report import Checked
from derive.reading.sights import Rule
from derive.reading.statements import Statement


def renewed(
    statements: Sequence[Statement], judged: Sequence[tuple[Checked, ...]], judge: Judge
) -> Iterator[tuple[Checked, ...]]:
    """The verdicts on statements, once those on functions that are defined anew are settled.

    A second definition is one where a line behind it is right of the new function and not of the old one; where none
    is, it stays undecided, for then it could be the old one, worked out wrongly.
    """
    earlier: list[Rule] = []
    for number, (statement, found) in enumerate(zip(statements, judged, strict=True)):
        before, rule = statement.before, statement.defines
        if before is not None and rule is not None and before.parameters != rule.parameters:
            earlier.append(before)
        anew = statement.defines is not None and statement.before is not None
        if anew and found and found[0].verdict == "undecided" and _is_used(number, statements, judged, judge):
            told = replace(found[0], verdict="definition", reason="a function of the document's own, defined anew")
            yield (told, *found[1:])
        else:
            yield _in_other_letters(statement, found, earlier, judge)


def _in_other_letters(
    statement: Statement, found: tuple[Checked, ...], earlier: Sequence[Rule], judge: Judge
) -> tuple[Checked, ...]:
    """The verdicts by f(x) = … where f(u) = … stands between, if they are right by that one."""
    if all(one.verdict != "refuted" for one in found):
        return found
    for rule in reversed(earlier):
        if any(re.search(rf"(?<!\w){re.escape(rule.name)}(?!\w)", member.text) for member in statement.members):
            again = tuple(judge.judged(replace(statement, sight=statement.sight.defined(rule))))
            if all(one.verdict != "refuted" for one in again):
                return again
    return found


def _is_used(number: int, statements: Sequence[Statement], judged: Sequence[tuple[Checked, ...]], judge: Judge) -> bool:
    rule, before = statements[number].defines, statements[number].before
    if rule is None or before is None:
        return False
    word = re.compile(rf"(?<![\w]){re.escape(rule.name)}(?!\w)|[d∂]\s*{re.escape(rule.name)}(?!\w)")
    for place in range(number + 1, len(statements)):
        statement, found = statements[place], judged[place]
        if statement.defines is not None and statement.defines.name == rule.name:
            return False
        if not any(word.search(member.text) for member in statement.members):
            continue
        old = tuple(judge.judged(replace(statement, sight=statement.sight.defined(before))))
        pairs = zip(found, old, strict=False)
        if any(now.verdict == "proved" and then.verdict not in ("proved", "definition") for now, then in pairs):
            return True
    return False

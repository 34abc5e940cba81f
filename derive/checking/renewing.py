"""Functions defined anew: the lines behind a second f(x) = … tell whether it is a new definition."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.checking.judging import Judge
from derive.checking.report import Checked
from derive.reading.statements import Statement


def renewed(
    statements: Sequence[Statement], judged: Sequence[tuple[Checked, ...]], judge: Judge
) -> Iterator[tuple[Checked, ...]]:
    """The verdicts on statements, once those on functions that are defined anew are settled.

    A second definition is one where a line behind it is right of the new function and not of the old one; where none
    is, it stays undecided, for then it could be the old one, worked out wrongly.
    """
    for number, (statement, found) in enumerate(zip(statements, judged, strict=True)):
        anew = statement.defines is not None and statement.before is not None
        if anew and found and found[0].verdict == "undecided" and _is_used(number, statements, judged, judge):
            told = replace(found[0], verdict="definition", reason="a function of the document's own, defined anew")
            yield (told, *found[1:])
        else:
            yield found


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

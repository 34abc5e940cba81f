"""Updates as people type them: `w5+ = …`, `w5_{t+1} = w5_t - …`, `w5 <- …`, `w5 -> w5 - …`."""

import re

from derive.reading.mathematics import EDGE
from derive.reading.traced import Traced

_PLUS = re.compile(r"(?<=\w)\+(?=[ \t]+=(?!=))")
_GIVEN = re.compile(r"(?<=[\w⁺)])[ \t]+(?:<-{1,2}|⟵|⇐)[ \t]+(?=[\w∂(\[+½-])")
_BECOMES = re.compile(
    rf"(?<![\w∂/])([^\W\d]\w*⁺?)[\s{EDGE}]*(->|→|⟶|↦)(?=[\s{EDGE}]*\(?[\s{EDGE}]*\1(?!\w)[\s{EDGE}]*[-+])"
)
_NEXT = re.compile(r"(?<=\w)_(?:\{|⟨)\(?\s*(?:(\w+)\s*,)?\s*[tnkτ]\s*\+\s*1\s*\)?[}⟩]")
_NOW = re.compile(r"(?<=\w)_[tnkτ](?!\w)|(?<=_)(\d+)[tnkτ](?!\w)")


def with_updates(row: Traced) -> Traced:
    """A row with one notation for the new weight (⁺, _new), for the old one (_old), and for the arrow between them.

    An arrow to the right is one only where the name goes on behind it, `w5 -> w5 - …`; others point the way.
    """
    row = row.sub(_PLUS, lambda match: ["⁺"]).sub(_GIVEN, lambda match: [" ← "])
    row = row.sub(_BECOMES, lambda match: [match.span(1), " ←"])
    if not _NEXT.search(row.text):
        return row
    row = row.sub(_NEXT, lambda match: [*(("_", match.span(1)) if match.group(1) else ()), "_new"])
    return row.sub(_NOW, lambda match: [*((match.span(1),) if match.group(1) else ()), "_old"])

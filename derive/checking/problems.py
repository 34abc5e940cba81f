"""The problems of a sheet of exercises: each stands for itself, and uses the names of the others for its own things."""

import re
from bisect import bisect
from collections.abc import Callable

from derive.documents.margins import PROBLEMS
from derive.formulas.claims import Claim, Document

_TITLE = re.compile(rf"^\W*(?:{PROBLEMS})s?[ \t]+(?:\d|[A-HIVX]+\b)", re.IGNORECASE | re.MULTILINE)
_FEWEST = 3


def problem_at(document: Document) -> Callable[[Claim], int]:
    """The number of the problem in which a claim stands; 0 before the first one, and where a document has none.

    Titles are Example 2, or (1) Pendulum, (2) Gas law, … where a document counts them.
    """
    starts = [found.start() for found in _TITLE.finditer(document.text.text)]
    if not starts and len(document.titles) >= _FEWEST:
        numbers = [number for number, _ in document.titles]
        starts = [start for _, start in document.titles] if numbers == list(range(1, len(numbers) + 1)) else []
    return lambda claim: bisect(starts, claim.left.start)

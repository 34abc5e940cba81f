"""The problems of a sheet of exercises: each stands for itself, and uses the names of the others for its own things."""

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator

from derive.checking.premises import defines
from derive.documents.margins import PROBLEMS
from derive.formulas.claims import Claim, Document
from derive.formulas.vocabulary import key

_NOTE = r"(?:[:!?]{3}[ \t]*\w+)?"
"""What begins a box with a title: `:::info Exercise 2`, `!!! note "Exercise 2"`."""
_TITLE = re.compile(
    rf"^{_NOTE}\W*(?:{PROBLEMS})(?:s?[ \t]+(\d+|[A-HIVX]+)(?=\W*(?:[.:)(–—-]|$))|(?=(?:\*\*|__)?:))",
    re.IGNORECASE | re.MULTILINE,
)
_SOLVED = "Solution|Answer|Lösung|Solución|Respuesta|Solução|Resposta|Corrigé|Soluzione"
_SOLUTION = re.compile(rf"^\W*(?:{_SOLVED})s?[ \t]+(\d+|[A-HIVX]+)\b", re.IGNORECASE | re.MULTILINE)
_SOLUTIONS = re.compile(rf"\W*(?:{_SOLVED}|Solucion|Soluções|Soluzioni)", re.IGNORECASE)
_FEWEST = 3


def problem_at(document: Document) -> Callable[[Claim], int]:
    """The number of the problem in which a claim stands; 0 before the first one, and where a document has none.

    Titles are Example 2, or (1) Pendulum, (2) Gas law, … where a document counts them; Solution 2 belongs to problem 2.
    A heading above that of a problem ends it, and what stands behind belongs to none, unless it is the solutions.
    Without titles, items are problems where they stand apart.
    """
    text = document.text.text
    titles = [(found.start(), found[1]) for found in _TITLE.finditer(text)]
    if not titles and len(document.titles) >= _FEWEST:
        numbers = [number for number, _ in document.titles]
        is_counted = numbers == list(range(1, len(numbers) + 1))
        titles = [(start, str(number)) for number, start in document.titles] if is_counted else []
    if not titles:
        return next((at for at in _items(document) if _are_apart(document, at)), _within([]))
    places = {number: place for place, (_, number) in enumerate(titles, 1) if number}
    solutions = [(found.start(), places.get(found[1], 0)) for found in _SOLUTION.finditer(text)]
    begun = [*((start, place) for place, (start, _) in enumerate(titles, 1)), *solutions]
    return _within([*begun, *(() if solutions else _ends(document, frozenset(start for start, _ in titles)))])


def _within(begun: Iterable[tuple[int, int]]) -> Callable[[Claim], int]:
    """The number that begins last before a claim."""
    starts, numbers = [start for start, _ in sorted(begun)], (0, *(number for _, number in sorted(begun)))
    return lambda claim: numbers[bisect(starts, claim.left.start)]


def _items(document: Document) -> Iterator[Callable[[Claim], int]]:
    """The number of the item in which a claim stands: 3. of one list, or (b), once more where its solution stands; the
    row of a table, 0 outside of one.
    """
    for is_of in (str.isdigit, str.isalpha):
        items = [(label, start) for label, start in document.labels if is_of(label)]
        order = list(dict.fromkeys(label for label, _ in items))
        is_counted = order == sorted(order, key=lambda label: (len(label.lstrip("0")), label))
        if is_counted and (len(order) == len(items) or is_of is str.isalpha):
            yield _within([(start, order.index(label) + 1) for label, start in items])
    yield _within([(start, row) for row, start in document.rows])


def _are_apart(document: Document, at: Callable[[Claim], int]) -> bool:
    """Whether two items define one name otherwise, or have other laws, each used there, and none uses what only one
    before it defines: else they are the steps of one derivation.
    """
    told: dict[str, dict[int, str]] = {}
    heads: dict[str, frozenset[str]] = {}
    used: set[tuple[int, str]] = set()
    for claim in document.claims:
        left, right = (side.readings[0].tree if side.readings else None for side in (claim.left, claim.right))
        if left is None or right is None:
            continue
        names, about = ({key(n.value) for n in side.walk() if n.kind in ("name", "call")} for side in (right, left))
        is_slope = left.has("partial", "prime") or (left.kind == "call" and left.order > 0)
        if not claim.step and not is_slope and defines(claim) == bool(names):
            what = key(left.base or left.value) if names else claim.left.text
            told.setdefault(what, {}).setdefault(at(claim), claim.right.text)
            heads[what] = frozenset((what,) if names else about)
        used |= {(at(claim), name) for name in (names | about if is_slope and not left.has("product") else names)}
    is_flow = any(name in told and own not in told[name] and 0 < min(told[name]) < own for own, name in used)
    return not is_flow and any(
        len({text for own, text in found.items() if any((own, name) in used for name in heads[what])}) > 1
        for what, found in told.items()
    )


def _ends(document: Document, titles: Collection[int]) -> Iterator[tuple[int, int]]:
    """The headings above that of a problem before them, each before no problem."""
    level = 0
    for own, start in document.headings:
        if start in titles:
            level = own
        elif own < level and not _SOLUTIONS.match(document.text.text, start):
            level = 0
            yield start, 0

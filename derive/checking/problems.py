"""The problems of a sheet of exercises: each stands for itself, and uses the names of the others for its own things."""

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterator

from derive.checking.premises import defines
from derive.documents.margins import PROBLEMS
from derive.formulas.claims import Claim, Document

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
    Numbered items are problems where one defines anew what another defines, and none uses what one before it defines.
    A heading above that of a problem ends it, and what stands behind belongs to none, unless it is the solutions.
    """
    text = document.text.text
    titles = [(found.start(), found[1]) for found in _TITLE.finditer(text)]
    if not titles and len(document.titles) >= _FEWEST:
        numbers = [number for number, _ in document.titles]
        is_counted = numbers == list(range(1, len(numbers) + 1))
        titles = [(start, str(number)) for number, start in document.titles] if is_counted else []
    if not titles:
        return _item_at(document)
    places = {number: place for place, (_, number) in enumerate(titles, 1) if number}
    solutions = [(found.start(), places.get(found[1], 0)) for found in _SOLUTION.finditer(text)]
    begun = [*((start, place) for place, (start, _) in enumerate(titles, 1)), *solutions]
    begun = sorted([*begun, *(() if solutions else _ends(document, frozenset(start for start, _ in titles)))])
    starts, problems = [start for start, _ in begun], (0, *(problem for _, problem in begun))
    return lambda claim: problems[bisect(starts, claim.left.start)]


def _item_at(document: Document) -> Callable[[Claim], int]:
    """The number of the item in which a claim stands, (b) twice where its solution stands further on; 0 for every claim
    where the items are steps of one derivation.
    """
    for labels in ([(l, at) for l, at in document.labels if l.isdigit()], [(l, at) for l, at in document.labels if l.isalpha()]):
        places = {label: place for place, label in enumerate(dict.fromkeys(label for label, _ in labels), 1)}
        if [*places] != sorted(places, key=lambda label: (len(label.lstrip("0")), label)) or (labels and labels[0][0].isdigit() and len(places) < len(labels)):
            continue
        starts, numbers = [at for _, at in labels], (0, *(places[label] for label, _ in labels))
        at = lambda claim: numbers[bisect(starts, claim.left.start)]
        if _are_apart(document, at):
            return at
    return lambda claim: 0


def _are_apart(document: Document, at: Callable[[Claim], int]) -> bool:
    """Whether one item defines anew what another defines, and none uses what only one before it defines."""
    told: dict[str, dict[int, str]] = {}
    used: list[tuple[int, str]] = []
    for claim in document.claims:
        trees = [side.readings[0].tree for side in (claim.left, claim.right) if side.readings]
        if len(trees) < 2 or trees[0].has("partial", "prime"):
            continue
        names = {node.value for node in trees[1].walk() if node.kind in ("name", "call")}
        if not claim.step and (defines(claim) and names or not defines(claim) and not names):
            head = trees[0].value if defines(claim) else claim.left.text
            told.setdefault(head, {}).setdefault(at(claim), claim.right.text)
        used.extend((at(claim), name) for name in names)
    is_flow = any(told[name].keys() and min(told[name]) < own and own not in told[name] for own, name in used if own and name in told)
    return not is_flow and any(len(set(found.values())) > 1 for found in told.values())


def _ends(document: Document, titles: Collection[int]) -> Iterator[tuple[int, int]]:
    """The headings above that of a problem before them, each before no problem."""
    level = 0
    for own, start in document.headings:
        if start in titles:
            level = own
        elif own < level and not _SOLUTIONS.match(document.text.text, start):
            level = 0
            yield start, 0

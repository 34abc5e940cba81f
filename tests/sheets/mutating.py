"""Changes one cell of a workbook, as a slip of the hand does."""

import random
import re
from collections.abc import Iterator
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.book import Book, Content, Place, Sheet
from sheets.cells import letters
from sheets.references import column_number

_REFERENCE = re.compile(r"(\$?)([A-Z]{1,2})(\$?)(\d+)")
_OPERATOR = re.compile(r"(?<=[\w)])[-+*/](?=[\w($])")
_NUMBER = re.compile(r"(?<![\w.$])\d+(?:\.\d+)?(?![\w.(])")


class Mutation(Struct, frozen=True):
    """One cell with other content."""

    place: Place
    kind: str
    before: Content
    after: Content | None

    def __str__(self) -> str:
        return f"{letters(self.place[1])}{self.place[0]} {self.kind}: {self.before} -> {self.after}"


def mutated(book: Book, name: str, mutation: Mutation, keep: bool = True) -> Book:
    """The workbook with one sheet changed, its stored values kept as they were or all left out."""
    sheet = book.by_name[name]
    written = dict(sheet.written)
    stored = dict(sheet.stored) if keep else {}
    if mutation.after is None:
        del written[mutation.place]
        stored.pop(mutation.place, None)
    else:
        written[mutation.place] = mutation.after
    changed = replace(sheet, written=MappingProxyType(written), stored=MappingProxyType(stored))
    return replace(book, sheets=tuple(changed if other is sheet else other for other in book.sheets))


def mutations(sheet: Sheet, place: Place) -> Iterator[Mutation]:
    """Every way that is tried to change one cell."""
    content = sheet.written[place]
    if isinstance(content, str) and content.startswith("="):
        for match in _REFERENCE.finditer(content):
            for moved in _moved(match):
                yield Mutation(place, "reference", content, content[: match.start()] + moved + content[match.end() :])
        for match in _OPERATOR.finditer(content):
            for other in "+-*/".replace(match[0], ""):
                yield Mutation(place, "operator", content, content[: match.start()] + other + content[match.end() :])
        for match in _NUMBER.finditer(content):
            changed = f"{float(match[0]) + 1:g}"
            yield Mutation(place, "number", content, content[: match.start()] + changed + content[match.end() :])
        if place in sheet.stored:
            yield Mutation(place, "typed over", content, sheet.stored[place])
            yield Mutation(place, "another number", content, 0)
            yield Mutation(place, "another number", content, 0.5)
    elif isinstance(content, (int, float)):
        yield Mutation(place, "value", content, content * 1.01 + 0.001)
    yield Mutation(place, "deleted", content, None)


def _moved(match: re.Match[str]) -> Iterator[str]:
    column, row = column_number(match[2]), int(match[4])
    if column > 1:
        yield f"{match[1]}{letters(column - 1)}{match[3]}{row}"
    yield f"{match[1]}{letters(column + 1)}{match[3]}{row}"
    yield f"{match[1]}{match[2]}{match[3]}{row - 1}"
    yield f"{match[1]}{match[2]}{match[3]}{row + 1}"


def sample(sheet: Sheet, places: list[Place], count: int, seed: int) -> list[Mutation]:
    """So many mutations of random cells among `places`, every kind about as often."""
    chance = random.Random(seed)
    by_kind: dict[str, list[Mutation]] = {}
    for place in places:
        for mutation in mutations(sheet, place):
            by_kind.setdefault(mutation.kind, []).append(mutation)
    found = []
    kinds = sorted(by_kind)
    while len(found) < count:
        pool = by_kind[kinds[len(found) % len(kinds)]]
        found.append(pool[chance.randrange(len(pool))])
    return found

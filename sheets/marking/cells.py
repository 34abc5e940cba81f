"""The cells of a sheet's part: their styles as they are, and the same part with other ones."""

from collections.abc import Iterable, Iterator, Mapping

from sheets.marking.note import address_of
from sheets.marking.spans import Edit, Span, edited, inserted, spans, with_attributes
from sheets.references import Place, place_of

_NAMES = frozenset({"row", "c"})


def styles_at(part: bytes, wanted: Iterable[Place]) -> dict[Place, int]:
    """The style number of each wanted cell that stands in the part, or in whose row others stand."""
    chosen = set(wanted)
    rows = {row for row, _ in chosen}
    found = {place: int(cell.attributes.get("s", "0")) for place, cell, _ in _cells(part) if place in chosen}
    there = {row for (row, _), _, _ in _cells(part)}
    return {place: found.get(place, 0) for place in chosen if place in found or place[0] in there & rows}


def with_cell_styles(part: bytes, styles: Mapping[Place, int]) -> bytes:
    """The part with the styles of some cells changed; a cell that is not there is put into its row, empty."""
    edits: list[Edit] = []
    seen: set[Place] = set()
    rows: dict[int, tuple[Span, list[tuple[Place, Span]]]] = {}
    for place, cell, row in _cells(part):
        rows.setdefault(place[0], (row, []))[1].append((place, cell))
        if place in styles:
            seen.add(place)
            edits.append((cell.start, cell.opened, with_attributes(part, cell, {"s": str(styles[place])})))
    for place in sorted(set(styles) - seen):
        if place[0] in rows:
            row, cells = rows[place[0]]
            new = f'<{row.prefix}c r="{address_of(place)}" s="{styles[place]}"/>'.encode()
            behind = next((cell for other, cell in cells if other > place), None)
            edits.append((behind.start, behind.start, new) if behind is not None else inserted(part, row, new))
    return edited(part, edits)


def _cells(part: bytes) -> Iterator[tuple[Place, Span, Span]]:
    """(place, cell, its row); addresses are optional in the format and counted where they are left out."""
    row_number, column, row = 0, 0, None
    for span in spans(part, _NAMES.__contains__):
        if span.name == "row":
            row, column = span, 0
            row_number = int(span.attributes.get("r", row_number + 1))
        elif row is not None and row.start < span.start < row.end:
            address = span.attributes.get("r")
            column = place_of(address)[1] if address else column + 1
            yield (row_number, column), span, row

"""Numbers that stand once, on another sheet: a cell that does nothing but name such a cell counts as its number.

    ='Summary'!$B$8    where Summary!B8 holds 0.3    ->    0.3
"""

from collections.abc import Sequence

from sheets.auditing.book import Place, Sheet


def with_numbers(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets with typed numbers of others in the place of the cells that only name them."""
    by_name = {sheet.name.lower(): sheet for sheet in sheets}

    def typed(sheet: Sheet, place: Place) -> float | None:
        pattern = sheet.pattern(place)
        if pattern is None or not pattern.is_copy or pattern.references[0].sheet is None:
            return None
        (cell,) = sheet.cells_read(place)
        other, there = by_name.get(cell.sheet.lower()), (cell.row, cell.column)
        return None if other is None or other.is_computed(there) else other.number(there)

    changed = []
    for sheet in sheets:
        elsewhere = (place for place, formula in sheet.formulas() if "!" in formula)
        numbers = {place: value for place in elsewhere if (value := typed(sheet, place)) is not None}
        changed.append(sheet.with_numbers(numbers) if numbers else sheet)
    return tuple(changed)

"""Numbers that stand once, on another sheet: a cell that does nothing but name such a cell counts as its number.

    ='Summary'!$B$8    where Summary!B8 holds 0.3    ->    0.3
"""

import re
from collections.abc import Sequence

from sheets.auditing.book import Sheet
from sheets.references import column_number

_ONLY_A_CELL = re.compile(r"=\+?(?:'((?:[^']|'')+)'|([^'!(]+))!\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def with_numbers(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets with typed numbers of others in the place of the cells that only name them."""
    by_name = {sheet.name.lower(): sheet for sheet in sheets}

    def typed(formula: str) -> float | None:
        found = _ONLY_A_CELL.fullmatch(formula)
        other = by_name.get((found[1] or found[2]).replace("''", "'").lower()) if found else None
        if found is None or other is None:
            return None
        place = int(found[4]), column_number(found[3].upper())
        return None if other.is_computed(place) else other.number(place)

    changed = []
    for sheet in sheets:
        numbers = {place: value for place, formula in sheet.formulas() if (value := typed(formula)) is not None}
        changed.append(sheet.with_numbers(numbers) if numbers else sheet)
    return tuple(changed)

"""Numbers that stand once, on another sheet: a cell that does nothing but name such a cell counts as its number.

    ='Summary'!$B$8    where Summary!B8 holds 0.3    ->    0.3
"""

import re
from collections.abc import Sequence
from types import MappingProxyType

from msgspec.structs import replace

from sheets.auditing.book import Content, Sheet
from sheets.references import column_number

_ONLY_A_CELL = re.compile(r"=\+?(?:'((?:[^']|'')+)'|([^'!(]+))!\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def with_numbers(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets with typed numbers of others in the place of the cells that only name them."""
    by_name = {sheet.name.lower(): sheet for sheet in sheets}

    def number(content: Content) -> float | None:
        found = _ONLY_A_CELL.fullmatch(content) if isinstance(content, str) else None
        other = by_name.get((found[1] or found[2]).replace("''", "'").lower()) if found else None
        if found is None or other is None:
            return None
        typed = other.written.get((int(found[4]), column_number(found[3].upper())))
        return typed if isinstance(typed, (int, float)) and not isinstance(typed, bool) else None

    changed = []
    for sheet in sheets:
        known = {place: value for place, content in sheet.written.items() if (value := number(content)) is not None}
        stored = {place: value for place, value in sheet.stored.items() if place not in known}
        changed.append(replace(sheet, written=MappingProxyType({**sheet.written, **known}),
                               stored=MappingProxyType(stored)) if known else sheet)
    return tuple(changed)

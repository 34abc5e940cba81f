"""Which rows below its headers belong to a table: those that follow at once, and those that go on below a gap."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from sheets.auditing.book import Sheet
from sheets.auditing.labels import PARAMETERS, Key, Named, read_labels

_MOST_BLANK_ROWS = 2
_LEAST_FILLED = 2
"""A row with fewer computed cells stands below the table: the mean of its errors, say."""
_LEAST_SHARE = 0.5
_LEAST_HEADERS = 5


class Stretch(Struct, frozen=True):
    """The rows of one training: from `first` to `last`, without `gaps`; `unread` are rows below that may be its own."""

    first: int
    last: int
    gaps: frozenset[int] = frozenset()
    unread: tuple[int, ...] = ()


def stretches(sheet: Sheet, header: int, named: Mapping[int, Named]) -> tuple[Stretch, ...]:
    """The rows below a row of headers, a stretch for each training that starts anew; none where it is no table."""
    alive = [column for column, n in named.items() if n.by is not None or n.key.kind not in ("input", "target", "name")]
    first = next((row for row in range(header + 1, header + 2 + _MOST_BLANK_ROWS)
                  if _lives(sheet, row, alive) and not _is_of_below(sheet, row, alive)), None)
    if first is None:
        return ()
    last = first
    fewest = min(_LEAST_FILLED, _filled(sheet, first, alive))
    while _lives(sheet, last + 1, alive) and _filled(sheet, last + 1, alive) >= fewest:
        last += 1
    parameters = [column for column, n in named.items() if n.by is None and n.key.kind in PARAMETERS]
    return tuple(_below(sheet, first, last, alive, parameters, list(named)))


def _below(sheet: Sheet, first: int, last: int, alive: Sequence[int], parameters: Sequence[int],
           run: Sequence[int]) -> Iterator[Stretch]:
    """The stretch from `first` to `last` with the rows that go on below it, and those that start anew."""
    rows, unread = list(range(first, last + 1)), list[int]()
    most = max(_filled(sheet, row, alive) for row in rows[:2])
    model = rows[min(1, len(rows) - 1)]
    for row in _rows_after(sheet, last, run):
        if _is_header(sheet, row, run):
            break
        if _filled(sheet, row, alive) < max(_LEAST_FILLED, _LEAST_SHARE * most) or _sums_up(sheet, row, alive):
            continue
        if not _is_like(sheet, row, model, alive):
            unread.append(row)
            continue
        if row > rows[-1] + 1 and parameters and all(_is_start(sheet, row, column) for column in parameters):
            yield _stretch(rows, unread)
            rows, unread = [], []
        rows.append(row)
    yield _stretch(rows, unread)


def _stretch(rows: Sequence[int], unread: Sequence[int]) -> Stretch:
    return Stretch(rows[0], rows[-1], frozenset(range(rows[0], rows[-1])) - frozenset(rows), tuple(unread))


def _rows_after(sheet: Sheet, last: int, columns: Iterable[int]) -> list[int]:
    within = set(columns)
    return sorted({row for row, column in sheet.written if row > last and column in within})


def _is_header(sheet: Sheet, row: int, run: Sequence[int]) -> bool:
    """Whether a row holds headers again, those of the next table."""
    texts = [text for column in run if (text := sheet.text((row, column))) is not None]
    if len(texts) < _LEAST_HEADERS:
        return False
    return sum(n.by is not None or n.key != Key("name", n.key.which) for n in read_labels(texts)) >= _LEAST_HEADERS


def _filled(sheet: Sheet, row: int, columns: Iterable[int]) -> int:
    """How many cells of a row hold a number or a formula."""
    return sum((row, column) in sheet.written and sheet.text((row, column)) is None for column in columns)


def _is_start(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a parameter's cell starts a training: a number, or the copy of one."""
    pattern = sheet.pattern((row, column))
    return sheet.number((row, column)) is not None if pattern is None else pattern.is_copy


def _sums_up(sheet: Sheet, row: int, columns: Iterable[int]) -> bool:
    """Whether most formulas of a row take a range, as a mean does, or copy a cell: what is told of the rows above."""
    formulas = [pattern for column in columns if (pattern := sheet.pattern((row, column))) is not None]
    told = sum(pattern.is_copy or ":" in pattern.literals for pattern in formulas)
    return bool(formulas) and 2 * told > len(formulas)


def _is_of_below(sheet: Sheet, row: int, columns: Iterable[int]) -> bool:
    """Whether every formula of a row reads its own column below it, as the sums over samples do that stand on top."""
    computed = [column for column in columns if sheet.is_computed((row, column))]
    return bool(computed) and all(cell.sheet == sheet.name and cell.column == column and cell.row > row
                                  for column in computed for cell in sheet.cells_read((row, column)))


def _is_like(sheet: Sheet, row: int, model: int, columns: Iterable[int]) -> bool:
    """Whether most cells of a row hold what those of a row of the table do: a number, or a formula of that form."""
    alike, filled = 0, 0
    for column in columns:
        if (row, column) not in sheet.written:
            continue
        filled += 1
        own, other = sheet.pattern((row, column)), sheet.pattern((model, column))
        if own is None or other is None:
            alike += own is None and other is None and sheet.text((row, column)) is None
        else:
            columns_read = ([(r.column, r.column_fixed) for r in pattern.references] for pattern in (own, other))
            alike += own.literals == other.literals and next(columns_read) == next(columns_read)
    return alike >= _LEAST_SHARE * filled


def _lives(sheet: Sheet, row: int, columns: Sequence[int]) -> bool:
    """Whether a row belongs to the table: a number or a formula in one of its computed columns, and no text."""
    texts = (sheet.text((row, column)) for column in columns)
    typed = any(text is not None and not text.startswith("'=") for text in texts)
    return not typed and any((row, column) in sheet.written for column in columns)

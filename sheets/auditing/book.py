"""A workbook as the audit sees it: every cell as written and as stored, and nothing that could be executed."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import force_setattr, replace

from sheets.references import Cell, Pattern, read_pattern

Place = tuple[int, int]
"""Row and column, from 1."""

Content = str | float | bool


class Contents(Mapping[Place, Content]):
    """What is written in the cells of a sheet; copies of a shared formula are spelled out when they are asked for."""

    def __init__(self, cells: Mapping[Place, Content | Pattern]) -> None:
        self._cells = dict(cells)
        self._patterns: dict[Place, Pattern] = {}

    def __getitem__(self, place: Place) -> Content:
        content = self._cells[place]
        return content.at(*place) if isinstance(content, Pattern) else content

    def __contains__(self, place: object) -> bool:
        return place in self._cells

    def __iter__(self) -> Iterator[Place]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def stated(self, place: Place) -> Content | Pattern | None:
        """What stands in a cell, the copy of a shared formula as its pattern; None where it is empty."""
        return self._cells.get(place)

    def texts(self) -> Iterator[tuple[Place, str]]:
        """The cells that hold text, none of their formulas spelled out."""
        return ((place, content) for place, content in self._cells.items()
                if isinstance(content, str) and not content.startswith("="))

    def formulas(self) -> Iterator[tuple[Place, str]]:
        """The cells with a formula of their own, no copy of a shared one."""
        return ((place, content) for place, content in self._cells.items()
                if isinstance(content, str) and content.startswith("="))

    def changed(self, contents: Mapping[Place, Content]) -> "Contents":
        """The same cells, some of them with something else instead."""
        return Contents({**self._cells, **contents})

    def pattern(self, place: Place) -> Pattern | None:
        """The pattern of a cell's formula; None where it holds none."""
        content = self._cells.get(place)
        if isinstance(content, Pattern):
            return content
        if not (isinstance(content, str) and content.startswith("=")):
            return None
        if place not in self._patterns:
            self._patterns[place] = read_pattern(content, *place)
        return self._patterns[place]


class Sheet(Struct, frozen=True):
    """One sheet: `written` holds formulas with their `=`, texts and numbers; `stored` what was saved with formulas.

    A text that looks like a formula stands with an apostrophe before its `=`.

    `names` are those defined for this sheet alone, in lower case with their formulas.
    """

    name: str
    written: Mapping[Place, Content]
    stored: Mapping[Place, Content]
    hidden: bool = False
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not isinstance(self.written, Contents):
            force_setattr(self, "written", Contents(self.written))

    @property
    def _cells(self) -> "Contents":
        assert isinstance(self.written, Contents)  # made so at once
        return self.written

    def texts(self) -> Iterator[tuple[Place, str]]:
        """The cells that hold text, none of the formulas spelled out."""
        return self._cells.texts()

    def formulas(self) -> Iterator[tuple[Place, str]]:
        """The cells with a formula of their own, no copy of a shared one."""
        return self._cells.formulas()

    def with_numbers(self, numbers: Mapping[Place, float]) -> "Sheet":
        """The same sheet, some of its cells with a typed number instead of what stands there."""
        stored = {place: value for place, value in self.stored.items() if place not in numbers}
        return replace(self, written=self._cells.changed(numbers), stored=MappingProxyType(stored))

    def with_formulas(self, formulas: Mapping[Place, str]) -> "Sheet":
        """The same sheet, some of its typed numbers stored with a formula instead."""
        numbers = {place: self._cells[place] for place in formulas}
        return replace(self, written=self._cells.changed(formulas),
                       stored=MappingProxyType({**self.stored, **numbers}))

    def pattern(self, place: Place) -> Pattern | None:
        """The pattern of a cell's formula; None where it holds none."""
        return self._cells.pattern(place)

    def cells_read(self, place: Place) -> tuple[Cell, ...]:
        """The cells that the formula of a cell reads; none where it holds none."""
        pattern = self.pattern(place)
        return () if pattern is None else pattern.cells(self.name, *place)

    def shared(self, place: Place) -> Pattern | None:
        """The pattern of a cell that copies a shared formula; None for any other."""
        content = self._cells.stated(place)
        return content if isinstance(content, Pattern) else None

    def is_computed(self, place: Place) -> bool:
        """Whether a cell holds a formula."""
        content = self._cells.stated(place)
        return isinstance(content, Pattern) or (isinstance(content, str) and content.startswith("="))

    def formula(self, place: Place) -> str | None:
        """The formula of a cell, None where it has none."""
        return str(self.written[place]) if self.is_computed(place) else None

    def text(self, place: Place) -> str | None:
        """The text of a cell that holds text, None for a formula, a number or nothing."""
        content = self._cells.stated(place)
        return content if isinstance(content, str) and not content.startswith("=") else None

    def number(self, place: Place) -> float | None:
        """The number in a cell, typed or stored beside its formula; None where there is none."""
        content = self._cells.stated(place)
        if isinstance(content, Pattern) or (isinstance(content, str) and content.startswith("=")):
            content = self.stored.get(place)
        return float(content) if isinstance(content, (int, float)) and not isinstance(content, bool) else None


class Note(Struct, frozen=True):
    """A text that stands in no cell: a text box or a comment, with the part or cell where it stands."""

    where: str
    text: str


class Book(Struct, frozen=True):
    """A workbook: its sheets in order, its defined names in lower case with their formulas, its texts outside cells."""

    path: str
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]
    notes: tuple[Note, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Sheet]:
        """Sheet by its name."""
        return MappingProxyType({sheet.name: sheet for sheet in self.sheets})

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of a name, whatever its case, None where there is none."""
        return next((sheet for sheet in self.sheets if sheet.name.lower() == name.lower()), None)

    def text(self, cell: Cell) -> str | None:
        """The text of a cell of any sheet."""
        sheet = self.sheet(cell.sheet)
        return None if sheet is None else sheet.text((cell.row, cell.column))

    def number(self, cell: Cell) -> float | None:
        """The number in a cell of any sheet."""
        sheet = self.sheet(cell.sheet)
        return None if sheet is None else sheet.number((cell.row, cell.column))

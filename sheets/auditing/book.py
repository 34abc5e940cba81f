"""A workbook as the audit sees it: every cell as written and as stored, and nothing that could be executed."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field

from sheets.references import Cell

Place = tuple[int, int]
"""Row and column, from 1."""

Content = str | float | bool


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

    def formula(self, place: Place) -> str | None:
        """The formula of a cell, None where it has none."""
        content = self.written.get(place)
        return content if isinstance(content, str) and content.startswith("=") else None

    def text(self, place: Place) -> str | None:
        """The text of a cell that holds text, None for a formula, a number or nothing."""
        content = self.written.get(place)
        return content if isinstance(content, str) and not content.startswith("=") else None

    def number(self, place: Place) -> float | None:
        """The number in a cell, typed or stored beside its formula; None where there is none."""
        content = self.stored.get(place) if self.formula(place) is not None else self.written.get(place)
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

"""What a document comes to: lines of words, formulas and code, and programs, in the order in which they are read."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from derive.documents.traced import Traced

Kind = Literal["words", "formula", "code"]


class Stretch(Struct, frozen=True):
    """A piece of a line between two marks.

    words: outside all delimiters, formulas that nobody marked among them; formula: the inside of `$..$`, a display,
    an image that shows one; code: the inside of a `code span`.
    """

    kind: Kind
    text: Traced


class Line(Struct, frozen=True):
    """A line of the source, or a row of displayed mathematics.

    `block` numbers paragraphs, list items, table cells and displays; `row` is the number of the table row, 0 outside of
    tables; `cell` that of the notebook's cell from 1, else 0; `section` counts the headings before it; `title` is its
    number where it is a title, (3) Gas law; `level` how deep a heading is, ### is 3, and 0 for anything else; `label`
    the number of the item that begins with it, 3 or a.
    """

    stretches: tuple[Stretch, ...]
    displayed: bool
    block: int
    row: int = 0
    cell: int = 0
    section: int = 0
    title: int = 0
    level: int = 0
    label: str = ""

    @property
    def text(self) -> str:
        """The line without its marks, to look at."""
        return "".join(stretch.text.text for stretch in self.stretches)

    def moved(self, offset: int) -> "Line":
        """The same in a source in which it stands so much later."""
        return replace(self, stretches=tuple(replace(s, text=s.text.moved(offset)) for s in self.stretches))


class Program(Struct, frozen=True):
    """Program text in Python: a code cell, a fence, a file."""

    text: Traced
    cell: int = 0

    def moved(self, offset: int) -> "Program":
        """The same in a source in which it stands so much later."""
        return replace(self, text=self.text.moved(offset))


Layout = tuple[Line | Program, ...]

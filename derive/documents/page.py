"""The page on which a document's pieces are set, one after the other, until its lines are complete."""

from collections.abc import Sequence

from derive.documents.layout import Kind, Layout, Line, Program, Stretch
from derive.documents.traced import Traced, join


class Page:
    """Collects pieces; a line, a block, a row is ended where the document ends it."""

    def __init__(self) -> None:
        self.cell = 0
        self._set: list[Line | Program] = []
        self._pieces: list[tuple[Kind, Traced]] = []
        self._block = 1
        self._row = 0
        self._rows = 0

    def put(self, kind: Kind, text: Traced) -> None:
        """A piece of the line that is being set."""
        if text.text:
            self._pieces.append((kind, text))

    @property
    def has_words(self) -> bool:
        """Whether words stand on the line that is being set."""
        return any(kind == "words" and any(map(str.isalnum, text.text)) for kind, text in self._pieces)

    def end_line(self) -> None:
        """The line is complete."""
        pieces, self._pieces = self._pieces, []
        stretches: list[Stretch] = []
        start = 0
        for end in range(1, len(pieces) + 1):
            kind = pieces[start][0]
            if kind != "words" or end == len(pieces) or pieces[end][0] != kind:
                text = join(piece for _, piece in pieces[start:end])
                stretches.append(Stretch(kind, text))
                start = end
        self._line(stretches, displayed=False)

    def end_block(self) -> None:
        """The paragraph, the item, the cell is complete."""
        self.end_line()
        self._block += 1

    def display(self, rows: Sequence[Sequence[Stretch]]) -> None:
        """Rows of displayed mathematics."""
        self.end_block()
        for row in rows:
            self._line(row, displayed=any(stretch.kind == "formula" for stretch in row))
        self.end_block()

    def program(self, text: Traced) -> None:
        """Program text."""
        self.end_block()
        self._set.append(Program(text, self.cell))

    def start_row(self) -> None:
        """What follows stands side by side until the row ends."""
        self.end_block()
        self._rows += 1
        self._row = self._rows

    def end_row(self) -> None:
        """The row of a table is complete."""
        self.end_block()
        self._row = 0

    def layout(self) -> Layout:
        """All that was set."""
        self.end_block()
        return tuple(self._set)

    def _line(self, stretches: Sequence[Stretch], *, displayed: bool) -> None:
        if any(stretch.text.text.strip() for stretch in stretches):
            self._set.append(Line(tuple(stretches), displayed, self._block, self._row, self.cell))

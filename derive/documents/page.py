"""The page on which a document's pieces are set, one after the other, until its lines are complete."""

from collections.abc import Iterator, Sequence

from derive.documents.emphasis import Piece, without_emphasis
from derive.documents.layout import Kind, Layout, Line, Program, Stretch
from derive.documents.traced import Traced, join


class Page:
    """Collects pieces; a line, a block, a row is ended where the document ends it."""

    def __init__(self) -> None:
        self.cell = 0
        self.drawn = ""
        """The last formula in MathML: a picture of it is no second one."""
        self.title = 0
        """The number of the title that is the next line to be set."""
        self.label = ""
        """The number or the letter of the item that begins with it."""
        self.level = 0
        """How deep a heading the next line is."""
        self._set: list[Line | Program] = []
        self._pieces: list[Piece] = []
        self._block = 1
        self._row = 0
        self._rows = self._section = 0
        self._is_used = False

    def put(self, kind: Kind, text: Traced) -> None:
        """A piece of the line that is being set."""
        if text.text:
            self._pieces.append(Piece(kind, text))

    def mark(self, text: Traced) -> None:
        """Stars or underscores that may be emphasis, or be what they look like."""
        self._pieces.append(Piece("mark", text))

    @property
    def has_words(self) -> bool:
        """Whether words stand on the line that is being set."""
        for piece in reversed(self._pieces):
            if piece.kind == "end":
                break
            if piece.kind == "words" and any(map(str.isalnum, piece.text.text)):
                return True
        return False

    def end_line(self) -> None:
        """The line is complete."""
        if self._pieces and self._pieces[-1].kind != "end":
            self._pieces.append(Piece("end", Traced("", ())))

    def end_block(self) -> None:
        """The paragraph, the item, the cell is complete."""
        if self._pieces:
            self.end_line()
            pieces, self._pieces = self._pieces, []
            for line in _lines(without_emphasis(pieces)):
                self._line(line, displayed=False)
        if self._is_used:
            self._block += 1
            self._is_used = False

    def start_section(self) -> None:
        """A heading, or a rule across the page: what follows is about something else."""
        self.end_block()
        self._section += 1

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
            here = self._block, self._row, self.cell, self._section, self.title, self.level, self.label
            self._set.append(Line(tuple(stretches), displayed, *here))
            self.title, self.level, self.label = 0, 0, ""
            self._is_used = True


def _lines(pieces: Sequence[Piece]) -> Iterator[list[Stretch]]:
    """The stretches of each line: neighbouring words are one."""
    line: list[Stretch] = []
    words: list[Traced] = []
    for piece in pieces:
        if piece.kind == "words":
            words.append(piece.text)
            continue
        if words:
            line.append(Stretch("words", join(words)))
            words = []
        if piece.kind == "end":
            yield line
            line = []
        elif piece.kind != "mark":
            line.append(Stretch(piece.kind, piece.text))

"""A text on its way to a page: what is not yet set, and what surrounds the place that was come to."""

import re
from collections.abc import Callable, Mapping

from derive.documents.fences import fences
from derive.documents.formulas import rows
from derive.documents.index import Index
from derive.documents.margins import margin
from derive.documents.page import Page
from derive.documents.programs import PYTHON, python, said_in
from derive.documents.tables import equated_bars, table_rows
from derive.documents.traced import Traced

LONGEST_INLINE = 4_000
"""Longer formulas in a line are nobody's."""
DEEPEST = 12
_BLANK_LINES = re.compile(r"\n(?:[ \t>]*\n)+")
_WORDS_BEHIND = re.compile(r"[ \t]*[,;.)]?[ \t]+[(]?[a-z]{2}")
_SIGN = re.compile(r"[\n$\\`*_<&!\[|#]|https?://|www\.")
Mark = Callable[["Scan", int], int]
"""Sets what begins at a place and tells where it ends; the place itself where its signs do not stand there."""


class Scan:
    """A text and the page on which it is set; what is not yet set begins at `kept`."""

    def __init__(
        self, text: Traced, page: Page, marks: Mapping[str, tuple[Mark, ...]], *, is_marked: bool, depth: int = 0
    ) -> None:
        self.depth = depth
        self.traced, self.text, self.page, self.marks, self.is_marked = text, text.text, page, marks, is_marked
        self.index = Index(self.text)
        self.kept = 0
        self.in_row = self.in_tabular = self.in_heading = self.is_quoted = False
        self._fences = fences(self.text) if is_marked and not depth else {}
        self._rows = table_rows(self.text) if is_marked and not depth else {}
        self.equated = equated_bars(self.text, self._rows)

    def run(self, start: int = 0) -> None:
        """Every mark from left to right."""
        place = self.kept = start
        while (found := _SIGN.search(self.text, place)) is not None:
            place = found.start()
            for mark in self.marks[self.text[place]]:
                end = mark(self, place)
                if end > place:
                    place = self.kept = end
                    break
            else:
                place += 1
        self.words_until(len(self.text))
        if self.in_row:
            self.page.end_row()

    def inside(self, text: Traced) -> None:
        """A part of the text, scanned for itself; parts within parts have an end."""
        if self.depth < DEEPEST:
            Scan(text, self.page, self.marks, is_marked=self.is_marked, depth=self.depth + 1).run()
        else:
            self.page.put("words", text)

    def words_until(self, place: int) -> None:
        """The words before a mark are set."""
        self.page.put("words", self.traced[self.kept : place])
        self.kept = place

    def next_line(self, place: int) -> int:
        """Past a line's end and what stands before the next."""
        if self.in_row and not self.in_tabular:
            self.in_row = False
            self.page.end_row()
        blank = _BLANK_LINES.match(self.text, place)
        if blank or self.in_heading:
            self.page.end_block()
        else:
            self.page.end_line()
        return self.start_line(blank.end() if blank else place + 1)

    def start_line(self, place: int) -> int:
        """Past what stands before a line: a fence, the signs of a quotation, a heading, an item."""
        while place in self._fences:
            fence = self._fences[place]
            if fence.close > fence.begin:
                self.listing(self.traced[fence.begin : fence.close], fence.language)
            place = fence.end
        self.in_heading = False
        if place in self._rows:
            if self._rows[place]:
                return self.index.line_end(place)
            self.page.start_row()
            self.in_row = True
            return place
        found = margin(self.text, place)
        self.is_quoted, self.in_heading = found.is_quoted, found.is_heading
        if found.is_section:
            self.page.start_section()
        elif found.is_item:
            self.page.end_block()
        self.page.title = found.title or self.page.title
        self.page.label = found.label or self.page.label
        self.page.level = found.level or self.page.level
        if found.emphasis is not None:
            self.page.mark(self.traced[found.emphasis])
        return found.end

    def formula_of(self, body: Traced) -> None:
        """A formula in a line; its rows are lines."""
        for number, row in enumerate(rows(body, is_quoted=self.is_quoted)):
            if number:
                self.page.end_line()
            for stretch in row:
                self.page.put(stretch.kind, stretch.text)

    def shown(self, start: int, begin: int, close: int, end: int, *, is_inline: bool = False) -> int:
        """A formula or a display from start to end, its inside from begin to close."""
        self.words_until(start)
        self.display(self.traced[begin:close], end, is_inline=is_inline)
        return end

    def display(self, body: Traced, end: int, *, is_inline: bool = False) -> None:
        """Mathematics whose marks end there: rows by themselves, one row in its line where that goes on."""
        shown = rows(body, is_quoted=self.is_quoted)
        is_inline = is_inline or ("\n" not in body.text and self._goes_on(end))
        if self.in_row or (len(shown) == 1 and is_inline):
            self.formula_of(body)
        else:
            self.page.display(shown)

    def _goes_on(self, end: int) -> bool:
        return self.page.has_words or _WORDS_BEHIND.match(self.text, end) is not None

    def listing(self, body: Traced, language: str) -> None:
        """Program text, or lines of formulas that somebody put where programs stand."""
        self.page.end_block()
        program = python(body, is_said=language in PYTHON)
        if program is not None:
            self.page.program(program)
            for said in said_in(program):
                Scan(said, self.page, self.marks, is_marked=False).whole()
                self.page.end_block()
        elif language == "math":
            self.page.display(rows(body))
        else:
            Scan(body, self.page, self.marks, is_marked=False).whole()
        self.page.end_block()

    def whole(self) -> None:
        """The text from its first line on."""
        self.run(self.start_line(0))

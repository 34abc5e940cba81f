"""Where a document's claims stand: in its source, in a notebook's cell, and parts of them in the line that is shown."""

import re
from collections.abc import Iterator
from itertools import islice

import sympy as sp

from derive.checking.equations import names_of
from derive.checking.interpretations import Interpretation
from derive.checking.report import place_in_words
from derive.documents.notebooks import cells, is_notebook
from derive.documents.traced import Lines
from derive.errors import DeriveError
from derive.formulas.claims import Claim, Document, Member
from derive.formulas.elaboration import elaborated
from derive.formulas.syntax import Node

_MOST_LOOKED_AT = 400
_PARTS = frozenset("inverse limit condition word below above".split())
_BRACED = re.compile(r"([_^])\{(\w)\}")


class Places:
    """Places in a document's source; made once for a document."""

    def __init__(self, document: Document, source: str, file: str) -> None:
        self.file = file
        self._text = document.text
        self._names = names_of(document)
        self._lines = Lines.of(source)
        self._cells = tuple(cells(source)) if is_notebook(source, file) else ()

    def place(self, claim: Claim) -> tuple[int, int]:
        """Line and column in the source, from 1, of the start of a claim's right member."""
        return self._lines.place(self._text.place(_start(claim)))

    def line(self, claim: Claim) -> int:
        """The line alone."""
        return self.place(claim)[0]

    def cell(self, claim: Claim) -> tuple[int, int] | None:
        """The notebook's cell in which a claim stands, and the line in it, from 1."""
        if not claim.cell:
            return None
        found = next((cell for cell in self._cells if cell.number == claim.cell), None)
        place = self._text.place(_start(claim))
        if found is None:
            return claim.cell, 1
        before = sum(1 for sign, at in zip(found.text.text, found.text.at, strict=True) if sign == "\n" and at < place)
        return claim.cell, before + 1

    def words(self, claim: Claim) -> str:
        """The place in words: `line 7`, in a notebook `cell 2, line 1`."""
        return place_in_words(self.line(claim), self.cell(claim))

    def span(
        self, claim: Claim, side: Member, way: tuple[sp.Expr, ...], interpretation: Interpretation
    ) -> tuple[int, int] | None:
        """Where the last of nested parts of a side stands in the claim's line as it is shown; None where it is not
        found.
        """
        nodes = []
        for node in _nodes(side):
            try:
                nodes.append((node, interpretation.put(elaborated(node, self._names))))
            except (DeriveError, TypeError, ValueError, ZeroDivisionError, RecursionError, OverflowError):
                continue
        start, end, found = side.start, side.end, False
        for part in way:
            within = [node for node, meant in nodes if meant == part and start <= node.start < node.end <= end]
            found = bool(within)
            if within:
                start, end = within[0].start, within[0].end
        return shown_span(claim, side, start, end) if found else None


def _nodes(side: Member) -> Iterator[Node]:
    """The first parts of a side that are expressions, in all its readings."""
    written = (node for reading in side.readings for node in reading.tree.walk())
    yield from (node for node in islice(written, _MOST_LOOKED_AT) if node.kind not in _PARTS)


def _start(claim: Claim) -> int:
    """Where the right member of a claim starts in the document's text."""
    return claim.right.start if claim.right.text or not claim.left.text else claim.left.end


def shown_text(claim: Claim) -> str:
    """A claim in one line, as it is shown."""
    return unbraced(_plain(claim))


def _plain(claim: Claim) -> str:
    return " ".join(f"{claim.left.text} {claim.sign or claim.relation} {claim.right.text or claim.words}".split())


def unbraced(text: str) -> str:
    """h_1 for h_{1}, as markup leaves it; LaTeX stays as it is."""
    return text if "\\" in text else _BRACED.sub(r"\1\2", text)


def shown_span(claim: Claim, side: Member, start: int, end: int) -> tuple[int, int] | None:
    """The span in the shown line of a span in a side: both have the same characters but for blanks."""
    before = "" if side is claim.left else claim.left.text + (claim.sign or claim.relation)
    first = _ink(before) + _ink(side.text[: start - side.start])
    last = first + _ink(side.text[start - side.start : end - side.start])
    plain = _plain(claim)
    places = [at for at, sign in enumerate(plain) if not sign.isspace()]
    if not first < last <= len(places):
        return None
    ends = places[first], places[last - 1] + 1
    return ends if "\\" in plain else (len(unbraced(plain[: ends[0]])), len(unbraced(plain[: ends[1]])))


def _ink(text: str) -> int:
    return len("".join(text.split()))

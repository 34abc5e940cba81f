"""How a document's own author would write it: names as they are spelled there, formulas in its notation, places in
its text.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

import sympy as sp

from derive.checking.equations import Equation, names_of, tree_of
from derive.checking.exchange import exchanged
from derive.checking.interpretations import Interpretation
from derive.claim import Called
from derive.documents.notebooks import cells, is_notebook
from derive.documents.traced import Lines
from derive.errors import DeriveError
from derive.formulas.claims import Claim, Document, Member
from derive.formulas.elaboration import elaborated
from derive.formulas.syntax import Node
from derive.latex.expression import Piece, atom
from derive.latex.names import width
from derive.tex import as_tex
from derive.text import as_text

_LONGEST = 2_000
_LONGEST_NAME = 40
_MOST_LOOKED_AT = 400
_NAME = re.compile(r"∂?[^\W\d_]\w*[⁺′]?")
_KEPT = frozenset(
    "a an and are as at be by does for here in is it its not nothing of on or says that the this to what with".split()
)
_PARTS = frozenset("inverse limit condition word below above".split())
_BRACED = re.compile(r"([_^])\{(\w)\}")


class Wording:
    """A document's own notation; made once for a document. `lent` spells the names that a walkthrough may bring."""

    def __init__(
        self, document: Document, source: str, file: str, lent: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.document = document
        self._lent = lent
        self._lines = Lines.of(source)
        self._names = names_of(document)
        self._cells = tuple(cells(source)) if is_notebook(source, file) else ()

    # names

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Each name's key with its first spelling in a formula, else with that of the words."""
        found = {**self._lent, **self.document.vocabulary.spellings}
        first: dict[str, str] = {}
        for member in (member for claim in self.document.claims for member in (claim.left, claim.right)):
            tree = tree_of(member)
            for node in () if tree is None else tree.walk():
                if node.kind == "name" and node.value not in first:
                    first[node.value] = _written(node, member)
        return found | {name: written for name, written in first.items() if written}

    def name(self, name: str) -> str:
        """A name as the document first spells it."""
        if name.endswith(("⁺", "′")) and name not in self.spellings:
            return self.name(name[:-1]) + name[-1]
        if name.startswith("∂") and "/∂" in name:
            of, _, by = name[1:].partition("/∂")
            return f"∂{self.name(of)}/∂{self.name(by)}"
        return self.spellings.get(name, name)

    def respelled(self, words: str) -> str:
        """A sentence with the names in it as the document spells them."""

        def put(match: re.Match[str]) -> str:
            bare = match[0].removeprefix("∂")
            is_kept = bare in _KEPT or bare not in self.spellings
            return match[0] if is_kept else match[0].removesuffix(bare) + self.spellings[bare]

        return _NAME.sub(put, words)

    # expressions

    def text(self, expression: sp.Expr | None, latex: bool = False) -> str | None:
        """An expression in the author's names, as text or as LaTeX; None where it is too long or cannot be written."""
        if expression is None:
            return None
        try:
            found = as_tex(expression, self._piece) if latex else spelled(expression, self.name)
        except (TypeError, ValueError, KeyError, RecursionError):
            return None
        return found if len(found) <= _LONGEST else None

    def _piece(self, name: str) -> Piece:
        written = self.name(name)
        if "\\" not in written and "_" in written:
            head, _, index = written.partition("_")
            written = f"{head}_{{{index.strip('{}')}}}" if len(index) > 1 and head else written
        return atom(written, width(name))

    def is_latex(self, claim: Claim) -> bool:
        """Whether a claim is written in LaTeX."""
        return "\\" in claim.left.text + claim.right.text

    # places

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the source, from 1, of a place in the document's text."""
        return self._lines.place(self.document.text.place(offset))

    def line(self, claim: Claim) -> int:
        """The line of the source in which a claim's right member starts."""
        return self.place(start_of(claim))[0]

    def cell(self, claim: Claim) -> tuple[int, int] | None:
        """The notebook's cell in which a claim stands, and the line in it, from 1."""
        if not claim.cell:
            return None
        found = next((cell for cell in self._cells if cell.number == claim.cell), None)
        place = self.document.text.place(start_of(claim))
        if found is None:
            return claim.cell, 1
        before = sum(1 for sign, at in zip(found.text.text, found.text.at, strict=True) if sign == "\n" and at < place)
        return claim.cell, before + 1

    def span(
        self, claim: Claim, side: Member, way: tuple[sp.Expr, ...], equation: Equation, interpretation: Interpretation
    ) -> tuple[int, int] | None:
        """Where the last of nested parts of a side stands in the claim's line as it is shown; None where it is not
        found.
        """
        nodes = []
        for node in self._nodes(side):
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

    def _nodes(self, side: Member) -> Iterator[Node]:
        seen = 0
        for reading in side.readings:
            for node in reading.tree.walk():
                seen += 1
                if seen > _MOST_LOOKED_AT:
                    return
                if node.kind not in _PARTS:
                    yield node


def _written(node: Node, member: Member) -> str:
    """A name's own text; nothing where it does not stand in one piece."""
    text = member.text[node.start - member.start : node.end - member.start].strip()
    if not text or len(text) > _LONGEST_NAME or (set(text) & set(" =+*/(&|") and "\\" not in text):
        return ""
    is_whole = text.count("{") == text.count("}") and not set(text) & set("$\n")
    has_ink = any(map(str.isalnum, text)) or not any(map(str.isalnum, node.value))
    return unbraced(text) if is_whole and has_ink and not text.endswith(("_", "^", "\\", ",")) else ""


def spelled(expression: sp.Expr, name: Callable[[str], str]) -> str:
    """An expression as text, each name as somebody spells it; TypeError where it cannot be written."""
    table = {s: sp.Symbol(name(s.name), real=True) for s in expression.free_symbols}
    for call in expression.atoms(Called):
        if len(call.arguments) == 1:  # d(y1), f'(x)
            inside, primes = spelled(call.arguments[0], name), "'" * call.orders[0]
            table[call] = sp.Symbol(f"{name(call.name)}{primes}({inside})", real=True)
    return as_text(exchanged(expression, table))


def start_of(claim: Claim) -> int:
    """Where the right member of a claim starts in the document's text."""
    return claim.right.start if claim.right.text or not claim.left.text else claim.left.end


def shown_text(claim: Claim) -> str:
    """A claim in one line, as it is shown."""
    return unbraced(_plain(claim))


def _plain(claim: Claim) -> str:
    return " ".join(f"{claim.left.text} {claim.relation} {claim.right.text or claim.words}".split())


def unbraced(text: str) -> str:
    """h_1 for h_{1}, as markup leaves it; LaTeX stays as it is."""
    return text if "\\" in text else _BRACED.sub(r"\1\2", text)


def shown_span(claim: Claim, side: Member, start: int, end: int) -> tuple[int, int] | None:
    """The span in the shown line of a span in a side: both have the same characters but for blanks."""
    before = "" if side is claim.left else claim.left.text + claim.relation
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

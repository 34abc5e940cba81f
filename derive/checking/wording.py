"""How a document's own author would write it: names as they are spelled there, formulas in its notation."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import tree_of
from derive.checking.exchange import exchanged
from derive.checking.places import unbraced
from derive.formulas.claims import Claim, Document, Member
from derive.formulas.syntax import Node
from derive.latex.expression import Piece, atom
from derive.latex.names import width
from derive.tex import as_tex
from derive.text import as_text
from derive.written import calls_in

_LONGEST = 2_000
_LONGEST_NAME = 40
_NAME = re.compile(r"∂?[^\W\d_]\w*[⁺′]?")
_KEPT = frozenset(
    "a an and are as at be by does for here in is it its not nothing of on or says that the this to what with".split()
)


class Wording:
    """A document's own notation; made once for a document. `lent` spells the names that a walkthrough may bring."""

    def __init__(self, document: Document, lent: Mapping[str, str]) -> None:
        self.document = document
        self._lent = lent

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

    def tree(self, member: Member) -> Node | None:
        """What a member was read as, with the author's names; None where it cannot be read, or is LaTeX of its own."""
        tree = tree_of(member)
        return None if tree is None or "\\" in member.text else self._respelled(tree)

    def _respelled(self, node: Node) -> Node:
        value = self.name(node.value) if node.kind == "name" else node.value
        return replace(node, value=value, parts=tuple(map(self._respelled, node.parts)))

    def _piece(self, name: str) -> Piece:
        written = self.name(name)
        if "\\" not in written and "_" in written:
            head, _, index = written.partition("_")
            written = f"{head}_{{{index.strip('{}')}}}" if len(index) > 1 and head else written
        return atom(written, width(name))

    def is_latex(self, claim: Claim) -> bool:
        """Whether a claim is written in LaTeX."""
        return "\\" in claim.left.text + claim.right.text


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
    for call in calls_in(expression):
        if len(call.arguments) == 1:  # d(y1), f'(x)
            inside, primes = spelled(call.arguments[0], name), "'" * call.orders[0]
            table[call] = sp.Symbol(f"{name(call.name)}{primes}({inside})", real=True)
    return as_text(exchanged(expression, table))

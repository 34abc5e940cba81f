r"""TeX that stands by itself: expressions, and both sides of a checked equality, without macros of ours.

`∂E/∂w5` is `\frac{\partial E}{\partial w_{5}}`, where `derive latex` writes `\nnpartial{\nnE}{\nnw{5}}`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.formulas import CONSTANTS, read_formula
from derive.formulas import Names as KnownNames
from derive.formulas.elaboration import Names as Known
from derive.formulas.elaboration import elaborated
from derive.formulas.syntax import Node
from derive.formulas.tokens import tokens_of
from derive.latex.expression import TIMES, Names, Piece, as_latex, atom
from derive.latex.labels import RATE
from derive.latex.names import notation, width
from derive.latex.plain import Macros, put_in
from derive.rules import SPELLINGS

_OURS: Macros = MappingProxyType({
    TIMES.removeprefix("\\"): (0, r"\cdot"),
    RATE.removeprefix("\\"): (0, r"\eta"),
    "nnpartial": (2, r"\frac{\partial #1}{\partial #2}"),
})  # fmt: skip


def as_tex(expression: sp.Basic, names: Names | None = None) -> str:
    """An expression, in the order in which it was written; TypeError for a kind of node that nobody writes.

    `names` sets its names; without it they are set as `derive latex` sets them.
    """
    return put_in(as_latex(expression, names or _names).latex, _OURS)


@lru_cache(maxsize=4096)
def _names(name: str) -> Piece:
    r"""A name as it is set: LaTeX stays, w^(2)_1 has its label above, any other is as in `derive latex`."""
    if "\\" in name:
        return atom(name, width(name))
    head, _, scripts = name.partition("^")
    if scripts:
        label, stroke, below = scripts.partition("_")
        return atom(f"{_names(head + stroke + below).latex}^{{{label.strip('{}')}}}", width(name))
    known = notation([name], _OURS)
    return atom(put_in(known.written[name], {one.name: (one.arguments, one.body) for one in known.macros}), width(name))


class Typeset(Struct, frozen=True):
    """TeX of the left side, the right side and what is right; None where there is none or it is no formula."""

    left: str | None = None
    right: str | None = None
    correct: str | None = None


def typeset(found: object) -> Typeset:
    """TeX of the sides of what a check returns; what stands in LaTeX already stays as it is."""
    own = (_own(getattr(found, side, None)) for side in ("left", "right", "correct"))
    return Typeset(*(tex or _written(member) for tex, member in zip(own, members(found), strict=True)))


def _own(member: object) -> str | None:
    """A member that its author wrote in LaTeX, where it is whole and no row of a display."""
    is_latex = isinstance(member, str) and "\\" in member and len(member) <= _LONGEST
    return str(member) if is_latex and str(member).count("{") == str(member).count("}") and "&" not in str(member) else None  # noqa: E501


def _written(member: sp.Expr | None) -> str | None:
    try:
        return None if member is None else as_tex(member)
    except (TypeError, RecursionError):
        return None


def members(found: object) -> tuple[sp.Expr | None, sp.Expr | None, sp.Expr | None]:
    """The left side, the right side and what is right of what a check returns, each None where it is no formula.

    The sides are what the check itself read; what is right comes as text.
    """
    trees = (*getattr(found, "trees", (None, None)), None)
    texts = (getattr(found, side, None) for side in ("left", "right", "correct"))
    left, right, correct = (_read(text) if tree is None else _of_tree(tree)
                            for tree, text in zip(trees, texts, strict=True))
    return left, right, correct


def _of_tree(tree: Node) -> sp.Expr | None:
    try:
        return elaborated(tree, Known())
    except (DeriveError, TypeError, ValueError, ZeroDivisionError, RecursionError, OverflowError):
        return None


_WORD = re.compile(r"[^\W\d]\w*")
_LONGEST = 4_000


@lru_cache(maxsize=4096)
def _read(member: object) -> sp.Expr | None:
    if isinstance(member, sp.Expr):
        return member
    if not isinstance(member, str) or len(member) > _LONGEST:
        return None
    words = {name for word in _WORD.findall(member) for name in _names_in(word.removeprefix("∂"))}
    words = words - set(SPELLINGS) - CONSTANTS
    try:
        return read_formula(member, KnownNames.of(words))
    except (DeriveError, RecursionError):
        return None


def _names_in(word: str) -> Iterable[str]:
    """`w_1x_1` is two letters, each with its index; a word such as `conv_2d` is one name."""
    pieces = [word[token.start : token.end] for token in tokens_of(word, ((0, len(word)),)) if token.kind == "WORD"]
    are_letters = all(piece.find("_") == 1 or len(piece) == 1 for piece in pieces)
    return pieces if are_letters and "".join(pieces) == word else [word]

"""One formula, from text over declared names to an expression that keeps the order in which it was written."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sympy as sp
from lark import Lark, Token, UnexpectedToken

from derive.claim import UNTOLD
from derive.errors import DeriveError
from derive.reading.building import Builder, Unbound
from derive.reading.doubts import refuse_doubtful
from derive.reading.grammar import parser_of
from derive.reading.tokens import Piece, tokenize
from derive.reading.vocabulary import FreeNames, Names, Resolving

_GRAMMAR = Path(__file__).parent.parent / "grammar" / "formula.lark"
MOST_CHARACTERS = 20_000
_SHORT = 300  # what is remembered; long ones would fill the memory
_BRACED_INDEX = re.compile(r"_\{(\w+)\}")


def read_formula(text: str, names: Names) -> sp.Expr:
    """The expression that a formula states, its sums and products in the order written.

    DeriveError where the text is no formula over the names: it shows the column and what stands there.
    """
    return read_over(text, names)


def read_free(text: str) -> sp.Expr:
    """The expression that a formula over any names states: `2 sin(t^2)`, `e^x`, `w1*i1`, `xy`.

    `e` is Euler's number and `pi` or `π` the circle's; every other letter, with its index, is a real variable. Letters
    side by side are their product. DeriveError as in `read_formula`, and where two readings are possible.
    """
    if len(text) > MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"at most {MOST_CHARACTERS:,} are read")
    plain = _BRACED_INDEX.sub(lambda match: f"_{match.group(1)}  ", text)
    pieces = tokenize(plain, FreeNames())
    refuse_doubtful(plain, pieces)
    return parse(pieces, plain)


def read_over(text: str, names: Resolving) -> sp.Expr:
    """The expression of a text over names that are resolved in any way."""
    if len(text) > MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"at most {MOST_CHARACTERS:,} are read")
    return parse(tokenize(text, names), text)


def parse(pieces: Iterable[Piece], text: str, *, primes: bool = False) -> sp.Expr:
    """The expression of tokens; `text` is shown where they make none.

    With `primes`, u' is the derivative of u by `claim.UNTOLD`, which the reader's caller must find out.
    """
    found = (_parsed_once if len(text) <= _SHORT else _parsed)(tuple(pieces), text)
    if not primes and found.has(UNTOLD):
        raise DeriveError("", f"it is not told by what is differentiated: {text.strip()}", "write du/dx for u'")
    return found


@lru_cache(maxsize=1024)  # a document's formula is read to find its names, its values, and its verdict
def _parsed_once(pieces: tuple[Piece, ...], text: str) -> sp.Expr:
    return _parsed(pieces, text)


def _parsed(pieces: tuple[Piece, ...], text: str) -> sp.Expr:
    parser: Any = _parser().parse_interactive("")
    end = len(text) + 1
    try:
        for piece in pieces:
            parser.feed_token(Token(piece.kind, piece.value, start_pos=piece.start))
        read = parser.feed_eof(None)
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise DeriveError(f"column {end}", f"the formula ends too early: {text.strip()}") from None
        place = (error.token.start_pos or 0) + 1
        right = "write a decimal point, 0.05 for 0,05" if error.token.type == "COMMA" else ""
        raise DeriveError(f"column {place}", f'"{error.token}" does not fit here: {text.strip()}', right) from None
    expression: sp.Expr = read.expression
    if expression.has(Unbound):
        raise DeriveError("", f"a differential stands alone: {text.strip()}", "write a ratio, ∂E/∂w")
    return expression


@cache
def _parser() -> Lark:
    """The formula grammar, compiled once a process."""
    return parser_of(_GRAMMAR, Builder())

"""One formula, from text to an expression that keeps the order in which it was written; nothing is guessed."""

import re

import sympy as sp

from derive.errors import DeriveError
from derive.formulas import elaboration
from derive.formulas.expression.doubts import refuse_doubtful
from derive.formulas.expression.names import CONSTANTS, FreeNames, Names
from derive.formulas.expression.parser import parsed
from derive.formulas.expression.tokens import tokens_of

__all__ = ["CONSTANTS", "Names", "read_formula", "read_free"]

MOST_CHARACTERS = 20_000
_BRACED_INDEX = re.compile(r"_\{(\w+)\}")


def read_formula(text: str, names: Names) -> sp.Expr:
    """The expression that a formula states, its sums and products in the order written.

    DeriveError where the text is no formula over the names: it shows the column and what stands there.
    """
    _check_length(text)
    return elaboration.elaborated(parsed(tokens_of(text, names), text), elaboration.Names(hidden=names.declared))


def read_free(text: str) -> sp.Expr:
    """The expression that a formula over any names states: `2 sin(t^2)`, `e^x`, `w1*i1`, `xy`.

    `e` is Euler's number and `pi` or `π` the circle's; every other letter, with its index, is a real variable. Letters
    side by side are their product. DeriveError as in `read_formula`, and where two readings are possible.
    """
    _check_length(text)
    plain = _BRACED_INDEX.sub(lambda match: f"_{match.group(1)}  ", text)
    tokens = tokens_of(plain, FreeNames())
    refuse_doubtful(plain, tokens)
    return elaboration.elaborated(parsed(tokens, plain, free=True), elaboration.Names())


def _check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"at most {MOST_CHARACTERS:,} are read")

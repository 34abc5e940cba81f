"""Lines of formulas to claims: every `=` of a line is one claim, in the order written."""

from collections.abc import Iterator
from itertools import pairwise

import sympy as sp

from derive.claim import Claim, Place
from derive.errors import DeriveError
from derive.reading.formula import read_formula
from derive.reading.vocabulary import Names


def read_claims(text: str, names: Names, file: str = "") -> Iterator[Claim | DeriveError]:
    """The claims of a text, line by line, lazily; a line that is not understood comes out as its DeriveError.

    A chain `a = b = c` gives two claims. A line without `=` is prose and gives none.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        members: list[tuple[sp.Expr | None, str, int]] = []
        start = 0
        for part in line.split("=") if "=" in line else ():
            stripped = part.strip()
            column = start + len(part) - len(part.lstrip()) + 1
            start += len(part) + 1
            try:
                members.append((read_formula(stripped, names), stripped, column))
            except DeriveError as error:
                members.append((None, stripped, column))
                yield DeriveError(f"line {number}, column {column}", error.found, error.right)
        for (left, left_text, _), (right, right_text, column) in pairwise(members):
            if left is not None and right is not None:
                yield Claim(left, right, left_text, right_text, Place(file, number, column))

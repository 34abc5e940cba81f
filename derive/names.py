"""Names as people write them, and the symbols that stand for them."""

import re
from functools import cache

import sympy as sp

_NAME = re.compile(r"[^\W\d]\w*\Z")


@cache
def symbol(name: str) -> sp.Symbol:
    """The real symbol of a name; every expression of this project is made of these."""
    return sp.Symbol(name, real=True)


def is_name(text: str) -> bool:
    """Whether a text can name a quantity: a letter or `_` first, then letters, digits and `_`."""
    return _NAME.match(text) is not None


def quantity(of: str, by: str) -> str:
    """A derivative's name in plain ASCII, as every JSON writes it: `dE/dw3`."""
    return f"d{of}/d{by}"


def partial(of: str, by: str) -> str:
    """A derivative's name as a person writes it: `∂E/∂w3`."""
    return f"∂{of}/∂{by}"

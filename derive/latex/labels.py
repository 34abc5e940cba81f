"""How a quantity is written in a document, and the label of its equation."""

import re

from derive.latex.expression import Names, atom
from derive.latex.names import Notation, ascii_letters
from derive.walkthrough import Walkthrough

RATE = r"\nnrate"


def by_macro(names: Notation) -> Names:
    """Names by their macros."""
    return lambda name: atom(RATE, 0.6) if name == RATE else atom(names.written[name], names.widths[name])


def label(loaded: Walkthrough, what: str) -> str:
    """`eq:kanungo:dE/dw5`: the walkthrough's name and the quantity's, in characters that a label may have."""
    return "eq:" + re.sub(r"[^\w:/+-]", lambda c: ascii_letters(c.group()), f"{loaded.name}:{what}", flags=re.ASCII)

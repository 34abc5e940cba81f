"""How a loss is named, for all who ask: the letters that stand for it, and its words."""

LETTERS = frozenset("ELCJ")
WORDS = ("loss", "cost")
ERRORS = ("error", "err")
"""Words for a loss that are as often what is left of a target: a vector may have them."""


def is_of_losses(name: str) -> bool:
    """Whether a name may be a loss's or a part's by its first letter: E_total, C2, error, loss_1."""
    return name[:1].upper() in LETTERS

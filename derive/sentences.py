"""Words to sentences, in which a formula at the beginning stays as it is."""

from collections.abc import Collection

_ENDS = (".", "?", "!")


def sentence(words: str, names: Collection[str] = ()) -> str:
    """Words with a capital and a full stop; what begins with one of these names begins with a formula.

    >>> sentence("the sign of y is wrong", ["y"]), sentence("y - a stands where a - y belongs", ["a", "y"])
    ('The sign of y is wrong.', 'y - a stands where a - y belongs.')
    """
    first = words.partition(" ")[0]
    is_word = first.isalpha() and first.islower() and (len(first) > 1 or first == "a") and first not in names
    capital = words[:1].upper() + words[1:] if is_word else words
    return capital if capital.endswith(_ENDS) else f"{capital}."

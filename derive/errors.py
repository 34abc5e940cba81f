"""The one way in which something given by the user is refused, and words of refusals."""

from collections.abc import Sequence


class DeriveError(Exception):
    """A fault in what was given: where it stands, what stands there, what would be right.

    The three are fields, so that a report can place them; `str` puts them in one line.

    >>> import derive
    >>> try:
    ...     derive.load_walkthrough("kanungoo")
    ... except DeriveError as error:
    ...     error.where, error.found
    ('kanungoo', 'there is no such walkthrough')
    """

    def __init__(self, where: str, found: str, right: str = "") -> None:
        super().__init__(where, found, right)
        self.where = where
        self.found = found
        self.right = right

    def __str__(self) -> str:
        told = f"{self.where}: {self.found}" if self.where else self.found
        return f"{told} — {self.right}" if self.right else told


def required(where: str, given: object, kinds: tuple[type, ...], right: str) -> None:
    """DeriveError where a program gives another kind of value than is asked for.

    >>> required("text", 3, (str,), "a text")
    Traceback (most recent call last):
    ...
    derive.errors.DeriveError: text: 3 is given — a text
    """
    if not isinstance(given, kinds):
        raise DeriveError(where, f"{' '.join(repr(given).split())[:60]} is given", right)


def not_said(names: Sequence[str]) -> str:
    """That nothing says what some names are.

    >>> not_said(["a"]), not_said(["a", "b"])
    ('what a is, is not said', 'what a, b are, is not said')
    """
    return f"what {', '.join(names)} {'is' if len(names) == 1 else 'are'}, is not said"

"""The one way in which something given by the user is refused."""


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

"""A bound on work: how much is left of what an audit may spend on looking for causes."""


class Work:
    """What is left, in cells read by formulas that are tried; a few million of them are some seconds."""

    def __init__(self, left: int) -> None:
        self._left = left

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._left <= 0

    def spend(self, reads: int) -> bool:
        """Take some off; False where nothing was left."""
        left = self._left
        self._left -= reads
        return left > 0

"""Where a decision stops: the sizes that are too large, and what is raised there."""

MOST_STEPS = 60_000
MOST_DIGITS = 3_000


class OutOfReachError(Exception):
    """The decision stops here, and says why: a guard on size, or something that no rule covers."""

"""How many examples a law is tried on: few in every run, ten times as many in the slow sweep."""

import os

from hypothesis import settings

TIMES = "DERIVE_SHEETS_EXAMPLES"
"""The environment's number by which the examples of every law are multiplied."""


def examples(few: int) -> settings:
    """So many examples, more where the environment asks for more."""
    return settings(max_examples=few * int(os.environ.get(TIMES, "1")))

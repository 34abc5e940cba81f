"""Walkthroughs: what a person would write on the board, read from a TOML file and validated once."""

from derive.walkthrough.walkthrough import BUILT_IN, Walkthrough, built_in, load_walkthrough, with_changes

__all__ = ["BUILT_IN", "Walkthrough", "built_in", "load_walkthrough", "with_changes"]

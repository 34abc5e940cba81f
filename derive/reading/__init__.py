"""Reading what a person wrote: text to expressions and claims."""

from derive.reading.claims import read_claims
from derive.reading.formula import Names, read_formula

__all__ = ["Names", "read_claims", "read_formula"]

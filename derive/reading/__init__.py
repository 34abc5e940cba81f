"""Reading what a person wrote: text to expressions and claims."""

from derive.reading.claims import read_claims
from derive.reading.formula import read_formula, read_free
from derive.reading.vocabulary import Names

__all__ = ["Names", "read_claims", "read_formula", "read_free"]

"""Reading what a person wrote: text to expressions and claims, and expressions back to text."""

from derive.reading.claims import read_claims
from derive.reading.formula import read_formula, read_free
from derive.reading.tokens import Names
from derive.reading.writing import write_formula

__all__ = ["Names", "read_claims", "read_formula", "read_free", "write_formula"]

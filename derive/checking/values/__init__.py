"""The numbers of a document: what values it gives its names, and whether a printed number is right to its digits."""

from derive.checking.values.comparison import Compared, compared, differ, solved_by
from derive.checking.values.given import Put, Values, named
from derive.formulas.printed import fraction

__all__ = ["Compared", "Put", "Values", "compared", "differ", "fraction", "named", "solved_by"]

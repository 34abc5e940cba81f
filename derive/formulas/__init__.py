"""Formulas: those of a document to claims, and one formula by itself to an expression."""

from derive.formulas.expression import CONSTANTS, Names, read_formula, read_free

__all__ = ["CONSTANTS", "Names", "read_formula", "read_free"]

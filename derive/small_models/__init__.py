"""Sums, indices, vectors and matrices, decided by small models: every array at sizes 1, 2, 3, every entry by `decide`."""

from derive.small_models.weighing import weigh_indexed

__all__ = ["weigh_indexed"]

"""Sums, indices, vectors and matrices, decided by small models: arrays of few entries, each by `decide`."""

from derive.small_models.weighing import weigh_indexed

__all__ = ["weigh_indexed"]

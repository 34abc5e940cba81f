"""Sums, indices, vectors and matrices, decided by small models: arrays of few entries, each by `decide`.

The way of a document: its trees are put into one `notation`, its claims make a world of arrays (`worlds`), the world is
put out at concrete sizes (`models`), and both sides of each claim are compared there, component by component
(`weighing`). docs/equality.md has the theorem by which a few sizes prove every size.
"""

from derive.small_models.weighing import weigh_indexed
from derive.small_models.weighing.weighed import Component

__all__ = ["Component", "weigh_indexed"]

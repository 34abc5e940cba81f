"""A document's definitions as a graph: what rests on what, and every written derivative worked out on it."""

from derive.checking.graph.graph import VALUE, CircleError, Function, Graph
from derive.checking.graph.limits import UnsettledError
from derive.checking.graph.points import holds_at_a_point

__all__ = ["VALUE", "CircleError", "Function", "Graph", "UnsettledError", "holds_at_a_point"]

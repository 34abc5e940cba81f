"""The gradient that a layer's backward pass is given, under whatever name: that by what its forward pass returns."""

import ast
import copy
from collections.abc import Sequence

from derive.formulas.claims.expressions import OBJECTS

_GRADIENTS = ("grad_", "grad", "d_", "d")
"""What stands before a name in that of its gradient."""


def with_upstream(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The body of a class in which backward calls the gradient that it is given dout where forward returns out; what
    forward returns without a name is called out.
    """
    methods = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
    forward, backward = methods.get("forward"), methods.get("backward")
    if forward is None or backward is None:
        return body
    given, last = _given(backward), forward.body[-1]
    known = _names(forward)
    is_told = any(given.startswith(sign) and given.removeprefix(sign) in known for sign in _GRADIENTS)
    if not given or is_told or not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name | ast.BinOp):
        return body
    out = last.value.id if isinstance(last.value, ast.Name) else "out"
    if isinstance(last.value, ast.BinOp) and out in known | _names(backward):
        return body
    changed = _Renamed(given, f"d{out}").visit(copy.deepcopy(backward))
    if isinstance(last.value, ast.Name):
        return [changed if one is backward else one for one in body]
    name = ast.Name(out, lineno=last.lineno, col_offset=last.col_offset)
    name.end_lineno, name.end_col_offset = last.lineno, last.col_offset + len("return")
    made = ast.copy_location(ast.Assign([name], last.value), last)
    parts = {id(forward): [*forward.body[:-1], made], id(backward): [changed]}
    return [part for one in body for part in parts.get(id(one), [one])]


def _given(method: ast.FunctionDef) -> str:
    """The first argument of a method behind its object; nothing where it has none."""
    return next((one.arg for one in method.args.args if one.arg not in OBJECTS), "")


def _names(method: ast.FunctionDef) -> frozenset[str]:
    """The names in a method, those of its object's attributes and of its arguments, too."""
    nodes = list(ast.walk(method))
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return frozenset(found.union(node.arg for node in nodes if isinstance(node, ast.arg)))


class _Renamed(ast.NodeTransformer):
    """A name for another one, wherever it stands."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name, or the one for it."""
        return ast.copy_location(ast.Name(self.new, node.ctx), node) if node.id == self.old else node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """An argument, or the one for it."""
        return ast.copy_location(ast.arg(self.new), node) if node.arg == self.old else node

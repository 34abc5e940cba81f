"""What a program keeps in a dictionary by its name, params["W1"], as that name."""

import ast
from collections import defaultdict

from derive.formulas.vocabulary import key


def with_boxes_open(module: ast.Module) -> ast.Module:
    """A program with params["W1"] as W1, where no other dictionary has a W1: the gradient in grads["W1"] is another."""
    boxes: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(module):
        match node:
            case ast.Subscript(value=ast.Name(id=box), slice=ast.Constant(value=str() as name)) if name.isidentifier():
                boxes[name].add(box)
    opened: ast.Module = _Opening(frozenset(name for name, found in boxes.items() if len(found) == 1)).visit(module)
    return opened


class _Opening(ast.NodeTransformer):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        """An assignment; W1 = params["W1"] stays, as it tells that W1 has a value."""
        match node:
            case ast.Assign(targets=[ast.Name(id=one)], value=ast.Subscript(slice=ast.Constant(value=str() as same))):
                if key(one) == key(same):
                    return node
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """What stands in a dictionary, or an entry of anything else."""
        self.generic_visit(node)
        match node.slice:
            case ast.Constant(value=str() as name) if name in self.names:
                return ast.copy_location(ast.Name(name, node.ctx), node)
        return node

"""Programs that differentiate by themselves: what an operation adds to the gradient of one of its parts."""

import ast
from collections.abc import Mapping

from derive.formulas.claims.expressions import BOXES


class Share(ast.expr):
    """The derivative of what an operation makes by one of its parts, times the gradient of what it makes."""

    def __init__(self, made: ast.expr, part: ast.expr, gradient: ast.expr) -> None:
        super().__init__()
        self.made, self.part, self.gradient = made, part, gradient


def made_in(value: ast.expr) -> ast.expr | None:
    """What a box is made of: self.data * other.data in Value(self.data * other.data, (self, other))."""
    match value:
        case ast.Call(func=ast.Name(id=box), args=[made, *_]) if box in BOXES:
            return made
    return None


def share_of(target: ast.expr, value: ast.expr, made: Mapping[str, ast.expr]) -> Share | None:
    """What is to be added to a gradient, self.grad += other.data * out.grad, as what `out` is made of tells it."""
    match target:
        case ast.Attribute(value=ast.Name(id=name) as part, attr="grad") if name not in made:
            found = (node for node in ast.walk(value) if isinstance(node, ast.Attribute) and node.attr == "grad")
            above = {node.value.id: node for node in found if isinstance(node.value, ast.Name)}
            if len(above) == 1 and made.keys() >= above.keys():
                ((out, gradient),) = above.items()
                data = ast.copy_location(ast.Attribute(part, "data", ast.Load()), target)
                return ast.copy_location(Share(made[out], data, gradient), target)
    return None

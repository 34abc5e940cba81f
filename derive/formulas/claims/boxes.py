"""What a program keeps in a dictionary by its name, params["W1"], as that name."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from derive.formulas.vocabulary import key


def with_boxes_open(module: ast.Module) -> ast.Module:
    """A program with params["W1"] as W1, where no other dictionary has a W1, and no line gives that name another value:
    the gradient in grads["W1"] of a weight W1 is another.
    """
    boxes: dict[str, set[str]] = defaultdict(set)
    kept: set[str] = set()
    """What is put in a dictionary under its own name, cache = {"A1": A1}."""
    for node in ast.walk(module):
        match node:
            case ast.Subscript(value=box, slice=ast.Constant(value=str() as name)) if name.isidentifier():
                boxes[name].add(ast.unparse(box))
            case ast.Dict(keys=keys, values=values):
                kept.update(value.id for at, value in zip(keys, values, strict=True)
                            if isinstance(at, ast.Constant) and isinstance(value, ast.Name) and at.value == value.id)
    alone = {name for name, found in boxes.items() if len(found) == 1 and all(map(str.isidentifier, found))}
    names = alone - set(_given(module)).difference(kept)
    opened: ast.Module = _Opening(frozenset(names)).visit(module)
    return opened


def _given(module: ast.Module) -> Iterator[str]:
    """The names that have a value of their own: by a line, or as what a function is given, or told nowhere."""
    own = [node.targets[0] for node in ast.walk(module) if isinstance(node, ast.Assign) and _tells_again(node)]
    told = {node.id for node in own if isinstance(node, ast.Name)}
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) if node not in own and (name not in told or isinstance(node.ctx, ast.Store)):
                yield name
            case ast.arg(arg=name):
                yield name


def _tells_again(node: ast.Assign) -> bool:
    """Whether a line only takes a name out of a dictionary: W1 = params["W1"]."""
    match node:
        case ast.Assign(targets=[ast.Name(id=one)], value=ast.Subscript(slice=ast.Constant(value=str() as same))):
            return key(one) == key(same)
    return False


class _Opening(ast.NodeTransformer):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        """An assignment; W1 = params["W1"] stays, as it tells that W1 has a value."""
        if not _tells_again(node):
            self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """What stands in a dictionary, or an entry of anything else."""
        self.generic_visit(node)
        match node.slice:
            case ast.Constant(value=str() as name) if name in self.names:
                return ast.copy_location(ast.Name(name, node.ctx), node)
        return node

"""Arrays of more than two axes, as a program shows them: the axes 0 and 1 of these are not rows and columns."""

import ast

_MATRIX = 2
"""So many axes a matrix has."""


def with_axes(statement: ast.stmt) -> ast.stmt:
    """A class or function of a program; in one that takes a shape apart into three sizes, or adds up along a third
    axis, and makes no matrices of such arrays, nobody here can tell what stands along the axes that are counted from
    the first one.
    """
    nodes = list(ast.walk(statement)) if isinstance(statement, ast.ClassDef | ast.FunctionDef) else []
    is_matrix = any(isinstance(node, ast.Attribute) and node.attr == "reshape" for node in nodes)
    return _Counted().visit(statement) if any(map(_tells_axes, nodes)) and not is_matrix else statement


def _tells_axes(node: ast.AST) -> bool:
    """N, T, D = x.shape; axis=2; axis=(0, 1)."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=sizes)], value=ast.Attribute(attr="shape")):
            return len(sizes) > _MATRIX
        case ast.keyword(arg="axis", value=ast.Constant(value=int() as axis)):
            return axis >= _MATRIX
        case ast.keyword(arg="axis", value=ast.Tuple()):
            return True
    return False


class _Counted(ast.NodeTransformer):
    """axis=0 and axis=1 as axes of which nothing is known."""

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        """An argument with its name."""
        self.generic_visit(node)
        is_counted = node.arg == "axis" and isinstance(node.value, ast.Constant) and node.value.value in (0, 1)
        return ast.keyword("axis", ast.copy_location(ast.Name("axis"), node.value)) if is_counted else node

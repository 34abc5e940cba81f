"""Expressions of Python as written formulas; what no row of the tables reads is foreign."""

import ast
from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.formulas.array_calls import Made
from derive.formulas.claims.numpy_calls import (
    AXES,
    along_classes,
    array_call,
    dotted,
    is_column,
    labels_of,
    of_each_class,
)
from derive.formulas.syntax import EDGELESS, Node
from derive.formulas.vocabulary import is_known, key

Inner = Callable[[ast.expr], Node]
"""The tree of a part."""

_MODULES = frozenset("np numpy xp cp math torch tf jnp F scipy special cmath".split())
_CONSTANTS = MappingProxyType(
    {f"{module}.{name}": sign for module in ("np", "numpy", "math") for name, sign in (("e", "e"), ("pi", "π"))}
)
_FUNCTIONS = MappingProxyType({"maximum": "max", "minimum": "min", "fabs": "abs", "expit": "sigmoid"})
BOXES = frozenset("Value Tensor tensor Variable Scalar float".split())
"""Calls that only wrap a number: Value(2.0, label="a")."""
OBJECTS = frozenset(("self", "cls"))
"""What a method calls its object: self.f(x) is f(x), self.w is w."""
_OF_ARRAYS = frozenset("shape ndim dtype flat real imag".split())
"""What arrays tell of themselves; another attribute, l.delta, is a name."""
_CHAINED: Mapping[type[ast.operator], tuple[str, str]] = MappingProxyType({
    ast.Add: ("sum", ""), ast.Sub: ("sum", "negative"), ast.Mult: ("product", ""), ast.Div: ("product", "inverse"),
})  # fmt: skip
"""Operators that go on with a sum or a product, and what they make of their right side."""
_PAIRED: Mapping[type[ast.operator], str] = MappingProxyType({ast.Pow: "power", ast.MatMult: "matmul"})
_TESTS: Mapping[type[ast.cmpop], str] = MappingProxyType({ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="})


class Places:
    """Offsets in a document's text of the parser's lines and columns, which count bytes."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self._lines = text.split("\n")
        self._starts = [offset]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, expression: ast.expr) -> tuple[int, int]:
        """Where an expression begins and ends."""
        end = (expression.end_lineno or expression.lineno, expression.end_col_offset or 0)
        return self._at(expression.lineno, expression.col_offset), self._at(*end)

    def behind(self, statement: ast.stmt) -> str:
        """What stands behind a statement on its last line."""
        end = self._at(statement.end_lineno or statement.lineno, statement.end_col_offset or 0) - self.offset
        return self.text[end:].partition("\n")[0]

    def _at(self, line: int, column: int) -> int:
        row = self._lines[line - 1]
        within = column if row.isascii() else len(row.encode()[:column].decode(errors="replace"))
        return self._starts[line - 1] + within


def tree_of(expression: ast.expr, places: Places) -> Node:
    """The tree of an expression, with its places in the document's text."""
    start, end = places.span(expression)

    def made(kind: str, *parts: Node, value: str = "", order: int = 0) -> Node:
        return Node(kind, parts, value, start, end, order)

    def inner(part: ast.expr) -> Node:
        return tree_of(part, places)

    read = _EXPRESSIONS.get(type(expression))
    if read is None:
        return made("foreign", value=type(expression).__name__.lower())
    return read(expression, made, inner)


def _constant(e: ast.Constant, made: Made, inner: Inner) -> Node:
    is_number = type(e.value) in (int, float) and abs(e.value) < float("inf")  # type: ignore[arg-type]
    return (
        made("number", value=repr(e.value)) if is_number else made("foreign", value=f"the value {str(e.value)[:20]!r}")
    )


def _binary(e: ast.BinOp, made: Made, inner: Inner) -> Node:
    left, right = inner(e.left), inner(e.right)
    if type(e.op) in _CHAINED:
        kind, turned = _CHAINED[type(e.op)]
        before = left.parts if left.kind == kind else (left,)
        return made(kind, *before, made(turned, right) if turned else right)
    if type(e.op) in _PAIRED:
        return made(_PAIRED[type(e.op)], left, right)
    return made("foreign", left, right, value=f"the operator {type(e.op).__name__}")


def _unary(e: ast.UnaryOp, made: Made, inner: Inner) -> Node:
    part = inner(e.operand)
    if isinstance(e.op, ast.USub):
        return made("number", value=f"-{part.value}") if part.kind == "number" else made("negative", part)
    return part if isinstance(e.op, ast.UAdd) else made("foreign", value="not")


def _call(e: ast.Call, made: Made, inner: Inner) -> Node:
    """A function of a module or of the document; a method of anything else only where arrays have it."""
    parts = tuple(map(inner, e.args))
    is_method = isinstance(e.func, ast.Attribute) and dotted(e.func).partition(".")[0] not in _MODULES
    name = e.func.id if isinstance(e.func, ast.Name) else e.func.attr if isinstance(e.func, ast.Attribute) else ""
    if is_method and isinstance(e.func, ast.Attribute) and dotted(e.func.value) in OBJECTS:
        return made("call", *parts, value=name if is_known(name) else key(name))
    if name in BOXES and parts and not is_method:
        return parts[0]
    array = array_call(e, name, (inner(e.func.value), *parts) if is_method else parts, made)  # type: ignore[attr-defined]
    if array is not None:
        return array
    if is_method:
        return made("foreign", *parts, value=f".{name}()")
    if e.keywords or any(isinstance(a, ast.Starred) for a in e.args):
        return made("foreign", *parts, value=f"{name}()")
    if name == "square" and len(parts) == 1:
        return made("power", made("group", parts[0], value="("), made("number", value="2"))
    if name in ("power", "pow") and len(parts) == 2:
        return made("power", *(made("group", part, value="(") for part in parts))
    name = _FUNCTIONS.get(name, name)
    if isinstance(e.func, ast.Attribute) and not is_known(name):
        return made("foreign", *parts, value=f"{dotted(e.func)}()")
    if len(parts) == 1 and is_known(name) and (chosen := of_each_class(made, parts[0], name)) is not None:
        return chosen
    return made("call", *parts, value=name if is_known(name) else key(name))


def _attribute(e: ast.Attribute, made: Made, inner: Inner) -> Node:
    path = dotted(e)
    owner, _, rest = path.partition(".")
    if path in _CONSTANTS:
        return made("name", value=_CONSTANTS[path])
    if e.attr in ("T", "size"):
        return made("transposed" if e.attr == "T" else "size", inner(e.value))
    if rest == e.attr and owner in OBJECTS:
        return made("name", value=key(e.attr))
    if rest == e.attr in ("grad", "data"):
        return made("name", value=key(f"{owner}_grad" if e.attr == "grad" else owner))
    if rest == e.attr and isinstance(e.value, ast.Name) and owner not in _MODULES and e.attr not in _OF_ARRAYS:
        return made("name", value=key(f"{owner}_{e.attr}"))
    return made("foreign", value=f".{e.attr}")


def _subscript(e: ast.Subscript, made: Made, inner: Inner) -> Node:
    """x.shape[0], the number of rows; x[0], x[0, 1] and cache["Z"] are names; p[range(n), y] has of each row the entry
    of its class, s[:, None] all of s; any other entry is foreign.
    """
    match e:
        case ast.Subscript(value=ast.Attribute(attr="shape", value=of)) if (axis := ast.unparse(e.slice)) in AXES:
            return made("size", inner(of), value=AXES[axis])
        case _ if (labels := labels_of(e)) is not None:
            return along_classes(made, inner(e.value), made("name", value=labels.name), labels.axis)
        case _ if is_column(e):
            return inner(e.value)
    indices = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
    told = [str(i.value) for i in indices if isinstance(i, ast.Constant) and type(i.value) in (int, str)]
    owner = dotted(e.value)
    if owner and len(told) == len(indices) and all(one.isidentifier() or one.isdecimal() for one in told):
        owner = owner.partition(".")[2] if owner.partition(".")[0] in OBJECTS else owner
        return made("name", value=key("_".join((*owner.split("."), *told))))
    return made("foreign", inner(e.value), value="an entry of a vector")


def _case(e: ast.IfExp, made: Made, inner: Inner) -> Node:
    match e.test:
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _TESTS:
            return made("case", inner(e.body), inner(left), inner(right), inner(e.orelse), value=_TESTS[type(sign)])
    return made("foreign", value="if")


def _test(e: ast.Compare, made: Made, inner: Inner) -> Node:
    """z > 0 as the number that it counts for, 1 or 0: a slope, of which the edge tells nothing."""
    match e:
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _TESTS:
            one, none = (made("number", value=value) for value in "10")
            return made("case", one, inner(left), inner(right), none, value=EDGELESS[_TESTS[type(sign)]])
    return made("foreign", value="a comparison")


_EXPRESSIONS: Mapping[type[ast.expr], Callable[..., Node]] = MappingProxyType({
    ast.Constant: _constant,
    ast.Name: lambda e, made, inner: made("name", value=key(e.id)),
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.IfExp: _case,
    ast.Compare: _test,
    ast.List: lambda e, made, inner: made("list", *map(inner, e.elts)),
    ast.Tuple: lambda e, made, inner: made("list", *map(inner, e.elts)),
    ast.Subscript: _subscript,
})  # fmt: skip

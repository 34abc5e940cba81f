"""Program text to claims: Python's own parser gives the tree, and each assignment is a claim. Nothing is run."""

import ast
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from derive.documents import Program
from derive.formulas.claims import Claim, Member
from derive.formulas.grammar import Reading
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import FURTHER, key
from derive.rules import SPELLINGS

_MODULES = frozenset("np numpy math torch tf jnp F scipy special cmath".split())
_CALLS = MappingProxyType(
    {
        "maximum": "max",
        "minimum": "min",
        "fabs": "abs",
        "expit": "sigmoid",
        "power": "power",
        "square": "square",
        "log1p": "log1p",
    }
)
_BOXES = frozenset("Value Tensor tensor Variable Scalar float".split())
"""Calls that only wrap a number: Value(2.0, label="a")."""
_LONGEST = 200_000


def program_claims(program: Program, text: str, offset: int, count: int) -> Iterator[Claim]:
    """The assignments of a program in their order; a program that Python cannot parse has none."""
    if len(text) > _LONGEST:
        return
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line.encode()) + 1)
    places = _Places(text, offset)
    number = count
    for left, right, relation in _assignments(module.body):
        try:
            yield Claim(_member(left, places), _member(right, places), relation, number, 0, program.cell, program=True)
        except RecursionError:
            return
        number += 1


class _Places:
    """Offsets of the parser's lines and columns, which count bytes."""

    def __init__(self, text: str, offset: int) -> None:
        self.lines = text.split("\n")
        self.text = text
        self.offset = offset
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def of(self, line: int, column: int) -> int:
        row = self.lines[line - 1]
        within = column if row.isascii() else len(row.encode()[:column].decode(errors="replace"))
        return self.starts[line - 1] + within + self.offset


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """Target, value and sign of every assignment, loops and branches included; a function of one return is one."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if (
                    isinstance(target, ast.Name)
                    and isinstance(statement.value, ast.Lambda)
                    and statement.value.args.args
                ):
                    yield _headed(target, statement.value.args), statement.value.body, "="
                    continue
                if (
                    isinstance(target, ast.Tuple)
                    and isinstance(statement.value, ast.Tuple)
                    and len(target.elts) == len(statement.value.elts)
                ):
                    for one, value in zip(target.elts, statement.value.elts, strict=True):
                        yield one, value, "="
                else:
                    yield target, statement.value, "="
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield statement.target, statement.value, "="
        elif isinstance(statement, ast.AugAssign):
            sign = _SIGNS.get(type(statement.op))
            yield statement.target, statement.value, f"{sign or '?'}="
        elif isinstance(statement, ast.FunctionDef):
            last = statement.body[-1]
            inner = [s for s in statement.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
            if len(inner) == 1 and isinstance(last, ast.Return) and last.value is not None and statement.args.args:
                yield _headed(statement, statement.args), last.value, "="
            else:
                yield from _assignments(statement.body)
        elif isinstance(statement, (ast.For, ast.While, ast.If, ast.With)):
            yield from _assignments(statement.body)
            yield from _assignments(getattr(statement, "orelse", []))


def _headed(place: ast.FunctionDef | ast.Name, arguments: ast.arguments) -> ast.Call:
    """The head of a function, f(x, y), as a call at its place."""
    parts: list[ast.expr] = [ast.copy_location(ast.Name(a.arg), a) for a in arguments.args]
    name = place.name if isinstance(place, ast.FunctionDef) else place.id
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name(name), place), parts, []), place)


_SIGNS: Mapping[type[ast.operator], str] = MappingProxyType({ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"})


def _member(expression: ast.expr, places: _Places) -> Member:
    start = places.of(expression.lineno, expression.col_offset)
    end = places.of(expression.end_lineno or expression.lineno, expression.end_col_offset or 0)
    if (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Name)
        and expression.end_lineno != expression.lineno
        and expression.args
        and expression.lineno == expression.func.lineno
        and expression.col_offset == expression.func.col_offset
    ):
        end = places.of(expression.args[-1].end_lineno or 1, expression.args[-1].end_col_offset or 0) + 1
        start = places.of(expression.lineno, expression.col_offset)
    text = places.text[start - places.offset : end - places.offset]
    tree = _node(expression, places)
    return Member(text, start, end, (Reading(tree),))


def _node(expression: ast.expr, places: _Places) -> Node:
    """A tree of Python as a written formula; what has no row is foreign."""
    start = places.of(expression.lineno, expression.col_offset)
    end = places.of(expression.end_lineno or expression.lineno, expression.end_col_offset or 0)

    def made(kind: str, *parts: Node, value: str = "", order: int = 0) -> Node:
        return Node(kind, parts, value, start, end, order)

    def inner(part: ast.expr) -> Node:
        return _node(part, places)

    make = _KINDS.get(type(expression))
    return (
        make(expression, made, inner) if make is not None else made("foreign", value=type(expression).__name__.lower())
    )


Made = Callable[..., Node]
Inner = Callable[[ast.expr], Node]


def _constant(e: ast.Constant, made: Made, inner: Inner) -> Node:
    if (
        isinstance(e.value, (int, float))
        and not isinstance(e.value, bool)
        and e.value == e.value
        and abs(e.value) != float("inf")
    ):
        return made("number", value=repr(e.value))
    return made("foreign", value=f"the value {str(e.value)[:20]!r}")


def _binary(e: ast.BinOp, made: Made, inner: Inner) -> Node:
    left, right = inner(e.left), inner(e.right)
    if isinstance(e.op, ast.Add):
        return made("sum", *_flat("sum", left, e.left), right)
    if isinstance(e.op, ast.Sub):
        return made("sum", *_flat("sum", left, e.left), made("negative", right))
    if isinstance(e.op, ast.Mult):
        return made("product", *_flat("product", left, e.left), right)
    if isinstance(e.op, ast.Div):
        return made("product", *_flat("product", left, e.left), made("inverse", right))
    if isinstance(e.op, ast.Pow):
        return made("power", left, right)
    if isinstance(e.op, ast.MatMult):
        return made("matmul", left, right)
    return made("foreign", left, right, value=f"the operator {type(e.op).__name__}")


def _flat(kind: str, node: Node, written: ast.expr) -> tuple[Node, ...]:
    """The terms of a sum that goes on; Python's tree has no brackets, so a left operand is never one by itself."""
    return node.parts if node.kind == kind else (node,)


def _unary(e: ast.UnaryOp, made: Made, inner: Inner) -> Node:
    part = inner(e.operand)
    if isinstance(e.op, ast.USub):
        return made("number", value=f"-{part.value}") if part.kind == "number" else made("negative", part)
    return part if isinstance(e.op, ast.UAdd) else made("foreign", value="not")


def _call(e: ast.Call, made: Made, inner: Inner) -> Node:
    name, module = "", True
    if isinstance(e.func, ast.Name):
        name = e.func.id
    elif isinstance(e.func, ast.Attribute) and _dotted(e.func).split(".")[0] in _MODULES:
        name = e.func.attr
    elif isinstance(e.func, ast.Attribute):
        name, module = e.func.attr, False
    parts = tuple(map(inner, e.args))
    if name in _BOXES and parts and module:
        return parts[0]
    array = _array_call(e, name, parts if module else (inner(e.func.value), *parts), made)  # type: ignore[attr-defined]
    if array is not None:
        return array
    if not module or e.keywords or any(isinstance(a, ast.Starred) for a in e.args):
        return made("foreign", *parts, value=f".{name}()" if not module else f"{name}()")
    name = _CALLS.get(name, name)
    if name == "square" and len(parts) == 1:
        return made("power", made("group", parts[0], value="("), made("number", value="2"))
    if name in ("power", "pow") and len(parts) == 2:
        return made("power", made("group", parts[0], value="("), made("group", parts[1], value="("))
    if isinstance(e.func, ast.Attribute) and name not in SPELLINGS and name not in FURTHER:
        return made("foreign", *parts, value=f"{_dotted(e.func)}()")
    return made("call", *parts, value=name if name in SPELLINGS or name in FURTHER else key(name))


def _array_call(e: ast.Call, name: str, parts: tuple[Node, ...], made: Made) -> Node | None:
    """The calls of NumPy that make arrays of arrays; None for any other."""
    words = {keyword.arg: keyword.value for keyword in e.keywords}
    if name in ("sum", "mean") and len(parts) in (1, 2) and words.keys() <= {"axis", "keepdims"}:
        axis = words.get("axis") or (e.args[-1] if len(parts) == 2 else None)
        told = (
            "" if axis is None else str(axis.value) if isinstance(axis, ast.Constant) and axis.value in (0, 1) else "?"
        )
        return None if told == "?" else made("total", parts[0], value=told, order=int(name == "mean"))
    if words:
        return None
    if name in ("dot", "matmul") and len(parts) == 2:
        return made("matmul", *parts)
    if name == "multiply" and len(parts) == 2:
        return made("product", *parts)
    if name == "outer" and len(parts) == 2:
        return made("matmul", parts[0], made("transposed", parts[1]))
    if name == "transpose" and len(parts) == 1:
        return made("transposed", parts[0])
    if name == "norm" and len(parts) == 1:
        return made("norm", parts[0])
    if name in ("copy", "astype", "item") and parts:
        return parts[0]
    return None


def _dotted(e: ast.expr) -> str:
    return f"{_dotted(e.value)}.{e.attr}" if isinstance(e, ast.Attribute) else e.id if isinstance(e, ast.Name) else ""


def _attribute(e: ast.Attribute, made: Made, inner: Inner) -> Node:
    dotted = _dotted(e)
    if dotted in ("np.e", "math.e", "numpy.e"):
        return made("name", value="e")
    if dotted in ("np.pi", "math.pi", "numpy.pi"):
        return made("name", value="π")
    if e.attr == "T":
        return made("transposed", inner(e.value))
    if e.attr == "size":
        return made("size", inner(e.value))
    if dotted.startswith("self.") and dotted.count(".") == 1:
        return made("name", value=key(e.attr))
    if dotted.count(".") == 1 and e.attr in ("grad", "data"):
        return made("name", value=key(f"{dotted.partition('.')[0]}{'_grad' if e.attr == 'grad' else ''}"))
    return made("foreign", value=f".{e.attr}")


def _subscript(e: ast.Subscript, made: Made, inner: Inner) -> Node:
    """x.shape[0], the number of rows; x[0] and x[0, 1] are names; any other entry is foreign."""
    if (
        isinstance(e.value, ast.Attribute)
        and e.value.attr == "shape"
        and isinstance(e.slice, ast.Constant)
        and e.slice.value in (0, 1)
    ):
        return made("size", inner(e.value.value), value=str(e.slice.value))
    indices = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
    numbers = [str(i.value) for i in indices if isinstance(i, ast.Constant) and type(i.value) is int]
    if isinstance(e.value, ast.Name) and len(numbers) == len(indices):
        return made("name", value=key("_".join((e.value.id, *numbers))))
    return made("foreign", inner(e.value), value="an entry of a vector")


def _case(e: ast.IfExp, made: Made, inner: Inner) -> Node:
    test = e.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        sign = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}.get(type(test.ops[0]))
        if sign:
            return made(
                "case", inner(e.body), inner(test.left), inner(test.comparators[0]), inner(e.orelse), value=sign
            )
    return made("foreign", value="if")


_KINDS: Mapping[type[ast.expr], Callable[..., Node]] = MappingProxyType({
    ast.Constant: _constant,
    ast.Name: lambda e, made, inner: made("name", value=key(e.id)),
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.IfExp: _case,
    ast.List: lambda e, made, inner: made("list", *map(inner, e.elts)),
    ast.Tuple: lambda e, made, inner: made("list", *map(inner, e.elts)),
    ast.Subscript: _subscript,
})  # fmt: skip

"""Program text to claims: Python's own parser gives the tree, and each assignment is a claim. Nothing is run."""

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from derive.formulas.claims.claim import Claim, Member
from derive.formulas.claims.expressions import OBJECTS, Places, tree_of
from derive.formulas.claims.numpy_calls import classes_of, one_hot
from derive.formulas.grammar import Reading

_LONGEST = 200_000
_SIGNS: Mapping[type[ast.operator], str] = MappingProxyType({
    ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=",
})  # fmt: skip
_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType({
    ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.LtE: ast.Gt,
})  # fmt: skip


def program_claims(text: str, offset: int, cell: int, count: int) -> Iterator[Claim]:
    """The assignments of a program in their order, numbered from `count` on; one that Python cannot parse has none.

    `offset` is the program's place in the document's text.
    """
    if len(text) > _LONGEST:
        return
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    places = Places(text, offset)
    for number, (left, right, relation) in enumerate(_Assignments().of(module.body), count):
        try:
            yield Claim(_member(left, places), _member(right, places), relation, number, 0, cell, program=True)
        except RecursionError:
            return


class _Assignments:
    """Target, value and sign of every assignment, loops and branches included; a function of one return is one."""

    def __init__(self) -> None:
        self.packed: dict[str, ast.Tuple] = {}
        """What a program puts together, cache = x, w, b, and takes apart elsewhere."""

    def of(self, body: Sequence[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr, str]]:
        """Those of a body."""
        for statement in body:
            match statement:
                case ast.Assign():
                    for target in statement.targets:
                        yield from self._assigned(target, statement.value)
                case ast.AnnAssign(value=ast.expr() as value):
                    yield statement.target, value, "="
                case ast.AugAssign(target=ast.Subscript() as target) if (changed := _changed(target)) is not None:
                    share = ast.BinOp(statement.value, ast.Mult(), changed)
                    yield _whole(target), _at_place(ast.BinOp(target.value, statement.op, share), statement.value), "="
                case ast.AugAssign():
                    yield statement.target, statement.value, _SIGNS.get(type(statement.op), "?=")
                case ast.FunctionDef():
                    steps, returned = _steps(statement.body)
                    yield from self.of(statement.body if returned is None else steps)
                    if returned is not None and _variables(statement.args):
                        yield _head(statement, statement.name, statement.args), _put_together(steps, returned), "="
                case ast.For() | ast.While() | ast.If():
                    yield from self.of((*statement.body, *statement.orelse))
                case ast.With() | ast.ClassDef():
                    yield from self.of(statement.body)

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr, str]]:
        """What one sign of assignment assigns: f = lambda x: … is a function's head, a, b = c, d are two."""
        match target, value:
            case ast.Name(), ast.Lambda() if value.args.args:
                yield _head(target, target.id, value.args), value.body, "="
            case ast.Tuple(), ast.Tuple() if len(target.elts) == len(value.elts):
                yield from ((one, other, "=") for one, other in zip(target.elts, value.elts, strict=True))
            case ast.Tuple(elts=[_, _]), ast.Attribute(attr="shape"):
                yield from ((one, _at(value, axis), "=") for axis, one in enumerate(target.elts))
            case ast.Tuple(), ast.Name() if value.id in self.packed:
                yield from _taken_apart(target, self.packed[value.id])
            case ast.Attribute(value=ast.Name(id=one)), _ if one in OBJECTS and _is_another(target.attr, value):
                return  # self.rate = rate / n: two quantities of one name
            case ast.Subscript(), _ if (changed := _changed(target)) is not None:
                yield _whole(target), _at_place(_put_in(target.value, value, changed), value), "="
            case _:
                if isinstance(target, ast.Name) and isinstance(value, ast.Tuple):
                    self.packed[target.id] = value
                yield target, value, "="


def _taken_apart(target: ast.Tuple, packed: ast.Tuple) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """What a, b = cache assigns, of a cache that was put together so; a name that was put in tells nothing anew."""
    if len(target.elts) == len(packed.elts):
        pairs = zip(target.elts, packed.elts, strict=True)
        yield from ((one, other, "=") for one, other in pairs if ast.unparse(one) != ast.unparse(other))


def _changed(target: ast.Subscript) -> ast.expr | None:
    """One for each entry that is changed in place, zero for the others: dz[z <= 0] = 0, dz[range(n), y] -= 1; None for
    any other index.
    """
    if isinstance(target.slice, ast.Compare):
        return target.slice
    classes = classes_of(target)
    return None if classes is None else ast.Name(one_hot(classes))


def _whole(target: ast.Subscript) -> ast.expr:
    """The array of which entries are changed, where the target stands."""
    return ast.copy_location(copy.copy(target.value), target)


def _at_place(made: ast.expr, place: ast.expr) -> ast.expr:
    """What a target is then, where the value stands."""
    made = copy.deepcopy(made)
    for node in ast.walk(made):
        ast.copy_location(node, place)
    return made


def _put_in(whole: ast.expr, value: ast.expr, changed: ast.expr) -> ast.expr:
    """An array with a value for the entries that are changed."""
    rest: ast.expr
    match changed:
        case ast.Compare(left=left, ops=[sign], comparators=[other]) if type(sign) in _OPPOSITES:
            rest = ast.Compare(left, [_OPPOSITES[type(sign)]()], [other])
        case _:
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), changed)
    kept = ast.BinOp(whole, ast.Mult(), rest)
    is_zero = isinstance(value, ast.Constant) and value.value == 0
    return kept if is_zero else ast.BinOp(kept, ast.Add(), ast.BinOp(value, ast.Mult(), changed))


def _at(value: ast.expr, place: int) -> ast.Subscript:
    """An entry of a value, where the value stands: m, n = X.shape gives m = X.shape[0]."""
    index = ast.copy_location(ast.Constant(place), value)
    return ast.copy_location(ast.Subscript(value, index, ast.Load()), value)


def _is_another(name: str, value: ast.expr) -> bool:
    """Whether what is made of a parameter gets its name."""
    return not isinstance(value, ast.Name) and any(
        isinstance(node, ast.Name) and node.id == name for node in ast.walk(value)
    )


def _steps(body: Sequence[ast.stmt]) -> tuple[list[ast.Assign], ast.expr | None]:
    """The assignments of a function that does nothing else, and what it returns then; words about it are nothing."""
    *steps, last = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))] or body
    named = [s for s in steps if isinstance(s, ast.Assign) and all(isinstance(t, ast.Name) for t in s.targets)]
    is_plain = isinstance(last, ast.Return) and isinstance(body[-1], ast.Return) and len(named) == len(steps)
    is_one = not (isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple | ast.Dict))
    return (named, last.value) if is_plain and is_one and isinstance(last, ast.Return) else ([], None)


class _Steps(ast.NodeTransformer):
    """Names put for what a function has assigned to them."""

    def __init__(self) -> None:
        self.values: dict[str, ast.expr] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A name, or what it stands for."""
        return self.values.get(node.id, node)


def _put_together(steps: Sequence[ast.Assign], returned: ast.expr) -> ast.expr:
    """What a function returns, with its assignments put in."""
    put = _Steps()
    for step in steps:
        value = put.visit(copy.deepcopy(step.value))
        put.values.update((target.id, value) for target in step.targets if isinstance(target, ast.Name))
    made = put.visit(copy.deepcopy(returned)) if steps else returned
    return ast.copy_location(made, returned)


def _variables(arguments: ast.arguments) -> list[ast.arg]:
    """The variables of a function; the object of a method is none."""
    return arguments.args[1:] if arguments.args and arguments.args[0].arg in OBJECTS else arguments.args


def _head(place: ast.FunctionDef | ast.Name, name: str, arguments: ast.arguments) -> ast.Call:
    """The head of a function, f(x, y), as a call at its place."""
    parts: list[ast.expr] = [ast.copy_location(ast.Name(a.arg), a) for a in _variables(arguments)]
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name(name), place), parts, []), place)


def _member(expression: ast.expr, places: Places) -> Member:
    """A side of an assignment; a function's head ends behind its variables."""
    start, end = places.span(expression)
    match expression:
        case ast.Call(func=ast.Name() as name, args=[*_, last]) if expression.end_lineno != expression.lineno:
            if places.span(name)[0] == start:
                end = places.span(last)[1] + 1
    return Member(
        places.text[start - places.offset : end - places.offset], start, end, (Reading(tree_of(expression, places)),)
    )

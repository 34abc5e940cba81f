"""Program text to claims: Python's own parser gives the tree, and each assignment is a claim. Nothing is run."""

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from derive.formulas.claims.axes import with_axes
from derive.formulas.claims.boxes import with_boxes_open
from derive.formulas.claims.claim import Claim, Member
from derive.formulas.claims.engines import Share, made_in, share_of
from derive.formulas.claims.expressions import OBJECTS, Places, tree_of
from derive.formulas.claims.masks import at_place, changed_of, put_in, whole_of
from derive.formulas.claims.upstream import with_upstream
from derive.formulas.grammar import Reading
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import key

_LONGEST = 200_000
_SIGNS: Mapping[type[ast.operator], str] = MappingProxyType({
    ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=",
})  # fmt: skip
Assigned = tuple[ast.expr, ast.expr, str]
"""Target, value and sign of an assignment."""
_WAYS = ("forward", "backward")
"""The two ways through a layer."""


def program_claims(text: str, offset: int, cell: int, count: int) -> Iterator[Claim]:
    """The assignments of a program in their order, numbered from `count` on; one that Python cannot parse has none.

    `offset` is the program's place in the document's text.
    """
    if len(text) > _LONGEST:
        return
    try:
        module = with_boxes_open(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    places = Places(text, offset)
    module.body = [with_axes(statement) for statement in module.body]
    found = _Assignments(_layers_of(module), places)
    for number, (left, right, relation) in enumerate(found.of(module.body), count):
        try:
            one, other = _member(left, places), _member(right, places)
        except RecursionError:
            return
        yield Claim(
            one, other, relation, number, 0, cell, program=True, remark=found.remark, sign=found.sign,
            layer=found.layer,
        )  # fmt: skip


def _layers_of(module: ast.Module) -> Mapping[ast.stmt, str]:
    """The functions and classes of a program that has several layers, each with the layer's name: relu_forward and
    relu_backward are two of one, and so is a class that has both.
    """
    found: dict[ast.stmt, str] = {}
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name):
                stem = next((name.replace(way, "").strip("_") for way in _WAYS if way in name), "")
                found.update({statement: stem} if stem else {})
            case ast.ClassDef(name=name, body=body):
                if {one.name for one in body if isinstance(one, ast.FunctionDef)}.issuperset(_WAYS):
                    found[statement] = name
    return found if len(set(found.values())) > 1 else {}


class _Assignments:
    """Target, value and sign of every assignment, loops and branches included; a function of one return is one."""

    def __init__(self, layers: Mapping[ast.stmt, str], places: Places) -> None:
        self.places, self.remark, self.sign = places, "", ""
        """The program's text; the comment behind the statement that is being read, and the sign that adds in it."""
        self.packed: dict[str, ast.expr] = {}
        """What a program puts together, cache = x, w, b, and takes apart elsewhere."""
        self.known: set[str] = set()
        """The names that have a value."""
        self.made: dict[str, ast.expr] = {}
        """What is put in each box, out = Value(self.data + other.data)."""
        self.layers, self.layer = layers, ""
        """The layers of a network, and the one that is being read."""
        self.inputs: dict[str, str] = {}
        """What goes into each layer."""

    def of(self, body: Sequence[ast.stmt]) -> Iterator[Assigned]:
        """Those of a body."""
        for statement in body:
            outer, self.layer = self.layer, self.layers.get(statement, self.layer)
            self.remark = self.places.behind(statement).strip().lstrip("#").strip()
            self.sign = _SIGNS.get(type(statement.op), "") if isinstance(statement, ast.AugAssign) else ""
            yield from self._stated(statement)
            self.layer = outer

    def _stated(self, statement: ast.stmt) -> Iterator[Assigned]:
        """Those of one statement."""
        match statement:
            case (
                ast.AugAssign(target=target, op=ast.Add(), value=value) | ast.Assign(targets=[target], value=value)
            ) if (due := share_of(target, value, self.made)) is not None:
                yield due, value, "="
            case ast.Assign():
                for target in statement.targets:
                    yield from self._assigned(target, statement.value)
            case ast.AnnAssign(value=ast.expr() as value):
                yield statement.target, value, "="
            case ast.AugAssign(target=ast.Subscript() as target) if (changed := changed_of(target)) is not None:
                share = ast.BinOp(statement.value, ast.Mult(), changed)
                yield whole_of(target), at_place(ast.BinOp(target.value, statement.op, share), statement.value), "="
            case ast.AugAssign():
                yield statement.target, statement.value, _SIGNS.get(type(statement.op), "?=")
            case ast.FunctionDef():
                steps, returned = _steps(statement.body)
                yield from self.of(statement.body if returned is None else steps)
                variables = _variables(statement.args)
                if self.layer and variables and "forward" in statement.name:
                    self.inputs[self.layer] = variables[0].arg
                if returned is not None and variables:
                    head = _head(statement, statement.name, statement.args)
                    yield from self._returned(head, returned, _put_together(steps, returned))
            case ast.For(target=target):
                samples = _Samples(target)
                yield from self.of([samples.visit(copy.deepcopy(one)) for one in statement.body])
                yield from self.of(statement.orelse)
            case ast.While() | ast.If():
                yield from self.of((*statement.body, *statement.orelse))
            case ast.ClassDef():
                yield from self.of(with_upstream(statement.body))
            case ast.With():
                yield from self.of(statement.body)

    def _returned(self, head: ast.Call, returned: ast.expr, value: ast.expr) -> Iterator[Assigned]:
        """What a function of one return is; a layer's backward pass returns the gradient by what goes into it."""
        if not self.layer:
            yield head, value, "="
        elif self.layer in self.inputs and not isinstance(returned, ast.Name) and "backward" in ast.unparse(head.func):
            yield ast.copy_location(ast.Name("d" + self.inputs[self.layer]), head.func), returned, "="

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[Assigned]:
        """What one sign of assignment assigns: f = lambda x: … is a function's head, a, b = c, d are two."""
        match target, value:
            case ast.Name(), ast.Lambda() if value.args.args:
                yield _head(target, target.id, value.args), value.body, "="
            case ast.Tuple(), ast.Tuple() if len(target.elts) == len(value.elts):
                for one, other in zip(target.elts, value.elts, strict=True):
                    yield from self._assigned(one, other)
            case ast.Tuple(elts=[_, _]), ast.Attribute(attr="shape"):
                yield from ((one, _at(value, axis), "=") for axis, one in enumerate(target.elts))
            case (ast.Tuple() | ast.Name()), _ if (packed := self.packed.get(_box(value))) is not None:
                yield from _taken_apart(target, packed)
            case ast.Name(id=one), ast.Subscript(slice=ast.Constant(value=str() as same)) if key(one) == key(same):
                if one not in self.known:  # W1 = parameters["W1"] in two functions is one value
                    yield target, ast.copy_location(ast.Call(ast.Attribute(ast.Name("np"), "load"), [], []), value), "="
                self.known.add(one)
            case _, ast.Constant(value=None):
                return
            case ast.Name(id=one), ast.IfExp(body=ast.Name(id=same)) if one == same:
                return  # other = other if isinstance(other, Value) else Value(other)
            case ast.Attribute(value=ast.Name(id=one)), _ if one in OBJECTS and _is_another(target.attr, value):
                return  # self.rate = rate / n: two quantities of one name
            case ast.Subscript(), _ if (changed := changed_of(target)) is not None:
                yield whole_of(target), at_place(put_in(target.value, value, changed), value), "="
            case _:
                if isinstance(target, ast.Name) and isinstance(value, ast.Name) and key(target.id) == key(value.id):
                    return
                if isinstance(target, ast.Name):
                    self.known.add(target.id)
                if isinstance(target, ast.Name) and (made := made_in(value)) is not None:
                    self.made[target.id] = made
                if (box := _box(target)) and isinstance(value, ast.Tuple | ast.List | ast.Name):
                    self.packed[box] = value
                yield target, value, "="


def _box(place: ast.expr) -> str:
    """What values are packed into: cache, self.cache."""
    is_own = isinstance(place, ast.Attribute) and isinstance(place.value, ast.Name) and place.value.id in OBJECTS
    return ast.unparse(place) if isinstance(place, ast.Name) or is_own else ""


def _taken_apart(target: ast.expr, packed: ast.expr) -> Iterator[Assigned]:
    """What a, b = cache assigns, of a cache that was put together so; a name that was put in tells nothing anew."""
    ones, others = (side.elts if isinstance(side, ast.Tuple | ast.List) else [side] for side in (target, packed))
    if len(ones) == len(others):
        pairs = zip(ones, others, strict=True)
        yield from ((one, other, "=") for one, other in pairs if ast.unparse(one) != ast.unparse(other))


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


class _Samples(ast.NodeTransformer):
    """What a loop takes of each array, X[i], as a name of its own, x_i: a row, an entry, whatever it has for each."""

    def __init__(self, target: ast.expr) -> None:
        self.letters = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """An entry at the letter that the loop counts, or what stands at any other index."""
        self.generic_visit(node)
        match node:
            case ast.Subscript(value=ast.Name(id=array), slice=ast.Name(id=letter)) if letter in self.letters:
                return ast.copy_location(ast.Name(f"{array.lower()}_{letter}", node.ctx), node)
        return node


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
    tree = Node("name") if isinstance(expression, Share) else tree_of(expression, places)
    match expression:
        case Share(made=made, part=part, gradient=gradient):
            of, by, above = (tree_of(one, places) for one in (made, part, gradient))
            tree = Node("product", (Node("partial", (of, by), order=1), above))
        case ast.Call(func=ast.Name() as name, args=[*_, last]) if expression.end_lineno != expression.lineno:
            if places.span(name)[0] == start:
                end = places.span(last)[1] + 1
    return Member(
        places.text[start - places.offset : end - places.offset], start, end, (Reading(tree),)
    )

"""The likeliest mistake behind a refuted equality: its one-edit neighbours, tried row by row, confirmed by `decide`.

A row of SLIPS is a mistake that people make: what it is called, the smallest line that has it, and how one side is
edited to undo it. A row counts only when the edited side is proved equal to the other.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, pairwise
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.claim import Partial
from derive.equality import Proved, Verdict
from derive.names import symbol
from derive.network import Network
from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh

_MOST_EDITS = 4_000
_LARGEST = 400
"""Sides of more parts than this have too many neighbours to try."""
_SAME = re.compile(r"(.+) stands where \1 belongs\Z")
_NUMBERED = re.compile(r"(.*?)(\d+)\Z")

Edit = tuple[sp.Expr, str]
"""An edited side, and what the edit says."""


class Grounds(Struct, frozen=True, dict=True):
    """What a slip is looked for on: the network, how derivatives are worked out, how equality is decided."""

    network: Network
    worked: Callable[[sp.Expr], sp.Expr]
    decide: Callable[[sp.Expr, sp.Expr], Verdict]
    definitions: Mapping[str, sp.Expr]
    written: Callable[[sp.Expr], str]
    paths: Callable[[str, str], Iterator[tuple[tuple[str, ...], sp.Expr]]]

    @cached_property
    def scale(self) -> "_Scale":
        """The values at one point, by which most edits are passed over."""
        return _Scale(self)


class Slip(Struct, frozen=True):
    """One kind of mistake: its message, the smallest line that has it, and the edits that undo it."""

    message: str
    example: str
    edits: Callable[[sp.Expr, sp.Expr, Grounds], Iterator[Edit]]


def find_slip(left: sp.Expr, right: sp.Expr, grounds: Grounds, *, is_right: bool = False) -> str | None:
    """`wrong-index: a_h2 stands where a_h1 belongs`: the first row with an edit that makes the sides equal, or None.

    `is_right` says that the left side is, so that the mistake is in the other.
    """
    if sum(1 for side in (left, right) for _ in sp.preorder_traversal(side)) > _LARGEST:
        return None
    scale = grounds.scale
    wanted = {False: scale.value(left), True: scale.value(right)}
    tried = 0
    for name, slip in SLIPS.items():
        for flipped, fixed, moved in ((False, left, right), (True, right, left))[: 1 if is_right else 2]:
            if wanted[flipped] == 0 and wanted[not flipped] != 0:
                continue  # what is 0 has the slip in itself
            for candidate, told in slip.edits(moved, fixed, grounds):
                tried += 1
                if _SAME.match(told):
                    continue  # two quantities that the document writes alike
                if tried > _MOST_EDITS:
                    return None
                value = scale.value(candidate)
                if value is not None and wanted[flipped] is not None and not _near(value, wanted[flipped]):
                    continue
                if isinstance(grounds.decide(fixed, candidate), Proved):
                    return f"{name}: {told}"
    return None


def _near(left: float, right: float | None) -> bool:
    return right is not None and abs(left - right) <= 1e-9 * max(1e-3, abs(left), abs(right))


class _Scale:
    """Floating-point values of expressions at one point of the network, to pass over edits that cannot be right."""

    def __init__(self, grounds: Grounds) -> None:
        self._worked = grounds.worked
        values = {name: 0.37 + 0.113 * ((7 * place) % 11) for place, name in enumerate(grounds.network.leaves)}
        self._values: dict[str, float | None] = dict(values)
        for name, body in grounds.definitions.items():
            self._values[name] = self.value(body)

    def value(self, expression: sp.Expr) -> float | None:
        """The value, None where it cannot be told quickly."""
        try:
            return self._value(expression)
        except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
            return None

    def _value(self, node: sp.Expr) -> float:
        if node.is_Symbol:
            found = self._values[node.name]
            if found is None:
                raise KeyError(node.name)
            return found
        if node.is_Number or node is sp.E:
            return float(node)
        if node.is_Add:
            return sum(map(self._value, node.args))
        if node.is_Mul:
            return math.prod(map(self._value, node.args))
        if node.is_Pow:
            power = self._value(node.base) ** self._value(node.exp)
            if isinstance(power, complex):
                raise ValueError(node)
            return float(power)
        if isinstance(node, Partial):
            return self._value(self._worked(node))
        return _FUNCTIONS[node.func](self._value(node.args[0]))


_FUNCTIONS: Mapping[object, Callable[[float], float]] = MappingProxyType({
    Sigmoid: lambda x: 1 / (1 + math.exp(-x)),
    Tanh: math.tanh,
    Relu: lambda x: max(x, 0.0),
    Softplus: lambda x: math.log1p(math.exp(x)),
    Step: lambda x: float(x > 0),
    sp.exp: math.exp,
    sp.log: math.log,
    sp.Abs: abs,
})  # fmt: skip


# edits


def _everywhere(node: sp.Expr, change: Callable[[sp.Expr], Iterator[Edit]]) -> Iterator[Edit]:
    """A change at one place of the tree at a time."""
    yield from change(node)
    for place, part in enumerate(node.args):
        if isinstance(node, Partial) and place == 1:
            continue
        for changed, told in _everywhere(part, change):
            yield _with(node, place, changed), told


def _with(node: sp.Expr, place: int, part: sp.Expr) -> sp.Expr:
    made: sp.Expr = node.func(*node.args[:place], part, *node.args[place + 1 :], evaluate=False)
    return made


def _product(factors: tuple[sp.Expr, ...]) -> sp.Expr:
    if not factors:
        return sp.Integer(1)
    made: sp.Expr = factors[0] if len(factors) == 1 else sp.Mul(*factors, evaluate=False)
    return made


def _sum(terms: tuple[sp.Expr, ...]) -> sp.Expr:
    made: sp.Expr = terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)
    return made


def _precedence(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if not node.is_Add or len(node.args) < 2:
            return
        first, *rest = node.args
        factors = first.args if first.is_Mul else (first,)
        below = factors[-1]
        if below.is_Pow and below.exp == -1:
            whole = sp.Add(below.base, *rest, evaluate=False)
            told = f"the brackets below the stroke are missing: 1/({grounds.written(whole)})"
            yield _product((*factors[:-1], sp.Pow(whole, -1, evaluate=False))), told

    yield from _everywhere(side, change)


def _sigmoid_identity(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    inner = {s.args[0] for s in side.atoms(Sigmoid)}
    for argument in inner:
        plain = (
            -argument
            if argument.could_extract_minus_sign() or (argument.is_Mul and argument.args[0] == -1)
            else argument
        )
        if side.free_symbols <= plain.free_symbols and side.is_Add:
            activation = Sigmoid(plain)
            meant = sp.Mul(activation, sp.Add(1, -activation, evaluate=False), evaluate=False)
            yield meant, f"the slope of σ is {grounds.written(meant)}"


def _missing_brackets(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if not node.is_Add or len(node.args) < 2:
            return
        everywhere = _unbracketed(node)
        if everywhere is not None:
            yield everywhere, f"brackets are missing around the differences: {grounds.written(everywhere)}"
        yield from _brackets_between(node, grounds)
        *before, last = node.args
        factors = last.args if last.is_Mul else (last,)
        for cut in range(2 if factors[0] == -1 else 1, len(factors)):
            inside = sp.Add(*before, _product(factors[:cut]), evaluate=False)
            behind = _product(factors[cut:])
            told = f"brackets are missing around the sum before * {grounds.written(behind)}"
            yield sp.Mul(inside, *factors[cut:], evaluate=False), told
        first, *rest = node.args
        factors = first.args if first.is_Mul else (first,)
        for cut in range(1, len(factors)):
            inside = sp.Add(_product(factors[cut:]), *rest, evaluate=False)
            told = f"brackets are missing around the sum behind {grounds.written(_product(factors[:cut]))} *"
            yield sp.Mul(*factors[:cut], inside, evaluate=False), told

    yield from _everywhere(side, change)


def _unbracketed(node: sp.Expr) -> sp.Expr | None:
    """a - t*b + c - u*d with every difference before a product in brackets: (a - t)*b + (c - u)*d."""
    terms = [part for term in node.args for part in (term.args if term.is_Add else (term,))]
    found: list[sp.Expr] = []
    for term in terms:
        factors = [f for part in (term.args if term.is_Mul else ()) for f in (part.args if part.is_Mul else (part,))]
        if found and len(factors) > 2 and factors[0] == -1 and not found[-1].is_Mul:
            inside = sp.Add(found.pop(), sp.Mul(-1, factors[1], evaluate=False), evaluate=False)
            found.append(sp.Mul(inside, *factors[2:], evaluate=False))
        else:
            found.append(term)
    return _sum(tuple(found)) if len(terms) - len(found) > 1 else None


def _brackets_between(node: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """y*1 - y*x with the brackets around its middle: y*(1 - y)*x."""
    for place, (one, two) in enumerate(pairwise(node.args)):
        before, behind = (part.args if part.is_Mul else (part,) for part in (one, two))
        sign = behind[:1] if behind[0] == -1 else ()
        behind = behind[len(sign) :]
        if not behind:
            continue
        first = _product((*sign, behind[0]))
        inside = sp.Add(before[-1], first, evaluate=False)
        whole = _product((*before[:-1], inside, *behind[1:]))
        terms = (*node.args[:place], whole, *node.args[place + 2 :])
        yield _sum(terms), f"brackets are missing around {grounds.written(inside)}"


def _wrong_activation(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The slope of another activation: y*(1 - y) where y is a tanh."""
    for name, body in grounds.network.definitions.items():
        if not isinstance(body, (Tanh, Sigmoid, Relu)):
            continue
        y = symbol(name)
        minus = sp.Mul(-1, y, evaluate=False)
        theirs = {Sigmoid: y * (1 - y), Tanh: 1 - y**2}
        right = theirs.pop(body.func, None)
        if right is None or y not in side.free_symbols:
            continue
        for wrong in theirs.values():
            ratio = grounds.worked(side) / wrong
            meant = sp.Add(1, sp.Mul(minus, y, evaluate=False), evaluate=False) if isinstance(body, Tanh) else right
            told = f"the slope of {body.func.__name__.lower()} is {grounds.written(meant)}"
            yield sp.Mul(ratio, right), told


def _product_for_sum(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for cut in range(1, len(node.args)):
                left, right = _product(node.args[:cut]), _product(node.args[cut:])
                yield sp.Add(left, right, evaluate=False), "a product stands where a sum belongs"

    yield from _everywhere(side, change)


def _operator(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for cut in range(1, len(node.args)):
                left, right = _product(node.args[:cut]), _product(node.args[cut:])
                yield sp.Add(left, sp.Mul(-1, right, evaluate=False), evaluate=False), "* stands where - belongs"
        if node.is_Add:
            for cut in range(1, len(node.args)):
                left, right = _sum(node.args[:cut]), _sum(node.args[cut:])
                yield sp.Mul(left, right, evaluate=False), "+ stands where * belongs"
                minus = sp.Mul(-1, right, evaluate=False)
                yield sp.Mul(left, minus, evaluate=False), "- stands where * belongs"
            for place, (one, two) in enumerate(pairwise(node.args)):
                factors = two.args if two.is_Mul else (two,)
                sign = "-" if factors[0] == -1 else "+"
                whole = _product((one, *(factors[1:] if sign == "-" else factors)))
                terms = (*node.args[:place], whole, *node.args[place + 2 :])
                yield _sum(terms), f"{sign} stands where * belongs"

    yield from _everywhere(side, change)


def _missing_path(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The other side is a derivative over several paths, and this side is some of them: put the whole."""
    if not isinstance(other, Partial) or side == other:
        return
    names = [s.name for s in other.of.free_symbols] if not other.of.is_Symbol else [other.of.name]
    paths = [path for name in names for path in grounds.paths(name, other.by.name)]
    if not 2 <= len(paths) <= 6 or _near_zero(side, grounds):
        return
    for count in range(1, len(paths)):
        for kept in combinations(paths, count):
            if isinstance(grounds.decide(side, _sum(tuple(value for _, value in kept))), Proved):
                lost, _ = next(path for path in paths if path not in kept)
                way = " → ".join(grounds.written(symbol(name)) for name in lost)
                yield other, f"the path {way} is left out"
                return


def _near_zero(side: sp.Expr, grounds: Grounds) -> bool:
    return bool(grounds.worked(side) == 0)


def _wrong_by(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A derivative by the wrong name."""
    names = (*grounds.network.definitions, *grounds.network.leaves)

    def change(node: sp.Expr) -> Iterator[Edit]:
        if isinstance(node, Partial):
            for name in names:
                if name != node.by.name:
                    told = f"∂{grounds.written(node.by)} stands below where ∂{grounds.written(symbol(name))} belongs"
                    yield Partial(node.of, symbol(name)), told

    yield from _everywhere(side, change)


def _wrong_link(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A name that links two factors of a chain is another quantity: ∂y1/∂h1 * ∂h1/∂w5 for ∂y1/∂o1 * ∂o1/∂w5."""
    links = {p.by for p in side.atoms(Partial)} & {p.of for p in side.atoms(Partial) if p.of.is_Symbol}
    for link in sorted(links, key=lambda s: str(s.name)):
        for name in grounds.network.definitions:
            if name != link.name and _family(name) != _family(link.name):
                told = f"{grounds.written(link)} stands where {grounds.written(symbol(name))} belongs"
                yield _renamed(side, {link.name: name}), told


def _duplicate_label(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The name that is defined or derived is that of another line."""
    if side.is_Symbol and side.name in grounds.definitions and not isinstance(other, Partial):
        for name in _siblings(side.name, grounds):
            yield symbol(name), f"the left side should be {grounds.written(symbol(name))}"


def _wrong_index(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A name of the right kind with the wrong number: at one place, at all of them, or with all that belong to it."""
    used = sorted(_names_in(side))
    for name in used:
        for sibling in _siblings(name, grounds):
            yield _renamed(side, {name: sibling}), _stands(name, sibling, grounds)

    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Symbol:
            for sibling in _siblings(node.name, grounds):
                yield symbol(sibling), _stands(node.name, sibling, grounds)
        if isinstance(node, Partial) and node.of.is_Symbol:
            for by in (node.by.name, *_siblings(node.by.name, grounds)):
                for of in (node.of.name, *_siblings(node.of.name, grounds)):
                    if (of, by) != (node.of.name, node.by.name):
                        changed = Partial(symbol(of), symbol(by))
                        yield changed, f"{grounds.written(node)} stands where {grounds.written(changed)} belongs"

    yield from _everywhere(side, change)
    groups = {(_layer(name, grounds), match.group(2)) for name in used if (match := _NUMBERED.match(name))}
    for layer, number in sorted(groups):
        if not layer:
            continue
        group = [name for name in used if _layer(name, grounds) == layer and name.endswith(number)]
        for instead in ("1", "2", "3", "4", "5"):
            moved = {n: s for n in group for s in _siblings(n, grounds) if s == f"{_family(n)}{instead}"}
            if moved:
                yield _renamed(side, moved), _stands(group[0], moved.get(group[0], group[0]), grounds)
        across = {n: k for n in group for k in _kin(n, grounds)}
        if across:
            first = next(iter(across))
            yield _renamed(side, across), _stands(first, across[first], grounds)
    for name in used:
        for other_layer in _kin(name, grounds):
            yield _renamed(side, {name: other_layer}), _stands(name, other_layer, grounds)
    for one, two in combinations([name for name in used if name in grounds.network.parameters], 2):
        told = f"{grounds.written(symbol(one))} and {grounds.written(symbol(two))} are exchanged"
        yield _renamed(side, {one: two, two: one}), told


def _stands(name: str, instead: str, grounds: Grounds) -> str:
    return f"{grounds.written(symbol(name))} stands where {grounds.written(symbol(instead))} belongs"


def _wrong_variable(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The input of an activation for its output, or the other way round."""
    pairs = [
        (name, body.args[0].name)
        for name, body in grounds.network.definitions.items()
        if body.is_Function and body.args[0].is_Symbol
    ]
    for out, inner in pairs:
        for name, instead in ((inner, out), (out, inner)):
            if symbol(name) in side.atoms(sp.Symbol):
                yield _renamed(side, {name: instead}), _stands(name, instead, grounds)

                def change(node: sp.Expr, name: str = name, instead: str = instead) -> Iterator[Edit]:
                    if node == symbol(name):
                        yield symbol(instead), _stands(name, instead, grounds)

                yield from _everywhere(side, change)


def _sign(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    yield sp.Mul(-1, side, evaluate=False), "the sign is wrong"

    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add:
            for place, term in enumerate(node.args):
                told = f"the sign of {grounds.written(term)} is wrong"
                yield _with(node, place, sp.Mul(-1, term, evaluate=False)), told
        if isinstance(node, sp.exp):
            yield sp.exp(-node.args[0], evaluate=False), "the sign of the exponent is wrong"

    yield from _everywhere(side, change)


def _missing_factor(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    resolved = grounds.worked(other)
    factors = list(resolved.args) if resolved.is_Mul else [resolved]
    factors += [
        symbol(name) * (1 - symbol(name))
        for name, body in grounds.network.definitions.items()
        if isinstance(body, Sigmoid)
    ]
    factors += [symbol(name) for name in (*grounds.network.leaves, *grounds.network.definitions)]
    for factor in (sp.Integer(2), sp.Rational(1, 2), *(f for f in factors if f != 0)):
        yield sp.Mul(side, factor, evaluate=False), f"the factor {grounds.written(factor)} is missing"

    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add:
            for place, term in enumerate(node.args):
                for factor in factors:
                    told = f"the factor {grounds.written(factor)} is missing at {grounds.written(term)}"
                    yield _with(node, place, sp.Mul(term, factor, evaluate=False)), told

    yield from _everywhere(side, change)


def _extra_factor(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for place, factor in enumerate(node.args):
                rest = _product((*node.args[:place], *node.args[place + 1 :]))
                yield rest, f"the factor {grounds.written(factor)} is too much"

    yield from _everywhere(side, change)


def _extra_term(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add and len(node.args) > 1:
            for place, term in enumerate(node.args):
                rest = _sum((*node.args[:place], *node.args[place + 1 :]))
                yield rest, f"the term {grounds.written(term)} is too much"

    yield from _everywhere(side, change)


def _exponent(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Pow and node.exp.is_Integer and node.exp > 0:
            for exponent in (1, 2, 3):
                if node.exp != exponent:
                    told = f"the exponent {node.exp} should be {exponent}"
                    yield sp.Pow(node.base, exponent, evaluate=False), told
            if node.exp == 2 and node.base.is_Add and len(node.base.args) == 2:
                first, last = node.base.args
                alone = last.args[1] if last.is_Mul and last.args[0] == -1 and len(last.args) == 2 else None
                if alone is not None:
                    squared = sp.Mul(-1, sp.Pow(alone, 2, evaluate=False), evaluate=False)
                    told = f"the square belongs to {grounds.written(alone)} alone"
                    yield sp.Add(first, squared, evaluate=False), told
        elif node.is_Add:
            yield sp.Pow(node, 2, evaluate=False), "the square is missing"

    yield from _everywhere(side, change)


def _renamed(node: sp.Expr, names: Mapping[str, str]) -> sp.Expr:
    if node.is_Symbol:
        return symbol(names.get(node.name, node.name))
    if not node.args:
        return node
    made: sp.Expr = node.func(*(_renamed(part, names) for part in node.args), evaluate=False)
    return made


def _family(name: str) -> str:
    match = _NUMBERED.match(name)
    return match.group(1) if match else name


def _siblings(name: str, grounds: Grounds) -> tuple[str, ...]:
    """The names that differ in their number only."""
    family = _family(name)
    names = (*grounds.network.leaves, *grounds.network.definitions)
    return tuple(other for other in names if other != name and _NUMBERED.match(other) and _family(other) == family)


def _kin(name: str, grounds: Grounds) -> tuple[str, ...]:
    """The names of the same kind and number in another layer: o1 for h1, out_o1 for out_h1."""
    body = grounds.network.definitions.get(name)
    match = _NUMBERED.match(name)
    if body is None or match is None:
        return ()
    return tuple(
        other
        for other, its in grounds.network.definitions.items()
        if other != name
        and its.func is body.func
        and other.endswith(match.group(2))
        and _family(other) != _family(name)
        and bool(body.is_Function or len(its.args) == len(body.args))
        and _layer(other, grounds) != _layer(name, grounds)
    )


def _names_in(side: sp.Expr) -> set[str]:
    """The names of a side but those by which an expression is differentiated and that stand nowhere else."""
    if side.is_Symbol:
        return {side.name}
    if isinstance(side, Partial) and not side.of.is_Symbol:
        return _names_in(side.of)
    return {name for part in side.args for name in _names_in(part)}


def _layer(name: str, grounds: Grounds) -> str:
    """Names that belong together when a neuron is taken for another: out_o1, o1, t1 and E1; out_h1 and h1."""
    if name in grounds.network.targets:
        return "output"
    if name in grounds.network.parameters or name in grounds.network.inputs:
        return ""
    above = grounds.network.children.get(name, ())
    for _ in range(2):
        if any(grounds.network.loss in (user, *grounds.network.children.get(user, ())) for user in above):
            return "output"
        above = tuple(again for user in above for again in grounds.network.children.get(user, ()))
        if any(user in grounds.network.children and len(above) == 1 for user in above):
            continue
        break
    return "hidden"


_ROWS = {
    "precedence": Slip("the brackets below a stroke are missing", "σ(h1) = 1/1 + exp(-h1)", _precedence),
    "sigmoid-identity": Slip(
        "the slope of the sigmoid is not this", "∂σ(o1)/∂o1 = σ(o1)/1 + σ(-o1)", _sigmoid_identity
    ),
    "missing-paren": Slip(
        "brackets around a sum are missing",
        "∂E/∂out_h1*out_h1 = ∂E1/∂out_h1 + ∂E2/∂out_h1*out_h1",
        _missing_brackets,
    ),
    "product-for-sum": Slip("a product for a sum", "∂E/∂out_h1 = ∂E1/∂out_h1 * ∂E2/∂out_h1", _product_for_sum),
    "missing-path": Slip(
        "a path is left out", "∂E/∂w1 = ∂E/∂out_o1 * ∂out_o1/∂o1 * ∂o1/∂out_h1 * ∂out_h1/∂h1 * ∂h1/∂w1", _missing_path
    ),
    "duplicate-label": Slip("the left side names another quantity", "E1 = 1/2*(t2 - out_o2)^2", _duplicate_label),
    "wrong-index": Slip(
        "the wrong number of a name", "∂E/∂w7 = (out_o2 - t2)*out_o2*(1 - out_o2)*out_h2", _wrong_index
    ),
    "wrong-link": Slip(
        "a chain through the wrong quantity",
        "∂E1/∂w5 = ∂E1/∂out_o1 * ∂out_o1/∂out_h2 * ∂out_h2/∂w5",
        _wrong_link,
    ),
    "wrong-variable": Slip("an input of an activation for its output", "∂out_h1/∂h1 = h1*(1 - h1)", _wrong_variable),
    "wrong-activation-derivative": Slip(
        "the slope of another activation", "∂out_h1/∂h1 = 1 - out_h1^2", _wrong_activation
    ),
    "sign": Slip("a sign is wrong", "∂E1/∂out_o1 = t1 - out_o1", _sign),
    "operator-slip": Slip("one operator for another", "∂E1/∂out_o1 = out_o1 * t1", _operator),
    "extra-factor": Slip("a factor is too much", "∂E1/∂out_o1 = 2*(out_o1 - t1)", _extra_factor),
    "extra-term": Slip("a term is too much", "∂E1/∂out_h1 = ∂E1/∂out_h1 + ∂E2/∂out_h1", _extra_term),
    "missing-factor": Slip("a factor is missing", "∂E/∂w5 = (out_o1 - t1)*out_h1", _missing_factor),
    "wrong-wrt": Slip("a derivative by the wrong name", "∂E2/∂out_o2 = ∂(1/2*(t2 - out_o2)^2)/∂out_o1", _wrong_by),
    "exponent": Slip("an exponent is wrong", "E1 = 1/2*(t1 - out_o1)^3", _exponent),
}
SLIPS: Mapping[str, Slip] = MappingProxyType(_ROWS)

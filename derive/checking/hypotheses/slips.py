"""Slips in definitions: what one was meant to be makes the lines right that rest on it."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import sympy as sp

from derive.checking.equations import Equation, differentiated, names_in
from derive.checking.evaluation import evaluated
from derive.checking.exchange import renamed
from derive.checking.graph import holds_at_a_point
from derive.checking.hypotheses.differences import holds_with_differences
from derive.checking.hypotheses.ground import Ground
from derive.checking.interpretations import Hypothesis
from derive.checking.slips import SLIPS
from derive.checking.slips.grounds import Edit, grounds_of
from derive.checking.wording import spelled
from derive.names import symbol
from derive.rules import Elementary, Relu, Sigmoid, Tanh, rule_of
from derive.written import UNTOLD, Called, Partial

_MOST_VARIANTS = 400
_MOST_SLIPS = 10
_LOOKED_AT = 8
_FEWEST = 2
"""A definition is suspected where so many of the lines that rest on it are contradicted, each by itself."""
_GIVEN_UP = 3
"""The place of the line at which an edit is given up that made none right until there."""


def meant_definitions(ground: Ground) -> Iterator[Hypothesis]:
    """A definition is a slip: the best of what it may have been meant to be."""
    found: list[tuple[int, Hypothesis]] = []
    valued = _wrongly_valued(ground)
    for name, refuted in _suspects(ground):
        formulas = [d for d in ground.interpretation.versions.get(name, ()) if not d.is_value]
        if len(formulas) != 1 or formulas[0].claim < 0 or isinstance(formulas[0].expression, Called):
            continue  # y = f(x) says nothing that could be a slip
        body, number = formulas[0].expression, formulas[0].claim
        roots = _roots(refuted, ground) if len(refuted) + valued[name] >= _FEWEST else 0
        is_suspected = roots + valued[name] >= _FEWEST
        shapes, alike = _sibling_shapes(name, ground), dict(as_siblings(name, body, ground))
        edits = _variants(name, body, ground) if is_suspected or shapes else _activated(body)
        for edited, told in (*alike.items(), *(() if _is_activation(body) else edits)):
            is_sibling = edited in alike or (bool(shapes) and shape(edited) in shapes)
            is_usual = told.startswith("missing-activation")
            if is_usual and _is_activated(name, ground):
                continue  # a = ReLU(z): z has its activation
            if not (is_suspected or is_sibling or is_usual) or _is_nothing(edited):
                continue
            held = _mended(name, edited, refuted, ground)
            if held:
                is_lone = not (is_suspected or is_sibling)
                rank, names = 3 if is_sibling or is_lone or valued[name] else 4, frozenset((name,))
                is_guess = _is_arbitrary(body, edited, told) or _brings_in(name, body, edited, ground)
                is_open = is_lone or (not is_sibling and is_guess)
                slip = Hypothesis("slip", name, told, rank, names, number, expression=edited, open=is_open)
                found.append((held + is_sibling + valued[name], slip))
    found.sort(key=lambda pair: -pair[0])
    yield from (hypothesis for _, hypothesis in found[:_MOST_SLIPS])


def _is_activated(name: str, ground: Ground) -> bool:
    """Whether a definition applies an activation to a name."""
    bodies = (d.expression for found in ground.interpretation.versions.values() for d in found)
    return any(symbol(name) in call.args for body in bodies for call in body.atoms(Elementary))


def _is_nothing(body: sp.Expr) -> bool:
    """Whether a definition would be a number, or 0 for all values of its names: much holds then, and says nothing."""
    values = {s.name: 0.3 + 0.7 * place for place, s in enumerate(sorted(body.free_symbols, key=str))}
    value = evaluated(body, values)
    return not values or (value is not None and abs(value) < 1e-12)


_ACTIVATED = ("missing-activation", "wrong-activation")
_NUMBERED = ("definition-slip", "missing-factor", "extra-factor", "exponent", "wrong-index")


def _is_arbitrary(body: sp.Expr, edited: sp.Expr, told: str) -> bool:
    """Whether an edit puts in an activation or another number: no text is likelier for it, unless it is one that
    everybody knows; the lines that it makes right may have copied one mistake.
    """
    kind = told.partition(":")[0]
    return kind in _ACTIVATED or (
        kind in _NUMBERED and _counted_names(body) == _counted_names(edited) and not _is_activation(edited)
    )


def _brings_in(name: str, body: sp.Expr, edited: sp.Expr, ground: Ground) -> bool:
    """Whether an edit puts in a name that no other definition has: the lines made right have it, and they may be the
    ones that are wrong.
    """
    others = {n: found for n, found in ground.interpretation.versions.items() if n != name}
    known = {*others, *(n for found in others.values() for d in found for n in names_in(d.expression))}
    return bool(names_in(edited) - names_in(body) - known)


def _counted_names(expression: sp.Expr) -> Counter[str]:
    return Counter(part.name for part in sp.preorder_traversal(expression) if part.is_Symbol)


def _suspects(ground: Ground) -> Iterator[tuple[str, Sequence[int]]]:
    """The names on which contradicted claims rest, and these; those first on which hardly any others do.

    A claim that would be contradicted but for a name that it brings in is one of them: that name may be what is meant.
    """
    evidence = ground.evidence
    wrong = [n for n, e in evidence.items() if e.is_contradicted and e.kind in _PLAIN and e.equation is not None]
    right = [n for n, e in evidence.items() if (e.verdict, e.kind) == ("proved", "")]
    resting = Counter(name for number in (*wrong, *right) for name in evidence[number].support)
    refuted: dict[str, list[int]] = {}
    for number in wrong:
        for name in evidence[number].support:
            refuted.setdefault(name, []).append(number)
    for name in sorted(refuted, key=lambda name: (-len(refuted[name]) / resting[name], name)):
        yield name, refuted[name]


_PLAIN = ("", "introduced")


def _wrongly_valued(ground: Ground) -> Counter[str]:
    """How many contradicted claims give each name its value: it was worked out by what the name was meant to be."""
    wrong = (e.equation for e in ground.evidence.values() if e.verdict == "refuted" and e.kind == "numeric")
    return Counter(equation.left.name for equation in wrong if equation is not None and equation.left.is_Symbol)


def _equations(numbers: Sequence[int], ground: Ground) -> Iterator[tuple[int, Equation]]:
    """The first of some contradicted claims as equations."""
    for number in numbers[:_LOOKED_AT]:
        equation = ground.evidence[number].equation
        if equation is not None:
            yield number, equation


def _roots(numbers: Sequence[int], ground: Ground) -> int:
    """How many of some contradicted claims do not follow rightly from the ones before them, taken at their word.

    ∂E/∂o = t - o is wrong; ∂E/∂w = (t - o)*x is right, given that.
    """
    graph, found = ground.interpretation.graph(numbers[0]), 0
    for _, equation in _equations(numbers, ground):
        left, right = equation.sides
        if found and holds_at_a_point(left, right, graph):
            continue
        found += 1
        if differentiated(left) and left.by != UNTOLD:
            graph = graph.assuming(left.of.name, left.by.name, right)
    return found


def _mended(name: str, edited: sp.Expr, refuted: Sequence[int], ground: Ground) -> int:
    """How many of the first refuted claims an edited definition makes hold at one point, in floating point."""
    held = 0
    for place, (number, equation) in enumerate(_equations(refuted, ground)):
        held += holds_with_differences(equation, ground.interpretation.graph(number), {name: edited})
        if not held and place == min(_GIVEN_UP, len(refuted) - 1):
            return 0
    return held


# what everybody knows


def _is_activation(body: sp.Expr) -> bool:
    """Whether a definition is an activation that everybody knows, however it is written: it is no slip of another."""
    if len(body.free_symbols) != 1 or body.has(Partial, Called):
        return False
    (variable,) = body.free_symbols
    values = [evaluated(body, {variable.name: at}) for at in _LOOKS]
    return any(
        all(v is not None and abs(v - f(at)) < 1e-9 for v, at in zip(values, _LOOKS, strict=True)) for f in _ACTIVATIONS
    )


_LOOKS = (-1.3, 0.4, 2.1)
_ACTIVATIONS: tuple[Callable[[float], float], ...] = (
    lambda x: 1 / (1 + math.exp(-x)),
    math.tanh,
    lambda x: max(x, 0.0),
    math.exp,
    lambda x: math.log1p(math.exp(x)),
)


# what a definition may have been meant to be


def _variants(name: str, body: sp.Expr, ground: Ground) -> Iterator[Edit]:
    """A definition with another number or activation in it, then with every row of the table of slips undone."""
    graph = ground.interpretation.last
    grounds = grounds_of(graph, frozenset(ground.uses), lambda expression: spelled(expression, ground.written))
    seen = {body}
    for edited, told in (*_numbers(body), *_activated(body)):
        if edited not in seen:
            seen.add(edited)
            yield edited, told
    for kind, slip in SLIPS.items():
        for count, (edited, told) in enumerate(slip.edits(body, body, grounds)):
            if count > _MOST_VARIANTS:
                break
            if edited not in seen and not edited.has(sp.nan, sp.zoo) and symbol(name) not in edited.free_symbols:
                seen.add(edited)
                yield edited, f"{kind}: {told}"


def _numbers(body: sp.Expr) -> Iterator[Edit]:
    """Every number of a definition as another small one: 1/3 for 1/2, ^3 for ^2."""
    for number in sorted(body.atoms(sp.Rational), key=sp.default_sort_key):
        for other in (sp.Rational(1, 2), sp.Integer(1), sp.Integer(2), sp.Integer(-1), sp.Integer(3)):
            if abs(other) != abs(number):  # signs are the table's
                yield _put_number(body, number, other), f"definition-slip: {other} belongs where {number} stands"


def _activated(body: sp.Expr) -> Iterator[Edit]:
    """A definition with an activation around it, or with another one than it has: out = σ(h) for out = h."""
    for activation in (Sigmoid, Tanh, Relu):
        name = rule_of(activation(body)).name
        if isinstance(body, Elementary) and body.func is not activation:
            yield activation(body.args[0]), f"wrong-activation: {name} belongs where {rule_of(body).name} stands"
        elif not isinstance(body, Elementary):
            yield activation(body), f"missing-activation: {name} is forgotten"


def _put_number(node: sp.Expr, number: sp.Expr, other: sp.Expr) -> sp.Expr:
    if node == number:
        return other
    if not node.args or isinstance(node, (Partial, Called, sp.Piecewise)):
        return node
    made: sp.Expr = node.func(*(_put_number(part, number, other) for part in node.args), evaluate=False)
    return made


# the definitions beside it

_NUMBER = re.compile(r"\d+")
LAST_NUMBER = re.compile(r"\d+(?=\D*\Z)")


def shape(expression: sp.Expr) -> str:
    """An expression without the numbers of its names: what neurons of one layer have in common."""
    return str(renamed(expression, {s.name: _NUMBER.sub("#", s.name) for s in expression.free_symbols}))


def _sibling_shapes(name: str, ground: Ground) -> frozenset[str]:
    """The shapes of the definitions of the names that differ from this one in their number only, where it has
    another.
    """
    family, versions = _NUMBER.sub("#", name), ground.interpretation.versions
    shapes = {n: shape(found[0].expression) for n, found in versions.items() if _NUMBER.sub("#", n) == family}
    own = shapes.pop(name, "")
    return frozenset(shapes.values()) - {own}


def as_siblings(name: str, body: sp.Expr, ground: Ground) -> Iterator[Edit]:
    """What a definition is if it goes as those beside it: out2 = σ(h2) for σ(h1), where out1 = σ(h1).

    Only where whatever has a number beside it has that same number: what h2 = w3*i1 + w4*i2 tells of h1 is not known.
    """
    number = LAST_NUMBER.search(name)
    if number is None:
        return
    for other, (definition, *_) in sorted(ground.interpretation.versions.items()):
        if other == name or LAST_NUMBER.sub("#", other) != LAST_NUMBER.sub("#", name):
            continue
        its = LAST_NUMBER.findall(other)
        numbered = [n for n in names_in(definition.expression) if LAST_NUMBER.search(n)]
        moved = {n: LAST_NUMBER.sub(number.group(), n) for n in numbered if LAST_NUMBER.findall(n) == its}
        if moved and len(moved) == len(numbered) and all(n in ground.uses for n in moved.values()):
            edited = renamed(definition.expression, moved)
            if edited != body:
                yield edited, f"wrong-index: {ground.written(name)} is not made as {ground.written(other)} is"

"""Wrong formulas as people write them: each made from the right one by one named mistake, and decided to be wrong.

A row of MISTAKES is a mistake: the smallest line that has it, and the edits that make it. What an edit happens to
leave equal to the right formula is no mistake and is not given. `derive.checking.slips` goes the other way,
from a wrong formula to its likeliest slip.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.equality import Refuted
from derive.equality.deciding import decide
from derive.gradients.chain import Adjoints, Derivation, Factor
from derive.names import symbol
from derive.network import Network
from derive.ordering import factors_of, product, total
from derive.rules import Elementary, Relu, Sigmoid, Softplus, Tanh, rule_of
from derive.text import as_text

Edit = tuple[str, sp.Expr]
"""What is wrong in words, and the wrong formula."""


class Subject(Struct, frozen=True):
    """A right formula, the network whose names it uses, and the derivation behind it where it is a gradient.

    `siblings` are the names that are easily taken for each other, by name.
    """

    formula: sp.Expr
    network: Network
    siblings: Mapping[str, tuple[str, ...]]
    derivation: Derivation | None = None


class Wrong(Struct, frozen=True):
    """A wrong formula: the row of MISTAKES that made it, and what is wrong in words."""

    mistake: str
    told: str
    formula: sp.Expr


class Mistake(Struct, frozen=True):
    """One kind of mistake: the smallest line that has it, and the edits that make it."""

    example: str
    edits: Callable[[Subject], Iterator[Edit]]


def gradient_subject(derivation: Derivation) -> Subject:
    """The subject of a gradient in its hand form."""
    network = derivation.adjoints.network
    return Subject(derivation.value, network, siblings(network), derivation)


def formula_subject(formula: sp.Expr, network: Network) -> Subject:
    """The subject of a node's own formula."""
    return Subject(formula, network, siblings(network))


def wrong_forms(subject: Subject) -> tuple[Wrong, ...]:
    """Every wrong formula that a row of MISTAKES makes of the right one, each once, each refuted by `decide`.

    Two that are equal to each other may both be given; the first row that makes a formula names it.
    """
    seen = {as_text(subject.formula)}
    found = []
    for name, mistake in MISTAKES.items():
        for told, formula in mistake.edits(subject):
            written = as_text(formula)
            if written in seen:
                continue
            seen.add(written)
            verdict = decide(subject.formula, formula, definitions=subject.network.definitions)
            if isinstance(verdict, Refuted):
                found.append(Wrong(name, told, formula))
    return tuple(found)


def siblings(network: Network) -> Mapping[str, tuple[str, ...]]:
    """To each name those of its role that differ from it in their number alone; inputs are all siblings."""
    groups: dict[tuple[str, str], list[str]] = {}
    for role, names in (("target", network.targets), ("parameter", network.parameters),
                        ("constant", network.constants), ("node", tuple(network.definitions))):
        for name in names:
            groups.setdefault((role, name.rstrip("0123456789")), []).append(name)
    groups["input", ""] = list(network.inputs)
    return MappingProxyType({
        name: tuple(other for other in group if other != name) for group in groups.values() for name in group
    })


# Names


def _wrong_index(subject: Subject) -> Iterator[Edit]:
    """Another number of a name, everywhere in the formula or in one of its places."""
    for node in _symbols(subject.formula):
        for other in subject.siblings.get(node.name, ()):
            told = f"uses {other} where {node.name} belongs"
            yield told, _replaced(subject.formula, node, symbol(other))
    for place, node in _places(subject.formula):
        if node.is_Symbol and sum(part == node for _, part in _places(subject.formula)) > 1:
            for other in subject.siblings.get(node.name, ())[:2]:
                yield f"uses {other} where {node.name} belongs, in one place", _put(subject.formula, place,
                                                                                     symbol(other))


def _wrong_variable(subject: Subject) -> Iterator[Edit]:
    """The input of an activation for its output."""
    for factor in _factors(subject):
        body = subject.network.definitions[factor.of]
        if isinstance(body, Elementary) and symbol(factor.of) in factor.value.free_symbols and body.args[0].is_Symbol:
            changed = factor.value.xreplace({symbol(factor.of): body.args[0]})
            yield f"uses {body.args[0]} where {factor.of} belongs", _with(subject, factor, changed)


# Paths and factors


def _missing_path(subject: Subject) -> Iterator[Edit]:
    for links in _ways(subject).values():
        if len(links) > 1:
            for link in links:
                yield f"the path through {link.of} is left out", _with(subject, link, None)


def _missing_slope(subject: Subject) -> Iterator[Edit]:
    for factor in _factors(subject):
        if isinstance(subject.network.definitions[factor.of], Elementary):
            yield (f"the slope of the activation is forgotten: ∂{factor.of}/∂{factor.by} = {as_text(factor.value)}",
                   _with(subject, factor, sp.Integer(1)))


def _half_slope(subject: Subject) -> Iterator[Edit]:
    for factor in _factors(subject):
        if isinstance(subject.network.definitions[factor.of], Elementary) and factor.value.is_Mul:
            for part in factor.value.args:
                rest = product(tuple(other for other in factor.value.args if other is not part))
                yield f"of the slope ∂{factor.of}/∂{factor.by} the factor {as_text(part)} is forgotten", _with(
                    subject, factor, rest)


def _wrong_slope(subject: Subject) -> Iterator[Edit]:
    """The slope of another activation."""
    for factor in _factors(subject):
        body = subject.network.definitions[factor.of]
        if not isinstance(body, Elementary):
            continue
        for other in (Sigmoid, Tanh, Relu, Softplus):
            if body.func is not other and {body.func, other} & {Sigmoid, Tanh}:
                rule = rule_of(other(body.args[0]))
                told = f"the slope of {rule.name} stands where that of {rule_of(body).name} belongs"
                yield told, _with(subject, factor, rule.slope(body.args[0], symbol(factor.of)))


def _missing_factor(subject: Subject) -> Iterator[Edit]:
    for factor in _factors(subject):
        if factor.value not in (1, -1):
            yield (f"the factor ∂{factor.of}/∂{factor.by} = {as_text(factor.value)} is missing",
                   _with(subject, factor, sp.Integer(1)))
    if subject.derivation is None:
        for place, node in _places(subject.formula):
            if node.is_Mul:
                for part in node.args:
                    if part != -1:
                        rest = product(tuple(other for other in node.args if other is not part))
                        yield f"the factor {as_text(part)} is missing", _put(subject.formula, place, rest)


def _missing_term(subject: Subject) -> Iterator[Edit]:
    if subject.derivation is None:
        for place, node in _places(subject.formula):
            if node.is_Add:
                for term in node.args:
                    rest = total(tuple(other for other in node.args if other is not term))
                    yield f"the term {as_text(term)} is missing", _put(subject.formula, place, rest)


def _missing_activation(subject: Subject) -> Iterator[Edit]:
    for place, node in _places(subject.formula):
        if subject.derivation is None and isinstance(node, Elementary):
            yield f"{rule_of(node).name} is forgotten", _put(subject.formula, place, node.args[0])


def _wrong_activation(subject: Subject) -> Iterator[Edit]:
    for place, node in _places(subject.formula):
        if subject.derivation is None and isinstance(node, Elementary):
            for other in (Sigmoid, Tanh):
                if node.func is not other:
                    yield f"{rule_of(other(node.args[0])).name} stands where {rule_of(node).name} belongs", _put(
                        subject.formula, place, other(node.args[0], evaluate=False))


# Signs, brackets, powers


def _sign(subject: Subject) -> Iterator[Edit]:
    """A difference turned round, a sum for a difference, a difference for a sum."""
    for place, node in _places(subject.formula):
        if not (node.is_Add and len(node.args) == 2):
            continue
        first, second = node.args
        turned = _minus(second)
        if turned is not None:
            written = as_text(node)
            yield f"{as_text(total((turned, _times(-1, first))))} stands where {written} belongs", _put(
                subject.formula, place, total((turned, _times(-1, first))))
            yield f"a plus stands where a minus belongs in {written}", _put(
                subject.formula, place, total((first, turned)))
        else:
            yield f"a minus stands where a plus belongs in {as_text(node)}", _put(
                subject.formula, place, total((first, _times(-1, second))))
    yield "the sign of the whole is wrong", _times(-1, subject.formula)


def _lost_brackets(subject: Subject) -> Iterator[Edit]:
    """a*(b + c)*d without its brackets is a*b + c*d."""
    for place, node in _places(subject.formula):
        if not node.is_Mul:
            continue
        for at, part in enumerate(node.args):
            if part.is_Add and len(node.args) > 1:
                first, *middle, last = part.args
                opened = total((product((*node.args[:at], first)), *middle, _joined(last, node.args[at + 1 :])))
                yield f"the brackets around {as_text(part)} are lost", _put(subject.formula, place, opened)


def _square(subject: Subject) -> Iterator[Edit]:
    """The 2 that comes down from a square, kept where the ½ takes it away, or lost where none does."""
    for factor in _factors(subject):
        body = subject.network.definitions[factor.of]
        if any(part.is_Pow and part.exp == 2 for part in sp.preorder_traversal(body)):
            numbers = [part for part in sp.Mul.make_args(factor.value) if part.is_Number]
            if 2 in numbers or -2 in numbers:
                rest = product(tuple(part for part in factor.value.args if not part.is_Number))
                yield f"the 2 of the square in {factor.of} is forgotten", _with(
                    subject, factor, _times(-1, rest) if -2 in numbers else rest)
            else:
                yield f"a 2 too many: the square in {factor.of} and its ½ take each other away", _with(
                    subject, factor, product((sp.Integer(2), factor.value)))
    if subject.derivation is None:
        for place, node in _places(subject.formula):
            if node.is_Pow and node.exp == 2:
                yield "the square is forgotten", _put(subject.formula, place, node.base)


MISTAKES: Mapping[str, Mistake] = MappingProxyType({
    "wrong-index": Mistake("∂E/∂w7 = (out_o2 - t2)*out_o2*(1 - out_o2)*out_h2", _wrong_index),
    "missing-path": Mistake("∂E/∂w1 = (out_o1 - t1)*out_o1*(1 - out_o1)*w5*out_h1*(1 - out_h1)*i1", _missing_path),
    "missing-slope": Mistake("∂E/∂w5 = (out_o1 - t1)*out_h1", _missing_slope),
    "half-slope": Mistake("∂E/∂w5 = (out_o1 - t1)*out_o1*out_h1", _half_slope),
    "wrong-slope": Mistake("∂E/∂w5 = (out_o1 - t1)*(1 - out_o1^2)*out_h1", _wrong_slope),
    "wrong-variable": Mistake("∂E/∂w5 = (out_o1 - t1)*o1*(1 - o1)*out_h1", _wrong_variable),
    "sign": Mistake("∂E/∂w5 = (t1 - out_o1)*out_o1*(1 - out_o1)*out_h1", _sign),
    "lost-brackets": Mistake("∂E/∂w5 = (out_o1 - t1)*out_o1 - out_o1*out_h1", _lost_brackets),
    "square": Mistake("∂E/∂w5 = 2*(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", _square),
    "missing-factor": Mistake("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)", _missing_factor),
    "missing-term": Mistake("h1 = w1*i1", _missing_term),
    "missing-activation": Mistake("out_h1 = h1", _missing_activation),
    "wrong-activation": Mistake("out_h1 = tanh(h1)", _wrong_activation),
})  # fmt: skip
"""A mistake of a gradient is made in its chain of factors, one of a node's or an update's formula in the formula."""


def _ways(subject: Subject) -> Mapping[str, tuple[Factor, ...]]:
    """The links behind a gradient, by the name that they lead back to; none where the subject is no gradient."""
    if subject.derivation is None:
        return {}
    factors, wanted = subject.derivation.adjoints.factors, [subject.derivation.by]
    found: dict[str, tuple[Factor, ...]] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and name in factors and name != subject.derivation.of:
            found[name] = factors[name]
            wanted += [link.of for link in factors[name]]
    return found


def _factors(subject: Subject) -> Iterator[Factor]:
    for links in _ways(subject).values():
        yield from links


def _with(subject: Subject, factor: Factor, value: sp.Expr | None) -> sp.Expr:
    """The gradient with one factor changed; without its link where the value is None."""
    assert subject.derivation is not None
    given = subject.derivation.adjoints
    links = (Factor(link.of, link.by, value) if link is factor and value is not None else link
             for link in given.factors[factor.by] if link is not factor or value is not None)
    changed = Adjoints(given.network, given.of, {**given.factors, factor.by: tuple(links)})
    return Derivation(given.of, subject.derivation.by, changed).value


_Place = tuple[int, ...]


def _places(expression: sp.Expr, at: _Place = ()) -> Iterator[tuple[_Place, sp.Expr]]:
    """Every part of an expression, and the way to it."""
    yield at, expression
    for number, part in enumerate(expression.args):
        yield from _places(part, (*at, number))


def _put(expression: sp.Expr, at: _Place, part: sp.Expr) -> sp.Expr:
    """An expression with one part in the place of another; a sum in a sum's place keeps its brackets."""
    if not at:
        return part
    args = list(expression.args)
    args[at[0]] = _put(args[at[0]], at[1:], part)
    return expression.func(*args, evaluate=False)


def _replaced(expression: sp.Expr, old: sp.Symbol, new: sp.Symbol) -> sp.Expr:
    for place, part in _places(expression):
        if part == old:
            expression = _put(expression, place, new)
    return expression


def _symbols(expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The names in an expression, each once, in the order in which they are written."""
    return tuple(dict.fromkeys(part for _, part in _places(expression) if part.is_Symbol))


def _minus(term: sp.Expr) -> sp.Expr | None:
    """What is taken away by a term, None where it is added."""
    if term.is_Number and term < 0:
        return -term
    if term.is_Mul and term.args[0].is_Number and term.args[0] < 0:
        return product((-term.args[0], *term.args[1:]))
    return None


def _times(number: int, expression: sp.Expr) -> sp.Expr:
    if expression.is_Number:
        return expression * number
    return sp.Mul(sp.Integer(number), *factors_of(expression), evaluate=False)


def _joined(term: sp.Expr, behind: tuple[sp.Expr, ...]) -> sp.Expr:
    return product((*factors_of(term), *behind)) if behind else term

"""The table of mistakes: of each the smallest line that has it, and the edits that make it."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.mistakes.parts import joined, minus, places, put, replaced, symbols, times
from derive.mistakes.subject import Edit, Subject, changed_in, factors, ways
from derive.names import symbol
from derive.ordering import product, total
from derive.rules import Elementary, Relu, Sigmoid, Softplus, Tanh, rule_of
from derive.text import as_text


class Mistake(Struct, frozen=True):
    """One kind of mistake: the smallest line that has it, and the edits that make it."""

    example: str
    edits: Callable[[Subject], Iterator[Edit]]


# Names


def _wrong_index(subject: Subject) -> Iterator[Edit]:
    """Another number of a name, everywhere in the formula or in one of its places."""
    for node in symbols(subject.formula):
        for other in subject.siblings.get(node.name, ()):
            told = f"uses {other} where {node.name} belongs"
            yield told, replaced(subject.formula, node, symbol(other))
    for place, node in places(subject.formula):
        if node.is_Symbol and sum(part == node for _, part in places(subject.formula)) > 1:
            for other in subject.siblings.get(node.name, ())[:2]:
                yield f"uses {other} where {node.name} belongs, in one place", put(subject.formula, place,
                                                                                     symbol(other))


def _wrong_variable(subject: Subject) -> Iterator[Edit]:
    """The input of an activation for its output."""
    for factor in factors(subject):
        body = subject.network.definitions[factor.of]
        if isinstance(body, Elementary) and symbol(factor.of) in factor.value.free_symbols and body.args[0].is_Symbol:
            changed = factor.value.xreplace({symbol(factor.of): body.args[0]})
            yield f"uses {body.args[0]} where {factor.of} belongs", changed_in(subject, factor, changed)


# Paths and factors


def _missing_path(subject: Subject) -> Iterator[Edit]:
    for links in ways(subject).values():
        if len(links) > 1:
            for link in links:
                yield f"the path through {link.of} is left out", changed_in(subject, link, None)


def _missing_slope(subject: Subject) -> Iterator[Edit]:
    for factor in factors(subject):
        if isinstance(subject.network.definitions[factor.of], Elementary):
            yield (f"the slope of the activation is forgotten: ∂{factor.of}/∂{factor.by} = {as_text(factor.value)}",
                   changed_in(subject, factor, sp.Integer(1)))


def _half_slope(subject: Subject) -> Iterator[Edit]:
    for factor in factors(subject):
        if isinstance(subject.network.definitions[factor.of], Elementary) and factor.value.is_Mul:
            for part in factor.value.args:
                rest = product(tuple(other for other in factor.value.args if other is not part))
                yield f"of the slope ∂{factor.of}/∂{factor.by} the factor {as_text(part)} is forgotten", changed_in(
                    subject, factor, rest)


def _wrong_slope(subject: Subject) -> Iterator[Edit]:
    """The slope of another activation."""
    for factor in factors(subject):
        body = subject.network.definitions[factor.of]
        if not isinstance(body, Elementary):
            continue
        for other in (Sigmoid, Tanh, Relu, Softplus):
            if body.func is not other and {body.func, other} & {Sigmoid, Tanh}:
                rule = rule_of(other(body.args[0]))
                told = f"the slope of {rule.name} stands where that of {rule_of(body).name} belongs"
                yield told, changed_in(subject, factor, rule.slope(body.args[0], symbol(factor.of)))


def _missing_factor(subject: Subject) -> Iterator[Edit]:
    for factor in factors(subject):
        if factor.value not in (1, -1):
            yield (f"the factor ∂{factor.of}/∂{factor.by} = {as_text(factor.value)} is missing",
                   changed_in(subject, factor, sp.Integer(1)))
    if subject.derivation is None:
        for place, node in places(subject.formula):
            if node.is_Mul:
                for part in node.args:
                    if part != -1:
                        rest = product(tuple(other for other in node.args if other is not part))
                        yield f"the factor {as_text(part)} is missing", put(subject.formula, place, rest)


def _missing_term(subject: Subject) -> Iterator[Edit]:
    if subject.derivation is None:
        for place, node in places(subject.formula):
            if node.is_Add:
                for term in node.args:
                    rest = total(tuple(other for other in node.args if other is not term))
                    yield f"the term {as_text(term)} is missing", put(subject.formula, place, rest)


def _missing_activation(subject: Subject) -> Iterator[Edit]:
    for place, node in places(subject.formula):
        if subject.derivation is None and isinstance(node, Elementary):
            yield f"{rule_of(node).name} is forgotten", put(subject.formula, place, node.args[0])


def _wrong_activation(subject: Subject) -> Iterator[Edit]:
    for place, node in places(subject.formula):
        if subject.derivation is None and isinstance(node, Elementary):
            for other in (Sigmoid, Tanh):
                if node.func is not other:
                    yield f"{rule_of(other(node.args[0])).name} stands where {rule_of(node).name} belongs", put(
                        subject.formula, place, other(node.args[0], evaluate=False))


# Signs, brackets, powers


def _sign(subject: Subject) -> Iterator[Edit]:
    """A difference turned round, a sum for a difference, a difference for a sum."""
    for place, node in places(subject.formula):
        if not (node.is_Add and len(node.args) == 2):
            continue
        first, second = node.args
        turned = minus(second)
        if turned is not None:
            written = as_text(node)
            yield f"{as_text(total((turned, times(-1, first))))} stands where {written} belongs", put(
                subject.formula, place, total((turned, times(-1, first))))
            yield f"a plus stands where a minus belongs in {written}", put(
                subject.formula, place, total((first, turned)))
        else:
            yield f"a minus stands where a plus belongs in {as_text(node)}", put(
                subject.formula, place, total((first, times(-1, second))))
    yield "the sign of the whole is wrong", times(-1, subject.formula)


def _lost_brackets(subject: Subject) -> Iterator[Edit]:
    """a*(b + c)*d without its brackets is a*b + c*d."""
    for place, node in places(subject.formula):
        if not node.is_Mul:
            continue
        for at, part in enumerate(node.args):
            if part.is_Add and len(node.args) > 1:
                first, *middle, last = part.args
                opened = total((product((*node.args[:at], first)), *middle, joined(last, node.args[at + 1 :])))
                yield f"the brackets around {as_text(part)} are lost", put(subject.formula, place, opened)


def _square(subject: Subject) -> Iterator[Edit]:
    """The 2 that comes down from a square, kept where the ½ takes it away, or lost where none does."""
    for factor in factors(subject):
        body = subject.network.definitions[factor.of]
        if any(part.is_Pow and part.exp == 2 for part in sp.preorder_traversal(body)):
            numbers = [part for part in sp.Mul.make_args(factor.value) if part.is_Number]
            if 2 in numbers or -2 in numbers:
                rest = product(tuple(part for part in factor.value.args if not part.is_Number))
                yield f"the 2 of the square in {factor.of} is forgotten", changed_in(
                    subject, factor, times(-1, rest) if -2 in numbers else rest)
            else:
                yield f"a 2 too many: the square in {factor.of} and its ½ take each other away", changed_in(
                    subject, factor, product((sp.Integer(2), factor.value)))
    if subject.derivation is None:
        for place, node in places(subject.formula):
            if node.is_Pow and node.exp == 2:
                yield "the square is forgotten", put(subject.formula, place, node.base)


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

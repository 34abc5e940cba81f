"""Definitions that are read the other way, take the place of an earlier one, or stand in a sum term by term."""

from collections.abc import Iterator

import sympy as sp

from derive.checking.equations import ONE_SLIP, differing, names_in, tree_of
from derive.checking.exchange import exchanged
from derive.checking.hypotheses.ground import Ground
from derive.checking.interpretations import Hypothesis
from derive.names import symbol
from derive.written import Called


def anew(ground: Ground) -> Iterator[Hypothesis]:
    """A name is defined a second time, for the lines that follow."""
    for number, name in _second_definitions(ground):
        told = f"{ground.written(name)} is defined anew"
        rank = 0 if _is_elsewhere(ground, number, name) else 1
        yield Hypothesis("anew", name, told, rank, frozenset((name,)), claim=number)


def fresh(ground: Ground) -> Iterator[Hypothesis]:
    """A name that no line of a problem defines is a quantity of its own in an equation there: x^2 + y^2 = 1 beside the
    y = x^3 of another one, or of what stands before them.
    """
    problems = [one.problem for one in ground.claims]
    unsolved = {one.problem for one in ground.claims if ground.evidence[one.number].verdict in ("refuted", "undecided")}
    for one in ground.claims:
        equation = one.equations[0] if one.equations else None
        if equation is None or not (one.problem and one.begins and one.problem in unsolved) or equation.partials or (
                equation.left.is_Symbol or len(equation.names) < 2):
            continue
        if (ground.evidence[one.number].verdict, ground.evidence[one.number].kind) == ("proved", ""):
            continue  # it holds of what the other problem says
        for name in sorted(equation.names):
            told = [d for d in ground.interpretation.versions.get(name, ()) if not d.is_value]
            if told and all(d.claim >= 0 and problems[d.claim] != one.problem for d in told):
                says = f"{ground.written(name)} is not that of another problem"
                yield Hypothesis("fresh", name, says, 0, frozenset((name,)), claim=one.number)


def _is_elsewhere(ground: Ground, number: int, name: str) -> bool:
    """Whether a definition stands under another heading than the ones before it, and has more than one name or number
    that these have not: an example of its own, no slip in what was said before.
    """
    section, right = ground.claims[number].claim.section, ground.claims[number].equations[0].right
    before = [d for d in ground.interpretation.versions[name] if 0 <= d.claim < number]
    return bool(before) and all(
        ground.claims[d.claim].claim.section != section and differing((d.expression,), (right,)) > ONE_SLIP
        for d in before
    )


def conditions(ground: Ground) -> Iterator[Hypothesis]:
    """What would make a term of a definition 0 is no definition: M = p x + q y beside λ (M - p x - q y)."""
    definitions = [d for found in ground.interpretation.versions.values() for d in found if not d.is_value]
    for one in (d for d in definitions if d.claim >= 0 and d.variables is None):
        name = symbol(one.name)
        sums = (part for d in definitions for part in sp.preorder_traversal(d.expression) if part.is_Add)
        terms = (part for part in sums if name in part.args or -name in part.args)
        if any(sp.expand(exchanged(part, {name: one.expression}).doit()) == 0 for part in terms):
            told = f"{ground.written(one.name)} is what a condition has"
            yield Hypothesis("condition", one.name, told, 1, frozenset((one.name,)), claim=one.claim)


def behind(ground: Ground) -> Iterator[Hypothesis]:
    """What stands behind the derivatives by a name is its definition for these, too, and no solution."""
    wrong = [e.equation for e in ground.evidence.values() if e.is_contradicted and e.equation is not None]
    by = {partial.by.name for equation in wrong for partial in equation.partials}
    for name in sorted(ground.interpretation.solved):
        if by - {name}:  # by what is solved for the derivative is 0 then, and says nothing
            told = f"{ground.written(name)} is defined behind what rests on it"
            yield Hypothesis("behind", name, told, 1, frozenset((name,)))


def instead(ground: Ground) -> Iterator[Hypothesis]:
    """The later definition of a name is what is meant; the first one is the slip."""
    for number, name in _second_definitions(ground):
        told = f"{ground.written(name)} is what this line says"
        yield Hypothesis("instead", name, told, 2, frozenset((name,)), claim=number)


def chained(ground: Ground) -> Iterator[Hypothesis]:
    """A name is what its chain says further on: n1 = tanh(m*x + b) = tanh(n2), L = T - V = m v^2/2 - V(q)."""
    for number, name in ground.interpretation.definers.items():
        statement, body = ground.claims[number].claim.statement, ground.interpretation.versions[name][0].below
        for one in ground.claims[number + 1 :]:
            if one.claim.statement != statement:
                break
            right = ground.interpretation.equations(one.number)[0].right if one.equations else sp.S.Zero
            is_open = ground.evidence[one.number].verdict in ("proved", "undecided")
            if is_open and names_in(right) - body - {name}:
                told = f"{ground.written(name)} is what its chain ends with"
                yield Hypothesis("chained", name, told, 1, frozenset((name,)), claim=number, expression=right)


def _second_definitions(ground: Ground) -> Iterator[tuple[int, str]]:
    """The claims that give a defined name a value, or a formula of other names, each with the name."""
    for one in ground.claims:
        verdict = ground.evidence[one.number].verdict
        if not one.equations or verdict not in ("refuted", "undecided", "proved"):
            continue
        if not (one.begins or _is_head(one.equations[0].left)):
            continue
        name, right = _defined_name(ground, one.number), one.equations[0].right
        is_given = right.is_number and verdict != "proved"
        if name in ground.defined and (is_given or not names_in(right) <= {name}):
            yield one.number, name


def _is_head(left: sp.Expr) -> bool:
    """Whether a side is a function at names, which a chain may tell: y = f(g) = g^3."""
    return isinstance(left, Called) and not any(left.orders) and all(argument.is_Symbol for argument in left.arguments)


def _defined_name(ground: Ground, number: int) -> str:
    left, tree = ground.interpretation.equations(number)[0].left, tree_of(ground.claims[number].claim.left)
    if left.is_Symbol:
        return str(left.name)
    return tree.value if tree is not None and tree.kind == "call" else ""


def readings(ground: Ground) -> Iterator[Hypothesis]:
    """A definition whose notation leaves two ways open is read the other way."""
    for number, name in ground.interpretation.definers.items():
        for place, equation in enumerate(ground.claims[number].equations[1:], 1):
            told = ", ".join(equation.assumed) or "read the other way"
            yield Hypothesis("reading", str(number), told, 1, frozenset((name,)), claim=number, other=str(place))


def terms(ground: Ground) -> Iterator[Hypothesis]:
    """E = E1 + E2 = a + b says term by term what E1 and E2 are, those that nothing else defines; numbers are values."""
    for one in ground.claims:
        for equation in one.plainest:
            left, right = equation.sides
            if not (left.is_Add and right.is_Add and len(left.args) == len(right.args)):
                continue
            bodies = {ground.interpretation.last.definition(str(term)): term for term in left.args}
            known = [term for term in right.args if term in bodies]  # T + V = V's own formula + T's
            pairs = zip(
                [term for term in left.args if term not in [bodies[other] for other in known]],
                [term for term in right.args if term not in known],
                strict=False,
            )
            open_ = ((str(term), other) for term, other in pairs if not other.is_number)
            lent = tuple((name, other) for name, other in open_ if name not in ground.defined)
            if lent and all(term.is_Symbol for term in left.args):
                names = frozenset(name for name, _ in lent)
                told = f"{', '.join(ground.written(name) for name, _ in lent)} term by term"
                claim = one.number if len(lent) == len(left.args) else -1  # what is defined is held against its term
                yield Hypothesis("lent", f"terms {one.number}", told, 1, names, claim=claim, lent=lent)

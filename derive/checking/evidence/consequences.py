"""Equations that follow from equations to be solved: the same divided by a factor, a difference of two, one with what
another says of a name put in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import sympy as sp

from derive.checking.equations import Stated, differentiated
from derive.checking.evidence import Evidence
from derive.checking.evidence.conditions import is_slope
from derive.checking.evidence.question import Question
from derive.checking.premises import Signs
from derive.equality import Proved
from derive.errors import DeriveError
from derive.small_models.weighing.weighed import HOLDS_FOR_SOME, TO_SOLVE
from derive.written import Called, Partial

_FAR = 12
"""So many equations before it are looked at."""
_LONGEST = 100
"""So many characters of equations are said again."""
_TINY = 1e-9
_LARGEST = 60
"""So many operations an equation has at most of which a factor is looked for."""


def follows(question: Question) -> Evidence | None:
    """What is said of an equation that follows from those before it that are to be solved; None for any other."""
    here = _difference(question, question.one.number)
    if here is None or abs(question.value(here) or 0) > _TINY:
        return None  # the document's values say that it does not hold
    before = {number: _difference(question, number) for number in _open_before(question)}
    known = {number: difference for number, difference in before.items() if difference is not None}
    for told, difference in _derived(known, here):
        factor = _factor(here, difference)
        if factor is None:
            continue
        names = frozenset(s.name for s in difference.free_symbols | here.free_symbols)
        for signs in (question.one.signs, Signs(names)):
            decisions = question.decisions.where(signs)
            asked = decisions.equality(here, factor * difference, question.graph)
            if isinstance(decisions.answer(asked), Proved):
                where = _where(factor) if signs == question.one.signs else ", for positive names"
                reason = f"it follows from {_said(question, told)}{where}"
                return question.said("proved", reason, TO_SOLVE, equality=asked)
    return None


def _where(factor: sp.Expr) -> str:
    """Where a factor has a value: nothing is divided by 0."""
    below = sp.denom(factor)
    names = ", ".join(sorted(s.name for s in below.free_symbols))
    is_product = all(part.is_number or part.is_Symbol or part.is_Pow for part in sp.Mul.make_args(below))
    return "" if not names else f", where {names} is not 0" if is_product else ", for positive names"


def _said(question: Question, told: Iterable[int]) -> str:
    """The equations that one follows from, as they stand."""
    claims = (question.interpretation.claims[number].claim for number in told)
    said = " and ".join(f"{claim.left.text} {claim.relation} {claim.right.text}" for claim in claims)
    return said if len(said) <= _LONGEST else "what is to be solved before it"


def _open_before(question: Question) -> list[int]:
    """The claims before in the same problem that are to be solved, or follow from such ones: those of one quantity's
    derivatives, since what another one's come to has nothing to do with them.
    """
    claims, quantity = question.interpretation.claims, ""
    open_ones: list[int] = []
    for number, found in question.before.items():
        is_open = found.kind == TO_SOLVE and (found.verdict == "proved" or found.reason == HOLDS_FOR_SOME)
        if not is_open or claims[number].problem != question.one.problem:
            continue
        of = _quantity(claims, number)
        if of and quantity and of != quantity:
            open_ones = []
        quantity = of or quantity
        open_ones.append(number)
    return open_ones[-_FAR:]


def _quantity(claims: Sequence[Stated], number: int) -> str:
    """What is differentiated where a claim's chain begins; nothing where nothing is."""
    first = claims[number - claims[number].claim.step]
    slopes = (e.left for e in first.plainest if is_slope(e.left))
    return next((differentiated(slope) or getattr(slope, "name", "") for slope in slopes), "")


def _difference(question: Question, number: int) -> sp.Expr | None:
    """Left less right of a claim, worked out; None where it has what is not, or is too large."""
    for equation in question.interpretation.equations(number)[:1]:
        if number == question.one.number and any(side.has(Partial, Called) for side in equation.sides):
            return None
        try:
            left, right = (question.graph.worked(side) for side in equation.sides)
        except DeriveError:
            return None
        made: sp.Expr = left - right
        return made if made.free_symbols and sp.count_ops(made) <= _LARGEST else None
    return None


def _derived(known: Mapping[int, sp.Expr], here: sp.Expr) -> Iterator[tuple[tuple[int, ...], sp.Expr]]:
    """What equations come to, nearest first: each, the sum and the difference of two, and each with a name put in."""
    nearest = list(known.items())[::-1]
    for number, difference in nearest:
        yield (number,), difference
    for (one, first), (other, second) in combinations(nearest, 2):
        yield (one, other), first - second
        yield (one, other), first + second
        for name, value in _solutions(second):
            if name in first.free_symbols and name not in here.free_symbols:
                yield (one, other), first.xreplace({name: value})


def _solutions(difference: sp.Expr) -> Iterator[tuple[sp.Symbol, sp.Expr]]:
    """The names that an equation says something of alone: y of y - 2 x."""
    for name in sorted(difference.free_symbols, key=str):
        slope = sp.diff(difference, name)
        if slope != 0 and name not in slope.free_symbols and _never_zero(slope):
            yield name, name - difference / slope


def _factor(here: sp.Expr, difference: sp.Expr) -> sp.Expr | None:
    """What is never 0 for positive names and by which one is the other; a proposal, still to be decided."""
    if here.free_symbols - difference.free_symbols:
        return None
    names = _positive(difference)
    ratio = sp.simplify(sp.powsimp(sp.expand(here.xreplace(names)) / sp.expand(difference.xreplace(names))))
    if not ratio.is_nonzero or not _is_whole(ratio, difference.xreplace(names)):
        return None
    made: sp.Expr = ratio.xreplace({dummy: name for name, dummy in names.items()})
    return made


def _is_whole(ratio: sp.Expr, difference: sp.Expr) -> bool:
    """Whether no sum below the stroke of a ratio may be 0 where the difference is."""
    above = sp.numer(sp.together(difference))
    for part in sp.Mul.make_args(sp.factor(sp.denom(sp.together(ratio)))):
        base = part.base if part.is_Pow else part
        if base.is_Add:
            try:
                common = sp.gcd(sp.Poly(base), sp.Poly(above, *sp.Poly(base).gens))
            except sp.PolynomialError:
                return False
            if not common.is_ground:
                return False
    return True


def _never_zero(expression: sp.Expr) -> bool:
    """Whether an expression is not 0, whatever positive values its names have."""
    return bool(expression.xreplace(_positive(expression)).is_nonzero)


def _positive(expression: sp.Expr) -> dict[sp.Basic, sp.Basic]:
    """The names of an expression, each with one that is positive."""
    return {s: sp.Dummy(s.name, positive=True) for s in expression.free_symbols}

"""Laws of decide: what must hold for every expression, and agreement with an oracle that shares nothing with it."""

import itertools
import pickle
from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st

from derive.equality import Proved, Refuted, Undecided, Verdict, decide
from derive.equality.forms import Form, Fractions
from derive.equality.polynomials import DIGIT, Work
from derive.equality.span import Span
from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.rules import Relu, Sigmoid, Softplus, Tanh
from derive.walkthrough import Walkthrough, built_in
from tests.derive.mutations import Truth, expanded, mutants
from tests.derive.numeric import DIGITS, Nowhere, same, value_at
from tests.laws import examples, some

NAMES = [symbol(name) for name in "xyz"]
x, y, z = NAMES
NUMBERS = [sp.Rational(*pair) for pair in ((1, 2), (-1, 3), (2, 1), (-3, 1), (5, 1), (1, 10))]
POINTS = [Fraction(*pair) for pair in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-1, 2), (-7, 3), (13, 10))]

leaves = st.sampled_from([*NAMES, *NAMES, *NUMBERS])


def grown(functions: list[Callable[[sp.Expr], sp.Expr]], depth: int = 3) -> st.SearchStrategy[sp.Expr]:
    """Expressions of sums, products, small powers and functions of one argument, nested `depth` deep."""
    if depth == 0:
        return leaves
    inner, other = grown(functions, depth - 1), grown(functions, depth // 2)
    return st.one_of(
        st.builds(sp.Add, inner, other),
        st.builds(sp.Mul, inner, other),
        st.builds(sp.Pow, inner, st.sampled_from([2, 3])),
        st.builds(lambda function, argument: function(argument), st.sampled_from(functions), inner),
        st.builds(lambda function, argument: function(argument), st.sampled_from(functions), inner),
    )


smooth = grown([Sigmoid, Tanh, Softplus, sp.exp])
cornered = grown([Relu, sp.Abs, Sigmoid])
anything = grown([Relu, sp.Abs, sp.log, sp.sqrt, sp.exp, Sigmoid, sp.sin, lambda e: 1 / e])


def is_small(expression: sp.Expr) -> bool:
    """Whether a transformation of it by SymPy stays quick and finite."""
    return bool(expression.count_ops() < 40 and not expression.has(sp.zoo, sp.nan, sp.oo, sp.I))


def kind(verdict: Verdict) -> type:
    """The kind of a verdict, for comparison."""
    return type(verdict)


@examples(40)
@given(anything, anything)
def test_symmetric(left: sp.Expr, right: sp.Expr) -> None:
    assume(is_small(left) and is_small(right))
    assert kind(decide(left, right)) is kind(decide(right, left))


@examples(40)
@given(smooth)
@example(Tanh(x + Sigmoid(2 * y)) * sp.exp(-x) * (x + y) ** 3)
def test_unchanged_under_expansion_and_factoring(expression: sp.Expr) -> None:
    assume(is_small(expression))
    for rewritten in (sp.expand(expression), sp.together(expression), sp.factor(expression)):
        assert isinstance(decide(expression, rewritten), Proved)


@examples(40)
@given(cornered)
def test_unchanged_under_expansion_with_corners(expression: sp.Expr) -> None:
    assume(is_small(expression))
    assert isinstance(decide(expression, sp.expand(expression)), Proved)


@examples(40)
@given(anything, anything)
def test_unchanged_under_renaming(left: sp.Expr, right: sp.Expr) -> None:
    assume(is_small(left) and is_small(right))
    renamed = {x: symbol("w10"), y: symbol("w9"), z: symbol("out_h1")}
    assert kind(decide(left, right)) is kind(decide(left.xreplace(renamed), right.xreplace(renamed)))


@pytest.mark.slow
@examples(40)
@given(smooth, st.randoms(use_true_random=False))
def test_unchanged_under_reordering(expression: sp.Expr, random: object) -> None:
    assume(is_small(expression))

    def shuffled(node: sp.Expr) -> sp.Expr:
        parts = [shuffled(part) for part in node.args]
        if isinstance(node, sp.Add | sp.Mul):
            random.shuffle(parts)  # type: ignore[attr-defined]
            return node.func(*parts, evaluate=False)
        return node.func(*parts) if parts else node

    assert isinstance(decide(expression, shuffled(expression)), Proved)


@examples(40)
@given(smooth, st.sampled_from(NUMBERS))
def test_a_constant_added_refutes(expression: sp.Expr, number: sp.Rational) -> None:
    assume(is_small(expression))
    verdict = decide(expression, expression + number)
    assume(not (isinstance(verdict, Undecided) and expression.has(sp.exp)))  # exp(exp(exp(5))) has no value to look at
    assert isinstance(verdict, Refuted)


@examples(40)
@given(smooth, smooth, smooth)
def test_before_and_after_substitution_the_verdict_is_one(left: sp.Expr, right: sp.Expr, body: sp.Expr) -> None:
    assume(is_small(left) and is_small(right) and is_small(body) and not body.has(z))
    node = symbol("node")
    sides = [side.subs(z, node) for side in (left, right)]
    verdict = decide(*sides, definitions={"node": body})
    assert kind(verdict) is kind(decide(*(side.subs(node, body) for side in sides)))


@pytest.mark.slow
@examples(80)
@given(anything, anything, st.booleans())
def test_no_verdict_contradicts_forty_digits(left: sp.Expr, other: sp.Expr, alike: bool) -> None:
    assume(is_small(left) and is_small(other))
    right = sp.expand(left + other) - other if alike else other
    verdict = decide(left, right)
    with mpmath.workdps(DIGITS):
        if isinstance(verdict, Refuted):
            point = {name: mpmath.mpf(value.numerator) / value.denominator for name, value in verdict.witness}
            assert value_at(left, point) != value_at(right, point)
        if isinstance(verdict, Proved):
            for values in itertools.product(POINTS[::3], POINTS[1::3], POINTS[2::3]):
                exact = (mpmath.mpf(value.numerator) / value.denominator for value in values)
                point = dict(zip("xyz", exact, strict=True))
                try:
                    assert same(value_at(left, point), value_at(right, point)), point
                except (Nowhere, ZeroDivisionError, OverflowError):
                    continue


@examples(20)
@given(anything, anything)
def test_a_verdict_travels_between_processes(left: sp.Expr, right: sp.Expr) -> None:
    assume(is_small(left) and is_small(right))
    verdict = decide(left, right)
    assert pickle.loads(pickle.dumps(verdict)) == verdict


@pytest.mark.slow
def test_a_sample_of_single_edits_of_the_hand_gradients_has_no_mistake(kanungo: Walkthrough) -> None:
    """All of them: `python -m tests.bench.equality`."""
    network = kanungo.network
    truth = Truth(network)
    for mutant in mutants(kanungo, every=40):
        right = truth.holds(mutant.wrong, mutant.right)
        for verdict in (
            decide(mutant.wrong, mutant.right, definitions=network.definitions, start=kanungo.start),
            decide(expanded(mutant.wrong, network), expanded(mutant.right, network), start=kanungo.start),
        ):
            assert isinstance(verdict, Proved if right else Refuted), mutant


def test_a_witness_starts_from_the_walkthroughs_values(kanungo: Walkthrough) -> None:
    gradients = derive_gradients(kanungo.network)
    verdict = decide(gradients["w1"].value, gradients["w3"].value, definitions=kanungo.network.definitions,
                     start=kanungo.start)
    assert isinstance(verdict, Refuted)
    assert all(value == Fraction(str(kanungo.start[name])) for name, value in verdict.witness)


@pytest.mark.slow
@pytest.mark.parametrize("name", some(built_in(), "parmelee", "kanungo"))
def test_every_single_edit_of_every_hand_gradient_is_decided_rightly(name: str) -> None:
    from tests.bench.equality import decide_all

    for counts, _ in decide_all(name).values():
        assert (counts["mistakes"], counts["Undecided"]) == (0, 0)


monomials = st.lists(st.integers(0, 3), min_size=3, max_size=3).map(
    lambda powers: sum(power << (DIGIT * place) for place, power in enumerate(powers))
)
polynomials = st.dictionaries(monomials, st.integers(-4, 4).filter(bool), min_size=1, max_size=4)


@given(
    st.lists(polynomials, min_size=1, max_size=5), st.lists(st.fractions(-3, 3), min_size=5, max_size=5), polynomials
)
def test_a_span_combines_what_its_coefficients_make_and_nothing_else(
    tops: list[dict[int, int]], times: list[Fraction], other: dict[int, int]
) -> None:
    """A sum of multiples of independent forms is found with these, whatever its residues tell; one that SymPy's rank
    says is independent is found nowhere.
    """
    fractions = Fractions(Work())
    span, kept = Span(fractions), list[dict[int, int]]()
    for top in tops:
        if _rank([*kept, top]) > len(kept):
            assert span.combination(Form(top)) is None
            span.extend(Form(top))
            kept.append(top)
        else:
            assert span.combination(Form(top)) is not None
    parts = [fractions.multiply(fractions.constant(share), Form(top)) for share, top in zip(times, kept, strict=False)]
    whole = fractions.add(*parts)
    if whole.top:
        told = {entry: share for entry, share in enumerate(times[: len(kept)]) if share}
        assert span.combination(whole) == told
    assert (span.combination(Form(other)) is None) == (_rank([*kept, other]) > len(kept))


def _rank(tops: list[dict[int, int]]) -> int:
    found = sorted({monomial for top in tops for monomial in top})
    return int(sp.Matrix([[top.get(monomial, 0) for monomial in found] for top in tops]).rank())

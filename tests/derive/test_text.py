"""Expressions as people type them: what is printed is read back, to the same tree or to an equal one."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import rules
from derive.formulas import Names, read_formula
from derive.names import symbol
from derive.text import as_text
from derive.written import Partial
from tests.laws import examples

NAMES = Names.of(["a", "b", "x1", "out_h1", "t1", "E1", "w5"])
A, B, X1 = symbol("a"), symbol("b"), symbol("x1")


def texts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One construction of the grammar around smaller texts, each in brackets or bare."""
    part = st.one_of(inner, inner.map("({})".format))
    return st.one_of(
        st.builds("{} {} {}".format, part, st.sampled_from("+-*/"), part),
        inner.map("(-({}))".format),
        st.builds("({}){}".format, inner, st.sampled_from(["²", "^3", "**2", "^w5"])),
        st.builds("{}({} - b)".format, st.sampled_from(["σ", "tanh", "ReLU", "softplus", "ln", "exp"]), inner),
    )


NUMERALS = ("2", "0.05")
SIGNED = tuple(f"(-({numeral}))" for numeral in NUMERALS)
"""(-2) * a is printed as -2 * a, which reads as (-1) * 2 * a: another tree, printed alike."""
LEAVES = st.sampled_from(["a", "b", "x1", "out_h1", *NUMERALS, "1/2", "a*(-3)", "(∂E1/∂w5)", "(∂(a + b)/∂w5)"])


@examples(70)
@given(st.recursive(LEAVES, texts, max_leaves=12))
def test_what_was_read_is_printed_so_that_it_reads_the_same(text: str) -> None:
    read = read_formula(text, NAMES)
    again = read_formula(as_text(read), NAMES)
    assert as_text(again) == as_text(read)
    assert again == read or any(signed in text for signed in SIGNED), as_text(read)


NUMBERS = st.fractions(-3, 3, max_denominator=7).map(lambda q: sp.Rational(q.numerator, q.denominator))
SMALL = st.one_of(st.sampled_from([A, B, X1]), NUMBERS)


def trees(inner: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    """Any tree over +, *, powers and σ, ordered or as SymPy orders it."""
    pairs = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        pairs.map(lambda parts: sp.Add(*parts, evaluate=False)),
        pairs.map(lambda parts: sp.Mul(*parts, evaluate=False)),
        pairs.map(lambda parts: sp.Add(*parts)),
        pairs.map(lambda parts: sp.Mul(*parts)),
        st.builds(lambda base, n: sp.Pow(base + sp.pi, n, evaluate=False), inner, st.integers(-3, 3)),
        inner.map(rules.Sigmoid),
    )


@pytest.mark.slow
@examples(50)
@given(st.recursive(SMALL, trees, max_leaves=8))
def test_any_tree_is_printed_so_that_it_reads_as_an_equal_one(tree: sp.Expr) -> None:
    p = symbol("p")
    written = as_text(tree.xreplace({sp.pi: p}))
    read = read_formula(written, Names.of([*NAMES.declared, "p"]))
    at = {A: sp.Rational(3, 10), B: sp.Rational(-7, 10), X1: sp.Rational(11, 10)}
    expected, found = (rules.spelled_out(e).subs({**at, p: sp.pi}).evalf(30) for e in (tree, read))
    assert expected == found or abs(expected - found) <= abs(expected) * sp.Float("1e-20"), written


CASES = [
    "(out_h1 - t1) * out_h1 * (1 - out_h1) * a",
    "[(a - t1) * a * (1 - a) * w5 + (b - t1) * b] * out_h1 * (1 - out_h1) * x1",
    "1/2 * (t1 - out_h1)²",
    "1/(1 + exp(-a))",
    "σ(a) * (1 - σ(a))",
    "∂E1/∂w5",
    "(∂E1/∂out_h1) * (∂out_h1/∂a) * (∂a/∂w5)",
    "∂(E1 + a)/∂w5",
    "∂σ(a)/∂a",
    "∂[1/2 * (t1 - out_h1)²]/∂out_h1",
    "-a + b - 2 * x1",
    "-(a + b)",
    "a - (b - x1)",
    "(-a)²",
    "-a²",
    "a / b * x1",
    "a / (b * x1)",
    "0.05 * a + 100",
    "a * (-2)",
    "{a * [b + (x1 + 1)²] - 1} / 2",
    "sqrt(a) / 2",
    "a^(b^x1)",
    "ln(a) + softplus(b) + ReLU(x1) + tanh(a) + step(b) + abs(a) + sign(b) + sin(a) + cos(b)",
]


@pytest.mark.parametrize("text", CASES)
def test_a_formula_is_printed_as_it_is_written_on_the_board(text: str) -> None:
    assert as_text(read_formula(text, NAMES)) == text


@pytest.mark.parametrize(("tree", "text"), [
    (sp.Pow(A, -1), "1/a"),
    (sp.Pow(A, -2), "1/a²"),
    (sp.Mul(B, sp.Pow(A, -2)), "b / a²"),
    (sp.Mul(-2, A), "-2 * a"),
    (sp.Rational(1, 3) * A, "1/3 * a"),
    (sp.Rational(-1, 200), "-0.005"),
    (sp.Max(A, 0), "max(0, a)"),
    (sp.Piecewise((A, A > 0), (0, True)), "{a if a > 0, 0 otherwise}"),
    (sp.pi * A, "π * a"),
    (Partial(A + B, X1), "∂(a + b)/∂x1"),
])  # fmt: skip
def test_a_tree_of_sympys_own_is_printed_in_its_order(tree: sp.Expr, text: str) -> None:
    assert as_text(tree) == text


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=list(rules.RULES))
def test_every_function_of_the_table_can_be_printed_and_read(rule: rules.Rule) -> None:
    assert read_formula(as_text(rule.function(A)), NAMES) == rule.function(A)


def test_a_kind_of_node_without_a_text_is_named() -> None:
    with pytest.raises(TypeError, match="no way to write Integral"):
        as_text(sp.Integral(A, A))

"""One formula over known names: what it comes to, what is refused and in which words, and that nothing ever escapes."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.formulas import Names, read_formula, read_free
from derive.formulas.signs import canonical
from derive.names import symbol
from derive.rules import spelled_out
from derive.written import Partial
from tests.laws import examples

NAMES = Names.of(["w1", "i1", "w2", "i2", "h1", "out_h1", "t1", "E1"])
PARTS = (
    "∂ E1 / w1 w1i1 ( ) [ ] { } ^ ** ² ½ σ σ( ' '' exp e e^ - + * , . 1 2.5 1e99 out_h1 d x xy dE1 | || ln|x| sqrt(-1) "
    "1/0 0^0 = ≤ ? \\frac sin max( _ _{1} ⁺ 𝝈 ₕ₁ log_2 pi"
).split(" ")


@pytest.mark.slow
@examples(200)
@given(st.lists(st.sampled_from(PARTS), max_size=20).map(" ".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    refused: list[str] = []
    for read in (read_free, lambda text: read_formula(text, NAMES)):
        try:
            assert isinstance(read(text), sp.Expr)
        except DeriveError as error:
            refused.append(str(error))
    assert all(refused)


@pytest.mark.parametrize("deep", ["(w1 + 2*", "-(i1 - w1*", "σ(1 - ", "1/(2 + "])
def test_what_is_as_deep_as_may_be_can_be_read(deep: str) -> None:
    read = read_formula(deep * 60 + "w1" + ")" * 60, NAMES)
    assert read.free_symbols >= {symbol("w1")}


@pytest.mark.parametrize("char", ["𝝈", "∂", "𝜕", "Ә", "–", "×", "½", "₁", "²"])
def test_a_look_alike_does_not_move_what_follows(char: str) -> None:
    """Every sign is exchanged one for one, so that columns stay."""
    assert len(canonical(char)) == 1


@pytest.mark.parametrize(
    ("text", "found", "right"),
    [
        ("E1 = ½*(t1 - a)2".partition("= ")[2].replace("a", "out_h1"), "a lost exponent? write ^2 or ²", ""),
        ("(w1", '"(" is never closed', 'close it with ")"'),
        ("w1)", '")" closes nothing', ""),
        ("[w1)", '")" closes "["', ""),
        ("w1*", "the formula ends too early", ""),
        ("w1**/i1", '"/" does not fit here', ""),
        ("w9", '"w9" is not a declared name', ""),
        ("σ", "σ stands without an argument", ""),
        ("∂E1", "a differential stands alone", "write a ratio"),
        ("E1/∂w1", "a ∂ is missing above", ""),
        ("1" * 500, "a number of 500 digits", ""),
        ("(" * 80 + "w1" + ")" * 80, "more than 60 brackets", ""),
        ("w1^" * 80 + "w1", "more than 60 operations", ""),
        ("sin " * 80 + "w1", "more than 60 operations", ""),
        ("w1*" * 7_000 + "w1", "at most 20,000 are read", ""),
        ("0,05*w1", '"," does not fit here', "0.05 for 0,05"),
        ("2½", "can be read in two ways", "one number"),
        ("2 3", "can be read in two ways", "write *"),
        ("w1 ≤ i1", 'column 4: "≤" is not part of a formula', ""),
        ("w9 + w1?", 'column 8: "?" is not part of a formula', ""),
        ("\\sigma(w1)", 'column 1: "\\" is not part of a formula', ""),
        ("w1'", "not told by what is differentiated", "write du/dx"),
        ("exp^-1(w1)", "could be the inverse function or a power", "write 1/exp(x)"),
        ("∂E1/∂(w1*i1)", '"*" does not fit here', ""),
        ("∂E1/∂e", '"e" does not fit here', ""),
        ("σ(w1, i1)", "σ with 2 arguments", "write σ(x)"),
        ("", "ends too early", ""),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place_and_the_right_form(text: str, found: str, right: str) -> None:
    with pytest.raises(DeriveError) as error:
        read_formula(text, NAMES)
    assert found in str(error.value)
    assert right in str(error.value)


def test_a_formula_keeps_the_order_in_which_it_was_written() -> None:
    read = read_formula("(t1 - out_h1)*i1*w1", NAMES)
    bracket, *rest = read.args
    assert [str(part) for part in (*bracket.args, *rest)] == ["t1", "-out_h1", "i1", "w1"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2 sin(t^2)", 2 * sp.sin(symbol("t") ** 2)),
        ("xy", symbol("x") * symbol("y")),
        ("e^x", sp.exp(symbol("x"))),
        ("ln|x|", sp.log(sp.Abs(symbol("x")))),
        ("w1 i1", symbol("w1") * symbol("i1")),
        ("(1/2)x", symbol("x") / 2),
        ("-x^2", -(symbol("x") ** 2)),
        ("2 - -x", 2 + symbol("x")),
        ("2^-x^2", 2 ** -(symbol("x") ** 2)),
        ("x^2^3", symbol("x") ** 8),
        ("a/b/c", symbol("a") / symbol("b") / symbol("c")),
        ("1/2 (x + 1)", (symbol("x") + 1) / 2),
        ("1/3^(1/2)", 1 / sp.sqrt(3)),
        ("sin e^x", sp.sin(sp.exp(symbol("x")))),
        ("cosh²(x)", sp.cosh(symbol("x")) ** 2),
        ("|x||y| - |x(1 + |y|)|", sp.Abs(symbol("x") * symbol("y")) - sp.Abs(symbol("x")) * (1 + sp.Abs(symbol("y")))),
        ("e^(t + 1) x_1", sp.exp(symbol("t") + 1) * symbol("x1")),
        ("⅓ x_{12}y", symbol("x12") * symbol("y") / 3),
        ("max(x, 0)", (symbol("x") + sp.Abs(symbol("x"))) / 2),
    ],
)
def test_free_formulas_are_read_as_people_mean_them(text: str, same: sp.Expr) -> None:
    point = dict(zip(map(symbol, "abtxyw"), (1.5, -0.7, 0.3, 1.1, -1.3, 0.9), strict=True))
    point |= dict(zip(map(symbol, ("w1", "i1", "x1", "x12")), (0.2, 0.6, -0.4, 0.8), strict=True))
    assert abs(spelled_out(read_free(text)).subs(point).evalf() - same.subs(point).evalf()) < 1e-12


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("∂E1/∂w1", "E1"),
        ("dE1/dw1", "E1"),
        ("d E1 / d w1", "E1"),
        ("(∂E1)/(∂w1)", "E1"),
        ("∂/∂w1 E1", "E1"),
        ("∂/∂w1 (t1 - h1)² i1", "(t1 - h1)² i1"),
        ("(∂E1 + ∂h1)/∂w1", "E1 + h1"),
        ("(∂ h1 i1)/∂w1", "h1 i1"),
        ("∂σ(h1)/∂w1", "σ(h1)"),
        ("∂σ/∂w1", "σ(w1)"),
        ("∂h1²/∂w1", "h1²"),
    ],
)
def test_a_ratio_of_differentials_is_a_derivative(text: str, of: str) -> None:
    assert read_formula(text, NAMES) == Partial(read_formula(of, NAMES), symbol("w1"))


def test_a_declared_name_stands_before_a_constant_and_an_alias_for_its_name() -> None:
    names = Names.of(["e", "E_Total"], [("E", "E_Total")])
    assert read_formula("E*e^2", names) == sp.Mul(symbol("E_Total"), sp.Pow(symbol("e"), 2), evaluate=False)
    assert read_formula("e^E", Names.of(["E"])) == sp.exp(symbol("E"))

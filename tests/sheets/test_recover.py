"""Excel formulas to expressions: the law against `emit`, LibreOffice's values, and a table of what people type."""

import random
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import rules
from derive.errors import DeriveError
from derive.names import symbol
from sheets.cells import letters
from sheets.formulas.arithmetic import add, multiply, power
from sheets.formulas.calculation import calculator
from sheets.formulas.emit import emit
from sheets.formulas.recover import recover
from sheets.references import Reference, column_number, read_pattern
from tests.laws import examples

from .oracle import needs_libreoffice, values_of

CELLS = {"A1": 0.75, "B1": -1.5, "C1": 2.25, "D1": 0.125}
SYMBOLS = {name: symbol(name) for name in CELLS}


def cell(reference: Reference) -> sp.Expr:
    prefix = "" if reference.sheet is None else f"{reference.sheet}!"
    return symbol(f"{prefix}{letters(reference.column)}{reference.row}")


def _negative(x: sp.Expr) -> sp.Expr:
    if x.is_Number:
        return -x
    return multiply(sp.Integer(-1), x)


def _reciprocal(x: sp.Expr) -> sp.Expr:
    return power(x, sp.Integer(-1))


def _is_fraction(x: sp.Expr) -> bool:
    return x.is_Mul and all(p.is_Rational or (p.is_Pow and p.exp == -1) for p in x.args)


def _is_plain(x: sp.Expr) -> bool:
    """SymPy refuses to leave a Piecewise within a condition as it is."""
    return not x.has(sp.Piecewise)


def _product(factors: list[sp.Expr]) -> sp.Expr:
    """A product as a person types it: no reciprocal in front, no sign before a number, no bracket round a fraction."""
    first = factors[0]
    if first.is_Pow and first.exp == -1:
        factors = [sp.Integer(1), *factors]
    if first == -1 and factors[1].is_Number:
        factors = [sp.Integer(2), *factors[1:]]
    if _is_fraction(first):
        factors = [SYMBOLS["A1"], *factors]
    return multiply(*factors)


leaves = st.one_of(
    st.sampled_from(list(SYMBOLS.values())),
    st.integers(-3, 9).map(sp.Integer),
    st.decimals(-2, 2, places=3).map(lambda d: sp.Rational(str(d))),
)


def _grown(inner: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    several = st.lists(inner, min_size=2, max_size=4)
    written = inner.filter(lambda x: not (x.is_Pow and x.exp == -1))
    factors = st.lists(st.one_of(written, written.map(_reciprocal)), min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda terms: add(*terms)),
        factors.map(_product),
        inner.filter(lambda x: x != 1 and x != -1).map(_negative),
        st.tuples(inner, st.integers(2, 3).map(sp.Integer)).map(lambda p: power(*p)),
        inner.map(lambda x: sp.exp(x, evaluate=False)),
        inner.map(rules.Tanh),
        inner.map(lambda x: sp.Abs(x, evaluate=False)),
        inner.map(lambda x: power(x, sp.Rational(1, 2))),
        st.tuples(inner, inner).map(lambda p: multiply(rules.Step(p[0]), p[1])),
        st.tuples(inner, inner.filter(_is_plain), inner.filter(_is_plain)).map(
            lambda p: sp.Piecewise((p[0], sp.StrictGreaterThan(p[1], p[2], evaluate=False)), (p[2], True),
                                   evaluate=False)),
    )  # fmt: skip


expressions = st.recursive(leaves, _grown, max_leaves=12)


@pytest.mark.slow
@examples(100)
@given(expressions)
def test_recover_undoes_emit(expression: sp.Expr) -> None:
    text = emit(expression, {name: name for name in CELLS})
    assert sp.srepr(recover(text, cell)) == sp.srepr(expression), text


CASES = [
    ("=1/(1+EXP(-I33))", "1/(1+EXP(-I33))"),
    ("= F34 - (B29*Y34)", "F34-(B29*Y34)"),
    ("=1/2*((A3-R3)^2)", "1/2*(A3-R3)^2"),
    ("=(1/2)*((A3 - R3)^2)", "1/2*(A3-R3)^2"),
    ("=-1*I3", "-I3"),
    ("=I3*-1", "I3*(-1)"),
    ("=-A1^2", "(-A1)^2"),
    ("=2^3^2", "(2^3)^2"),
    ("=A1--B1", "A1-(-B1)"),
    ("=+A1", "A1"),
    ("=50%", "0.5"),
    ("=A1%", "A1*0.01"),
    ("=1e-3*A1", "0.001*A1"),
    ("=0.989999999999999", "0.989999999999999"),
    ("=SUM(U3,V3)", "U3+V3"),
    ("=SUM(U3:V3)", "U3+V3"),
    ("=SUM(A1:B2,5)", "A1+B1+A2+B2+5"),
    ("=SUMPRODUCT(C3:D3,E3:F3)", "C3*E3+D3*F3"),
    ("=MMULT(C3:D3,TRANSPOSE(E3:F3))", "C3*E3+D3*F3"),
    ("=SUMSQ(A1,B1)", "A1^2+B1^2"),
    ("=SUMXMY2(A1:B1,C1:D1)/2", "((A1-C1)^2+(B1-D1)^2)/2"),
    ("=POWER(A3-R3,2)", "(A3-R3)^2"),
    ("=PRODUCT(A1:B1)", "A1*B1"),
    ("=AVERAGE(U3:V3)", "(U3+V3)/2"),
    ("=_xlfn.SUM(A1,B1)", "A1+B1"),
    ("=MAX(0,I3)", "MAX(0,I3)"),
    ("=IF(I3>0,I3,0)", "IF(I3>0,I3,0)"),
    ("=IF(I3<0,,I3)", "IF(I3<0,0,I3)"),
    ("=(I3>0)*I3", "(I3>0)*I3"),
    ("=TRUE*A1", "1*A1"),
    ("=$G$31*X33", "G31*X33"),
    ("='LR = 1'!$A$1*Rates!B2", "LR = 1!A1*Rates!B2"),
    ("=rate*A1", "Rates!B1*A1"),
    ("=@A1", "A1"),
    ("=PI()", "PI()"),
    ("=INDEX(A1*B1*C3:D3,1,2)", "A1*B1*D3"),
    ("=INDEX({1,2}+{3;4},2,1)", "1+4"),
    ("=COUNT(A1:B2)*ROWS(A1:B3)", "4*3"),
    ("=\n A1 +  B1", "A1+B1"),
]


class _Any(dict[str, str]):
    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return key


@pytest.mark.parametrize(("typed", "meant"), CASES, ids=[typed for typed, _ in CASES])
def test_a_formula_is_read_as_excel_reads_it(typed: str, meant: str) -> None:
    assert emit(recover(typed, cell, {"rate": "=Rates!$B$1"}), _Any()) == meant


BOUND = [
    ("=_xlfn.LET(_xlpm.z,A1*B1+C1,_xlpm.p,1/(1+EXP(-_xlpm.z)),_xlpm.p*(1-_xlpm.p))",
     "=(1/(1+EXP(-(A1*B1+C1))))*(1-(1/(1+EXP(-(A1*B1+C1)))))"),
    ("=LET(a,A1,LET(a,a+1,a*a)+a)", "=(A1+1)*(A1+1)+A1"),
    ("=2*_xlfn.LET(_xlpm.x1,B1,_xlpm.x1-C1)", "=2*(B1-C1)"),
    ("=slope(A1-B1)*C1", "=((1/(1+EXP(-(A1-B1))))*(1-1/(1+EXP(-(A1-B1)))))*C1"),
    ("=SUM(LET(r,A1:C1,r*r))", "=SUM(A1:C1*A1:C1)"),
]


@pytest.mark.parametrize(("typed", "meant"), BOUND)
def test_what_a_formula_calls_by_a_name_is_what_the_name_stands_for(typed: str, meant: str) -> None:
    names = {"sig": "_xlfn.LAMBDA(_xlpm.u,1/(1+EXP(-_xlpm.u)))",
             "slope": "_xlfn.LAMBDA(_xlpm.v,sig(_xlpm.v)*(1-sig(_xlpm.v)))"}
    values = list(CELLS.values())
    ours, theirs = (calculator(recover(text, cell, names), list(CELLS))(values) for text in (typed, meant))
    assert ours == pytest.approx(theirs, rel=1e-14)


@pytest.mark.parametrize("array", ["A1:C1", "A1:A3", "{5,6,7}"])
def test_an_entry_that_a_cell_counts_is_the_entry_of_that_number(array: str) -> None:
    counted = recover(f"=INDEX({array},Z9)", cell)
    for place in (1, 2, 3):
        assert counted.subs(symbol("Z9"), place) == recover(f"=INDEX({array},{place})", cell)


REFUSED = [
    ("=LET(a,1,b,2)", "LET without a value"),
    ("=LET(1,2,3)", "a name stands for a value"),
    ("=LET(a,b,a)", 'the name "b" is not defined'),
    ("=twice(1,2)", "TWICE with 2 arguments"),
    ("=again(1)", "the function AGAIN is not known"),
    ("=LET(v_0,A1," + "".join(f"v_{n + 1},v_{n}+v_{n}," for n in range(20)) + "v_20)", "too long"),
    ("=SUM(1", "ends too early"),
    ("=1+*2", r'column 4: "\*" does not fit here'),
    ("=FOO(A1)", "column 2: the function FOO is not known"),
    ("=A1:B2+1", "several cells"),
    ("=rat*2", 'column 2: the name "rat" is not defined'),
    ("=loop", "goes in a circle"),
    ("=[1]Sheet1!A1", "link to another workbook"),
    ('="a"', 'comes to the text "a"'),
    ('="a"+1', 'the text "a" stands where a number belongs'),
    ('="a"<"b"', "which of two texts comes first"),
    ("=A1&B1", "does not fit here"),
    ("=#REF!+1", "refers to a cell that was deleted"),
    ("=SUM(A1:Z9999)", "more than 10,000 cells"),
    ("=SUMPRODUCT(A1:B1,C1:C2)", "different shapes"),
    ("=EXP(1,2)", "EXP with 2 arguments"),
    ("=" + "1+" * 5000 + "1", "a formula of 10,002 characters"),
    ("=", "ends too early"),
    ("=INDEX(A1:A201,B1)", "of more than 200 cells"),
    ("=A1=B1=C1^2", "a comparison within a comparison"),
]


@pytest.mark.parametrize(("typed", "told"), REFUSED, ids=[typed[:20] for typed, _ in REFUSED])
def test_what_is_not_understood_is_named_with_its_place(typed: str, told: str) -> None:
    with pytest.raises(DeriveError, match=told):
        recover(typed, cell, {"loop": "loop", "twice": "LAMBDA(x,2*x)", "again": "LAMBDA(x,again(x))"})


def test_a_long_sum_is_read() -> None:
    assert len(recover("=" + "+".join(["A1"] * 2000), cell).args) == 2000


class TestLibreOffice:
    pytestmark = needs_libreoffice

    def test_agrees_on_generated_formulas(self, tmp_path: Path) -> None:
        """400 texts of random operators and brackets, so that precedence is read and not only what emit writes."""
        texts = [_random_formula(random.Random(seed), 4) for seed in range(400)]
        computed = values_of([f"={text}" for text in texts], CELLS, tmp_path)
        compared = 0
        for text, value in zip(texts, computed, strict=True):
            try:
                ours = calculator(recover(text, cell), list(CELLS))(list(CELLS.values()))
            except DeriveError as error:
                if "an IF within the condition" not in str(error):
                    raise
                continue
            if not isinstance(value, (int, float)) or not abs(ours) < 1e12:
                continue  # Excel has no value there: a division by zero, a root of a negative number
            assert value == pytest.approx(ours, rel=1e-9, abs=1e-12), text
            compared += 1
        assert compared > 300


def _random_formula(chance: random.Random, depth: int) -> str:
    """A text over A1..D1 with operators of every precedence and few brackets."""
    if depth == 0 or chance.random() < 0.15:
        return chance.choice([*CELLS, "2", "0.5", "3", "10%"])
    inner = [_random_formula(chance, depth - 1) for _ in range(2)]
    shape = chance.choice([
        "{0}+{1}", "{0}-{1}", "{0}*{1}", "{0}/{1}", "-{0}", "({0})", "({0}-{1})", "{0}^2", "-({0})^2", "EXP(-ABS({0}))",
        "TANH({0})", "SUM({0},{1})", "MAX({0},{1})", "IF({0}>{1},{0},{1})", "({0}>0)*{1}", "{0}--{1}",
    ])  # fmt: skip
    return shape.format(*inner)


def test_a_pattern_finds_the_references_and_nothing_else() -> None:
    pattern = read_pattern("=LOG10(A3)+'A1 x'!$B$2*Foo.B3+SUM($A3:A$9)&\"C3\"", 3, 1)
    assert [(r.sheet, r.row, r.column, r.row_fixed, r.column_fixed) for r in pattern.references] == [
        (None, 0, 0, False, False), ("A1 x", 2, 2, True, True), (None, 0, 1, False, True), (None, 9, 0, True, False),
    ]  # fmt: skip
    assert pattern.at(4, 1) == "=LOG10(A4)+'A1 x'!$B$2*Foo.B3+SUM($A4:A$9)&\"C3\""


@given(st.integers(1, 16_384))
def test_a_column_has_one_name(column: int) -> None:
    assert column_number(letters(column)) == column


@pytest.mark.parametrize(("text", "sheets"), [
    ("='Rate 1'!$W$5:$W$8+W9", ["Rate 1", "Rate 1", "Here"]), ("=A1:B2*C3", ["Here", "Here", "Here"]),
    ("=SUM(Data!A2:A5,B1)", ["Data", "Data", "Here"]), ("=Data!A2+B3", ["Data", "Here"]),
])  # fmt: skip
def test_both_ends_of_a_range_are_on_its_sheet(text: str, sheets: list[str]) -> None:
    assert [cell.sheet for cell in read_pattern(text, 1, 1).cells("Here", 1, 1)] == sheets

"""The ways in which people write the same workbook: each is read with right and with wrong formulas, or said to be not.

Right is never called wrong, nor wrong right: what is not understood is incomplete, with its reason.
"""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from sheets.auditing import Report, audit
from sheets.auditing.structured import Structured, plain
from sheets.cells import letters
from sheets.references import Reference, column_number, with_references

from .oracle import needs_libreoffice, recalculate
from .test_auditing import audited
from .worksheets import FORMULAS, HEADERS, Made, hidden, make, save

MADE = Made(rows=6)
WRONG = MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"))
CLASS_ERROR = ("wrong", "dE/dw3", "uses a_h1 where a_h2 belongs")


def everywhere(made: Made, change: Callable[[str], str]) -> Made:
    """With every formula of the forward pass and the gradients changed."""
    return replace(made, formulas={name: change(formula) for name, formula in made.formulas.items()})


def forward(made: Made, change: Callable[[str], str]) -> Made:
    """With every formula of the forward pass changed."""
    return replace(made, formulas={name: formula if name.startswith("dE") else change(formula)
                                   for name, formula in made.formulas.items()})


def with_e(e: str) -> Callable[[str], str]:
    """EXP(x) as a power of something."""
    return lambda formula: re.sub(r"EXP\((-\{\w+\})\)", rf"{e}^(\1)", formula)


def new_weights(made: Made) -> Made:
    """With the new weights in columns of their own, from which the next row takes them."""
    new = {f"w{n} (new)": f"{{w{n}}}-{{rate}}*{{dE/dw{n}}}" for n in range(1, 9)}
    return replace(made, order=(*made.order, *new), formulas={**made.formulas, **new},
                   updates={f"w{n}": f"{{^w{n} (new)}}" for n in range(1, 9)})


def decaying(made: Made) -> Made:
    """With a rate for each row, a hundredth less than the one above."""
    updates = {name: formula.replace("{rate}", "{^LR}") for name, formula in made.updates.items()}
    return replace(made, order=(*made.order, "LR"), headers={**HEADERS, "LR": "η"}, start={**made.start, "LR": 0.5},
                   updates={**updates, "LR": "{^LR}*0.99"})


def by_neurons(made: Made) -> Made:
    """With the derivatives by the hidden neurons in columns of their own."""
    change = made.formulas["dE/dw3"] != FORMULAS["dE/dw3"]
    by = {"dE/da_h1": f"{DELTA_1}*{{w5}}+{DELTA_2}*{{w7}}", "dE/da_h2": f"{DELTA_1}*{{w6}}+{DELTA_2}*{{w8}}"}
    weights = {f"dE/dw{n}": f"{{dE/da_h{h}}}*{{a_h{h}}}*(1-{{a_h{h}}})*{{i{i}}}"
               for n, h, i in ((1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2))}
    if change:
        weights["dE/dw3"] = "{dE/da_h2}*{a_h1}*(1-{a_h1})*{i1}"
    return replace(made, order=(*made.order, *by), formulas={**made.formulas, **by, **weights},
                   headers={**HEADERS, "dE/da_h1": "∂E/∂a_h1", "dE/da_h2": "∂E/∂a_h2"})


DELTA_1, DELTA_2 = (f"({{a_o{n}}}-{{t{n}}})*{{a_o{n}}}*(1-{{a_o{n}}})" for n in (1, 2))

FINE: dict[str, Callable[[Made], Made]] = {
    "e as EXP(1)": lambda made: everywhere(made, with_e("EXP(1)")),
    "e computed in a cell": lambda made: everywhere(replace(made, cells={"A5": "e", "B5": "=EXP(1)"}), with_e("$B$5")),
    "POWER of e": lambda made: everywhere(
        made, lambda f: re.sub(r"EXP\((-\{\w+\})\)", r"POWER(EXP(1),\1)", f)),
    "MMULT and SUMPRODUCT": lambda made: replace(made, formulas={
        **made.formulas, "h1": "MMULT({w1}:{w2},TRANSPOSE({i1}:{i2}))", "h2": "SUMPRODUCT({w3}:{w4}*{i1}:{i2})",
        "o1": "SUM({w5}*{a_h1},{w6}*{a_h2})", "E1": "POWER({t1}-{a_o1},2)*0.5"}),
    "columns fixed": lambda made: everywhere(made, lambda f: re.sub(r"\{([wh]\d)\}", r"${\1}", f)),
    "rows of the inputs fixed": lambda made: everywhere(
        made, lambda f: f.replace("{i1}", "C$33").replace("{t1}", "A$33")),
    "the rate's row fixed": lambda made: replace(made, rate="G$31"),
    "errors caught": lambda made: everywhere(made, lambda f: f"IFERROR({f},0)"),
    "new weights in columns of their own": new_weights,
    "a rate that decays": decaying,
    "derivatives by neurons in columns of their own": by_neurons,
    "a mean below the errors": lambda made: replace(made, cells={"W39": "=AVERAGE(W33:W38)", "V39": "mean"}),
    "headers on two lines": lambda made: replace(made, headers={
        **HEADERS, "a_h1": "out\nh1", **{f"dE/dw{n}": f"∂E\n/∂w{n}" for n in range(1, 9)}}),
    "headers with remarks": lambda made: replace(made, headers={
        **HEADERS, "h1": "h1\n(sum)", "w1": "w1 (weight)", "E": "E_total [MSE]", "i1": "input\ni1",
        "dE/dw1": "∂E/∂w1 (gradient)"}),
}  # fmt: skip
"""The workbook written otherwise, and just as well."""

FRAGILE: dict[str, tuple[Callable[[Made], Made], str]] = {
    "three digits of e": (lambda made: everywhere(made, with_e("2.71")), "2.71 is typed where e belongs"),
    "six digits of e": (lambda made: everywhere(made, with_e("2.71828")), "2.71828 is typed where e belongs"),
    "e typed in a cell": (lambda made: everywhere(replace(made, cells={"A5": "e", "B5": 2.7183}), with_e("$B$5")),
                          "2.7183 is typed where e belongs"),
    "rounded to six decimals": (lambda made: forward(made, lambda f: f"ROUND({f},6)"),
                                "is rounded to 6 decimals, else right"),
    "rounded up": (lambda made: forward(made, lambda f: f"ROUNDUP({f},8)"), "is rounded up to 8 decimals, else right"),
    "cut off": (lambda made: forward(made, lambda f: f"TRUNC({f},9)"), "is cut off to 9 decimals, else right"),
}  # fmt: skip
"""The workbook with something that changes next to nothing."""


def said(report: Report) -> set[tuple[str, str, str]]:
    return {(finding.severity, finding.quantity, finding.slip) for finding in report.all_findings}


@pytest.mark.parametrize("way", FINE)
def test_another_way_of_writing_is_right_and_hides_no_slip(way: str) -> None:
    right = audited(make(FINE[way](MADE)))
    assert (right.verdict, right.all_findings) == ("right", ())
    wrong = audited(make(FINE[way](WRONG)))
    assert {slip.replace("out h1", "a_h1") for _, _, slip in said(wrong)} == {CLASS_ERROR[2]}


@pytest.mark.parametrize("way", FRAGILE)
def test_what_changes_next_to_nothing_is_fragile_and_hides_no_slip(way: str) -> None:
    change, told = FRAGILE[way]
    right = audited(make(change(MADE)))
    assert right.verdict == "right"
    assert {(severity, slip) for severity, _, slip in said(right)} == {("fragile", told)}
    assert CLASS_ERROR in said(audited(make(change(WRONG))))


def test_a_rounding_that_leaves_nothing_of_a_gradient_is_wrong() -> None:
    report = audited(make(everywhere(MADE, lambda formula: f"ROUND({formula},4)")))
    assert ("wrong", "dE/dw1", "is rounded to 4 decimals, too few for numbers of at most 0.0002") in said(report)
    assert ("fragile", "h1", "is rounded to 4 decimals, else right") in said(report)
    nothing = audited(make(MADE.changed(dE_dw3=f"ROUND({FORMULAS['dE/dw3']},2)")))
    assert said(nothing) == {("wrong", "dE/dw3", "is rounded to 2 decimals, too few for numbers of at most 0")}


def test_a_rounded_update_is_told() -> None:
    made = replace(MADE, updates={**MADE.updates, "w5": "ROUND({^w5}-{rate}*{^dE/dw5},6)"})
    assert said(audited(make(made))) == {("fragile", "w5", "is rounded to 6 decimals, else right")}


def test_a_formula_with_names_of_its_own_is_the_formula() -> None:
    named = "_xlfn.LET(_xlpm.z,{h1},1/(1+EXP(-_xlpm.z)))"
    assert audited(make(MADE.changed(a_h1=named))).verdict == "right"
    assert audited(make(MADE.changed(a_h1=named.replace("{h1}", "{h2}")))).verdict == "wrong"


@pytest.mark.parametrize(("formulas", "told"), [
    ({"E": "SUM({E1};{E2})"}, "not checked: "), ({"E": "SUMME({E1},{E2})"}, "the function SUMME is not known"),
    ({"a_h1": "_xlfn.REDUCE(0,{h1},_xlfn.LAMBDA(_xlpm.a,_xlpm.z,1/(1+EXP(-_xlpm.z))))"}, "not checked: "),
    ({"h1": "ROUND({w1}*{i1}+{w2}*{i2},$B$9)"}, "decimals that are not typed"),
    ({"h1": "T9[[#This Row],[w1]]"}, "not checked: "),
])  # fmt: skip
def test_what_is_not_understood_is_incomplete_and_says_why(formulas: dict[str, str], told: str) -> None:
    report = audited(make(replace(MADE, formulas={**FORMULAS, **formulas}, cells={"B9": 7}, stored=False)))
    assert report.verdict == "incomplete"
    assert told in report.reason


LOGISTIC = replace(
    MADE, rows=12, order=("x1", "x2", "y", "w1", "w2", "b", "z", "a", "L", "dL/dw1", "dL/dw2", "dL/db"), headers={},
    formulas={"z": "{w1}*{x1}+{w2}*{x2}+{b}", "a": "1/(1+EXP(-{z}))", "L": "-({y}*LN({a})+(1-{y})*LN(1-{a}))",
              "dL/dw1": "({a}-{y})*{x1}", "dL/dw2": "({a}-{y})*{x2}", "dL/db": "{a}-{y}"},
    start={"w1": 0.3, "w2": -0.2, "b": 0.1},
    updates={name: f"{{^{name}}}-{{rate}}*{{^dL/d{name}}}" for name in ("w1", "w2", "b")})  # fmt: skip


def fed(made: Made, samples: str) -> Made:
    """With a sample in each row, `x1 x2 y` as three digits."""
    cells = {made.at(name, row): int(digit) for row, sample in enumerate(samples.split())
             for name, digit in zip(("x1", "x2", "y"), sample, strict=True)}
    return replace(made, cells=cells)


IN_TURN, BY_CHANCE = "000 011 101 111 " * 3, "000 101 010 111 000 010 111 101 111 000 101 010"


@pytest.mark.parametrize("samples", [IN_TURN, BY_CHANCE], ids=["in turn", "by chance"])
def test_a_sample_in_each_row_is_no_mistake(samples: str) -> None:
    report = audited(make(fed(LOGISTIC, samples)))
    assert report.verdict == "right"
    assert {severity for severity, *_ in said(report)} <= {"fragile"}
    wrong = audited(make(fed(LOGISTIC.changed(**{"dL/dw2": "({a}-{y})*{x1}"}), samples)))
    assert ("wrong", "dE/dw2", "this is dE/dw1, not dE/dw2") in said(wrong)


def test_digits_of_e_are_the_base_of_a_logarithm_and_ten_is_not() -> None:
    def logarithm(base: str) -> Report:
        loss = f"-({{y}}*LOG({{a}}{base})+(1-{{y}})*LOG(1-{{a}}{base}))"
        return audited(make(fed(LOGISTIC.changed(L=loss), IN_TURN)))

    assert said(logarithm(",2.718281828")) == {("fragile", "E_Total", "2.718281828 is typed where e belongs")}
    assert ("wrong", "dE/db", "log(10) times what belongs there") in said(logarithm(""))


@pytest.mark.parametrize(("loss", "gradient", "verdict"), [
    ("MAX({z},0)-{y}*{z}+LN(1+EXP(-ABS({z})))", "({a}-{y})", "right"),
    ("MAX({z},0)-{y}*{z}+LN(1+EXP(-ABS({z})))", "({a}+{y})", "wrong"),
    ("MAX({z},0)+{y}*{z}+LN(1+EXP(-ABS({z})))", "({a}-{y})", "wrong"),
    ("ABS({z}-{y})", "SIGN({z}-{y})", "right"),
    ("ABS({z}-{y})", "IF({z}>={y},1,-1)", "right"),
    ("ABS({z}-{y})", "IF({z}>={y},-1,1)", "wrong"),
])
def test_slopes_that_differ_at_a_kink_alone_are_no_mistake(loss: str, gradient: str, verdict: str) -> None:
    """The loss of a logit as libraries have it: smooth where its parts meet, which alone have a kink there."""
    slopes = {"dL/dw1": f"{gradient}*{{x1}}", "dL/dw2": f"{gradient}*{{x2}}", "dL/db": gradient}
    made = fed(LOGISTIC.changed(L=loss, **slopes), IN_TURN)
    assert audited(make(made)).verdict == verdict


@pytest.mark.parametrize(("loss", "slope", "verdict"), [
    ("MAX({o},0)-{y}*{o}+LN(1+EXP(-ABS({o})))", "1/(1+EXP(-{o}))-{y}", "right"),
    ("ABS({o}-{y})", "IF({o}>={y},1,-1)", "right"),
    ("ABS({o}-{y})", "IF({o}>={y},-1,1)", "wrong"),
])
def test_nor_are_they_where_a_column_is_an_update_and_nothing_is_labelled(
    loss: str, slope: str, verdict: str, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet["B1"] = 0.5
    for at, above in zip("BCDEF", "ABCDE", strict=True):
        here = {"y": f"{at}4", "o": f"{at}7"}
        given = (0.7, 1, 0.4, 0.1) if at == "B" else (
            f"={above}3", f"={above}4", f"={above}5-$B$1*{above}9", f"={above}6-$B$1*{above}10")
        computed = (f"{at}5*{at}3+{at}6", loss.format(**here), f"({slope.format(**here)})*{at}3", slope.format(**here))
        for row, content in enumerate((*given, *(f"={formula}" for formula in computed)), start=3):
            sheet[f"{at}{row}"] = content
    book.save(tmp_path / "across.xlsx")
    assert audit(tmp_path / "across.xlsx").verdict == verdict


def test_a_momentum_is_no_plain_step_and_right() -> None:
    speeds = {f"v{n}": f"0.9*{{^v{n}}}+{{^dE/dw{n}}}" for n in range(1, 9)}
    made = replace(MADE, order=(*MADE.order, *speeds), start={**MADE.start, **dict.fromkeys(speeds, 0.0)},
                   updates={**{f"w{n}": f"{{^w{n}}}-{{rate}}*{{v{n}}}" for n in range(1, 9)}, **speeds})
    report = audited(make(made))
    assert report.verdict == "right"
    assert [one.method for one in report.trainings] == ["gradient descent with momentum"]


@pytest.mark.parametrize("made", [MADE, WRONG], ids=["right", "wrong"])
def test_stored_values_of_ten_digits_are_those_of_google_sheets(made: Made) -> None:
    book = make(made)
    sheet = book.sheets[0]
    stored = {place: float(f"{value:.9g}") for place, value in sheet.stored.items() if isinstance(value, float)}
    report = audited(replace(book, sheets=(replace(sheet, stored=stored),)))
    assert said(report) == (set() if made is MADE else {CLASS_ERROR})


@pytest.mark.parametrize("ending", [".xlsm", ".XLSX"])
def test_a_workbook_with_another_ending_is_read(ending: str, tmp_path: Path) -> None:
    path = save(make(replace(WRONG, stored=False)), tmp_path / f"homework{ending}")
    assert said(audit(path)) == {CLASS_ERROR}


class TestLibreOffice:
    pytestmark = needs_libreoffice

    @pytest.mark.parametrize("made", [MADE, WRONG], ids=["right", "wrong"])
    def test_a_workbook_that_it_saved_is_read(self, made: Made, tmp_path: Path) -> None:
        path = recalculate(save(make(replace(made, stored=False)), tmp_path / "made.xlsx"), tmp_path / "saved")
        assert openpyxl.load_workbook(path, data_only=True).worksheets[0]["J33"].value == pytest.approx(0.5068745668)
        assert said(audit(path)) == (set() if made is MADE else {CLASS_ERROR})


def test_a_rate_with_a_decimal_comma_is_not_guessed() -> None:
    report = audited(make(replace(MADE, cells={"G31": "0,5"}, stored=False)))
    assert report.verdict == "incomplete"
    assert 'reads G31, which holds the text "0,5": in some countries a number' in report.reason


def through(tmp_path: Path, made: Made, change: Callable[[openpyxl.Workbook, Worksheet], None]) -> Report:
    """The audit of a workbook that was changed as a file."""
    path = save(make(replace(made, stored=False)), tmp_path / "made.xlsx")
    book = openpyxl.load_workbook(path)
    change(book, book.worksheets[0])
    book.save(path)
    return audit(path)


def _named(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Make the table one of Excel's, its formulas calling the cells of their row by its headers."""
    names = [str(cell.value) for cell in sheet[32]]
    table = Table(displayName="Training", ref="A32:AE38")
    sheet.add_table(table)
    for row in sheet.iter_rows(min_row=33):
        for cell in row:
            if isinstance(cell.value, str):
                at = cell.row
                cell.value = re.sub(
                    r"(?<![$A-Z])([A-Z]{1,2})(\d+)",
                    lambda m, at=at: f"Training[[#This Row],[{names[column_number(m[1]) - 1]}]]"  # type: ignore[misc]
                    if int(m[2]) == at else m[0], cell.value)


def _offset(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Let the updates read the row above by OFFSET of their own."""
    for row in sheet.iter_rows(min_row=34):
        for cell in row:
            if isinstance(cell.value, str) and "$G$31" in cell.value:
                cell.value = re.sub(r"(?<![$A-Z])([A-Z]{1,2})(\d+)", rf"OFFSET(\g<1>{cell.row},-1,0)", cell.value)


def _apart(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Put the gradients on a sheet of their own."""
    other = book.create_sheet("Gradients")
    gradients = [letters(column) for column in range(24, 32)]
    for row in sheet.iter_rows(min_row=32):
        for cell in row:
            if isinstance(cell.value, str) and cell.column_letter in gradients:
                other[cell.coordinate] = re.sub(r"(?<![$A-Z])([A-Z]{1,2}\d+)", r"Sheet1!\1", cell.value)
                cell.value = None
            elif isinstance(cell.value, str):
                cell.value = re.sub(rf"(?<![$A-Z])((?:{'|'.join(gradients)})\d+)", r"Gradients!\1", cell.value)


def _units(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Put a row of units between the headers and the first epoch."""
    _headers_up(sheet)
    for cell in sheet[32][:31]:
        cell.value = "[1]"


def _merged(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Let each header stand in two merged cells."""
    _headers_up(sheet)
    for column in range(1, 32):
        sheet.merge_cells(start_row=31, end_row=32, start_column=column, end_column=column)


def _headers_up(sheet: Worksheet) -> None:
    """The headers one row higher, and the rate out of their way."""
    for column in range(1, 32):
        sheet.cell(31, column).value, sheet.cell(32, column).value = sheet.cell(32, column).value, None
    sheet["F30"], sheet["G30"] = "η =", 0.5
    for row in sheet.iter_rows(min_row=33):
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("$G$31", "$G$30")


def _on_its_side(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Let the names stand below each other and the epochs run to the right."""
    cells = {(cell.row, cell.column): cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    for row, column in cells:
        sheet.cell(row, column).value = None
    for (row, column), content in cells.items():
        text = isinstance(content, str) and content.startswith("=")
        sheet.cell(column, row).value = with_references(str(content), _swapped) if text else content


def _swapped(reference: Reference) -> str:
    return f"{'$' * reference.row_fixed}{letters(reference.row)}{'$' * reference.column_fixed}{reference.column}"


FILES = {
    "Excel's table": (_named, "dE/dw3"), "OFFSET": (_offset, "dE/dw3"), "a row of units": (_units, "dE/dw3"),
    "merged headers": (_merged, "dE/dw3"), "epochs to the right": (_on_its_side, "dE/dw3"),
    "gradients on another sheet": (_apart, "w3"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("way", FILES)
def test_a_workbook_laid_out_otherwise_is_right_and_hides_no_slip(way: str, tmp_path: Path) -> None:
    change, quantity = FILES[way]
    right = through(tmp_path, MADE, change)
    assert (right.verdict, right.all_findings) == ("right", ())
    wrong = through(tmp_path, WRONG, change)
    (finding,) = wrong.all_findings
    assert (finding.severity, finding.quantity) == ("wrong", quantity)
    assert finding.slip.endswith("uses a_h1 where a_h2 belongs")


def test_a_table_on_its_side_is_told_in_its_own_cells(tmp_path: Path) -> None:
    made = replace(MADE, updates={**MADE.updates, "w4": "{^w4}-{rate}*AA$33"})
    report = through(tmp_path, made, _on_its_side)
    (table,) = report.tables
    assert (table.place, table.rate_cell, dict(table.columns)["w1"]) == ("Sheet1, columns AG to AL", "$AE$7", "5")
    (finding,) = table.findings
    assert (finding.cells, finding.formula, finding.expected) == ("AH8:AL8", "=AG8-$AE$7*$AG27", "=AG8-$AE$7*AG27")
    assert finding.slip == "steps with dE/dw4 of column AG in every column instead of dE/dw4 of the column before"


def test_names_below_each_other_with_hardly_more_than_one_value_are_no_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, name in enumerate(["w1", "w2", "h1", "a_h1", "o1", "E_total", "∂E/∂w1"], start=1):
        book.worksheets[0].cell(row, 1, name)
        book.worksheets[0].cell(row, 2, 0.1 * row)
    book.worksheets[0]["C1"] = "=B1-0.5*B7"
    book.save(tmp_path / "values.xlsx")
    assert audit(tmp_path / "values.xlsx").tables == ()


def test_formulas_that_are_texts_compute_nothing(tmp_path: Path) -> None:
    def typed(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        for cell in sheet["Z"]:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"

    report = through(tmp_path, MADE, typed)
    assert report.verdict == "wrong"
    assert ("wrong", "dE/dw3", "the formula is a text: nothing is computed") in said(report)


TABLE = Structured("S", ("w1", "a [b]", "two\nlines"), 2, 4, 5, 9, 10)


@pytest.mark.parametrize(("formula", "meant"), [
    ("=T[[#This Row],[w1]]*2", "=B7*2"), ("=T[@w1]", "=B7"), ("=[@w1]+[@[w1]]", "=B7+B7"),
    ("=SUM(T[w1])", "=SUM($B$5:$B$9)"), ("=SUM(T[[w1]:[a '[b']]])", "=SUM($B$5:$C$9)"),
    ("=T[[#Headers],[w1]]", "=$B$4"), ("=T[[#Totals],[w1]]", "=$B$10"), ("=SUM(T[#All])", "=SUM($B$4:$D$10)"),
    ("=SUM(T[])", "=SUM($B$5:$D$9)"), ("=t[[#This Row],[TWO lines]]", "=D7"),
    ('="T[w1]"', '="T[w1]"'), ("=T[w9]", "=T[w9]"), ("=U[w1]", "=U[w1]"), ("=[1]Sheet!A1", "=[1]Sheet!A1"),
    ("='[b.xlsx]T'!A1", "='[b.xlsx]T'!A1"), ("=OFFSET(B7,-1,0)*OFFSET($B$7,,1)", "=B6*$C$7"),
    ("=OFFSET(B7,-9,0)", "=OFFSET(B7,-9,0)"), ("=OFFSET(B7,A1,0)", "=OFFSET(B7,A1,0)"),
    ('=IFERROR(__xludf.DUMMYFUNCTION("B7*SUM(""x"")"),0.25)', '=B7*SUM("x")'),
])  # fmt: skip
def test_a_reference_to_a_table_is_written_as_its_cells(formula: str, meant: str) -> None:
    assert plain(formula, {"t": TABLE}, "S", 7, 3) == meant


def test_a_table_of_another_sheet_is_named_with_it() -> None:
    assert plain("=SUM(T[w1])", {"t": TABLE}, "Other", 7, 3) == "=SUM('S'!$B$5:$B$9)"
    assert plain("=T[@w1]", {"t": TABLE}, "S", 20, 3) == "=T[@w1]"

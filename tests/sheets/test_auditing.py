"""Workbooks with every layout and every kind of slip, made here, and what the audit says of each."""

import multiprocessing
import os
import pickle
import signal
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

import sheets
from derive.errors import DeriveError
from derive.walkthrough import built_in, load_walkthrough, with_changes
from sheets.auditing import Report, audit_many, many
from sheets.auditing.auditing import audit, audit_book
from sheets.auditing.book import Book, Note
from sheets.auditing.errors import OVERFLOW
from sheets.auditing.findings import Finding, merged
from sheets.auditing.package import open_book
from sheets.auditing.training.trainings import Trainings

from .worksheets import FORMULAS, HEADERS, ORDER, START, UPDATES, Made, hidden, make, save

MADE = Made()
_NODES = ("a_h1", "a_h2", "a_o1", "a_o2")


@cache
def _references() -> tuple[object, ...]:
    return (load_walkthrough("kanungo").network,)


def audited(book: Book) -> Report:
    return audit_book(book, _references())  # type: ignore[arg-type]


def found(made: Made) -> tuple[str, list[tuple[str, str, str, str]]]:
    """The verdict, and severity, kind, quantity and slip of every finding."""
    report = audited(make(made))
    return report.verdict, [(f.severity, f.kind, f.quantity, f.slip) for f in report.all_findings]


def renamed(made: Made, old: str, new: str) -> Made:
    """The workbook with weights called otherwise, so that no walkthrough fits it."""
    def called(text: str) -> str:
        return text.replace(old, new)

    return replace(
        made, order=[called(n) for n in made.order], headers={called(k): called(v) for k, v in made.headers.items()},
        start={called(k): v for k, v in made.start.items()},
        formulas={called(k): called(v) for k, v in made.formulas.items()},
        updates={called(k): called(v) for k, v in made.updates.items()},
    )  # fmt: skip


def activated(made: Made, activation: str, slope: str) -> Made:
    """The workbook with another activation, gradients and all."""
    formulas = dict(made.formulas)
    for name, formula in formulas.items():
        if name.startswith("dE"):
            for node in _NODES:
                formula = formula.replace(f"{{{node}}}*(1-{{{node}}})", slope.replace("out", node))
            formulas[name] = formula
    return replace(made, formulas={**formulas, **{n: activation.replace("in", n[2:]) for n in _NODES}})


def sliding(made: Made, name: str) -> Made:
    """The workbook with one weight's rate reference filled down as `$G31`."""
    cells = {
        made.at(name, row): f"={made.at(name, row - 1)}-$G{30 + row}*{made.at(f'dE/d{name}', row - 1)}"
        for row in range(1, made.rows)
    }
    return replace(made, cells={**made.cells, **cells})


_LAYOUTS: dict[str, Made] = {
    "the usual one": MADE,
    "pasted as values": replace(MADE, pasted=True),
    "without stored values": replace(MADE, stored=False),
    "header in row 2": replace(MADE, header_row=2, rate_cell="G1", rate="$G$1"),
    "from column D, inputs first, weights together": replace(
        MADE, first_column=4, header_row=5, rate_cell="B2", rate="$B$2",
        order=("i1", "i2", "t1", "t2", *(f"w{n}" for n in range(1, 9)),
               *(n for n in ORDER if n[0] != "w" and n not in ("i1", "i2", "t1", "t2")))),
    "an epoch column in front": replace(MADE, order=("Epoch", *ORDER), start={**START, "Epoch": 1.0}),
    "the rate in a column": replace(
        MADE, order=(*ORDER, "LR"), start={**START, "LR": 0.5}, headers={**HEADERS, "LR": "η"},
        updates={n: f.replace("{rate}", "{^LR}") for n, f in UPDATES.items()}),
    "a rate that falls from epoch to epoch": replace(
        MADE, order=("Epoch", *ORDER, "LR"), start={**START, "Epoch": 1.0}, headers={**HEADERS, "LR": "η"},
        formulas={**FORMULAS, "LR": "{rate}/(1+0.1*{Epoch})"},
        updates={n: f.replace("{rate}", "{^LR}") for n, f in UPDATES.items()}),
    "inputs anchored in the first row": replace(
        MADE, formulas={n: f.replace("{i1}", "$C$33").replace("{t1}", "$A$33") for n, f in FORMULAS.items()}),
    "an input read from the labelled cell above": replace(
        MADE, cells={"A10": "i1", "B10": 0.05},
        formulas={n: f.replace("{i1}", "$B$10") for n, f in FORMULAS.items()}),
    "no columns for h and o": replace(
        MADE, order=[n for n in ORDER if n not in ("h1", "h2", "o1", "o2")],
        formulas={**FORMULAS, "a_h1": "1/(1+EXP(-({w1}*{i1}+{w2}*{i2})))", "a_h2": "1/(1+EXP(-({w3}*{i1}+{w4}*{i2})))",
                  "a_o1": "1/(1+EXP(-({w5}*{a_h1}+{w6}*{a_h2})))", "a_o2": "1/(1+EXP(-({w7}*{a_h1}+{w8}*{a_h2})))"}),
    "helper columns between": replace(
        MADE, order=(*ORDER[:23], "A", "B", *ORDER[23:]),
        formulas={**FORMULAS, "A": "({a_o1}-{t1})*{a_o1}*(1-{a_o1})", "B": "({a_o2}-{t2})*{a_o2}*(1-{a_o2})",
                  "dE/dw5": "{A}*{a_h1}", "dE/dw7": "{B}*{a_h1}"}),
    "steps in columns of their own": replace(
        MADE, order=(*ORDER, "Δw1"), formulas={**FORMULAS, "Δw1": "{rate}*{dE/dw1}"},
        updates={**UPDATES, "w1": "{^w1}-{^Δw1}"}),
    "gradients within the updates": replace(
        MADE, updates={**UPDATES, "w5": "{^w5}-{rate}*({^a_o1}-{^t1})*{^a_o1}*(1-{^a_o1})*{^a_h1}"}),
    "functions instead of operators": MADE.changed(
        h1="SUMPRODUCT({w1}:{w2},{i1}:{i2})", E1="POWER({t1}-{a_o1},2)/2",
        E2="1/2*(({a_o2}-{t2})^2)", E="SUM({E1}:{E2})", a_h2="(1+EXP(-1*{h2}))^-1"),
    "other labels": replace(MADE, headers={
        **{n: n.upper() for n in ORDER}, "a_h1": "out_h1", "a_o2": "act_o2", "E": "E-total",
        **{f"dE/dw{n}": label for n, label in enumerate(
            ("E∂w1", "ӘE/ӘW2", "Etotaldw3", "dw4", "δE_total / δw5", "𝟃E/𝟃w6", "∂(E_total)/∂w7", "∂E_T∂w8"), start=1)},
    }),
    "tanh": activated(MADE, "TANH({in})", "(1-{out}^2)"),
    "ReLU by comparison": activated(MADE, "({in}>0)*{in}", "({out}>0)"),
    "another network's names": renamed(MADE, "w", "v"),
    "another network, MAX": activated(renamed(MADE, "w", "v"), "MAX(0,{in})", "IF({out}>0,1,0)"),
    "another network, softplus": activated(renamed(MADE, "w", "v"), "LN(1+EXP({in}))", "(1-EXP(-{out}))"),
    "another network, tanh in exponentials": activated(
        renamed(MADE, "w", "v"), "(EXP({in})-EXP(-{in}))/(EXP({in})+EXP(-{in}))", "(1-{out}^2)"),
}  # fmt: skip


@pytest.mark.parametrize("layout", _LAYOUTS)
def test_a_right_workbook_is_right_in_every_layout(layout: str) -> None:
    assert found(_LAYOUTS[layout]) == ("right", [])


_HELPED = replace(
    MADE, order=(*ORDER[:23], "A", *ORDER[23:]),
    formulas={**FORMULAS, "A": "({a_o1}-{t1})*{a_o1}*(1-{a_o1})", "dE/dw5": "{A}*{a_h1}",
              "dE/dw6": "{A}*{a_h1}"})  # fmt: skip

_SLIPS: dict[str, tuple[Made, list[tuple[str, str, str, str]]]] = {
    "the class error": (
        MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"), dE_dw4=hidden(1, "w6", "w8", "i2")),
        [("wrong", "gradient", "dE/dw3", "uses a_h1 where a_h2 belongs"),
         ("wrong", "gradient", "dE/dw4", "uses a_h1 where a_h2 belongs")]),
    "a sigmoid without its minus": (
        replace(MADE.changed(a_o2="1/(1+EXP({o2}))"), stored=False),
        [("wrong", "forward", "out_o2", "the sign of the exponent is reversed")]),
    "inputs in each other's place": (
        replace(MADE.changed(h2="{w3}*{i2}+{w4}*{i1}"), stored=False),
        [("wrong", "forward", "h2", "i1 and i2 stand in each other's place")]),
    "half the learning rate": (
        replace(MADE, updates={**UPDATES, "w1": "{^w1}-{rate}/2*{^dE/dw1}"}, stored=False),
        [("wrong", "update", "w1", "steps with half the learning rate")]),
    "its mirror image": (
        MADE.changed(dE_dw2=hidden(2, "w5", "w7", "i2")),
        [("wrong", "gradient", "dE/dw2", "uses a_h2 where a_h1 belongs")]),
    "the class error in a network of other names": (
        renamed(MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1")), "w", "v"),
        [("wrong", "gradient", "dE/dv3", "uses a_h1 where a_h2 belongs")]),
    "weights not transposed": (
        MADE.changed(dE_dw1=hidden(1, "w5", "w6", "i1")),
        [("wrong", "gradient", "dE/dw1", "uses w6 where w7 belongs")]),
    "two wrong weights": (
        MADE.changed(dE_dw3=hidden(2, "w5", "w7", "i1")),
        [("wrong", "gradient", "dE/dw3", "uses w5 where w6 belongs, uses w7 where w8 belongs")]),
    "pre-activation for activation": (
        MADE.changed(dE_dw6="({a_o1}-{t1})*{a_o1}*(1-{a_o1})*{h2}"),
        [("wrong", "gradient", "dE/dw6", "uses h2 where a_h2 belongs")]),
    "a lost factor": (
        MADE.changed(dE_dw1="(({a_o1}-{t1})*{a_o1}*(1-{a_o1})*{w5}+{a_o2}*(1-{a_o2})*{w7})*{a_h1}*(1-{a_h1})*{i1}"),
        [("wrong", "gradient", "dE/dw1", "the factor (a_o2 - t2) is missing in one term")]),
    "another input where the rate falls": (
        _LAYOUTS["a rate that falls from epoch to epoch"].changed(dE_dw2=hidden(1, "w5", "w7", "i1")),
        [("wrong", "gradient", "dE/dw2", "this is dE/dw1, not dE/dw2")]),
    "lost brackets": (
        MADE.changed(dE_dw5="{a_o1}-{t1}*{a_o1}*(1-{a_o1})*{a_h1}"),
        [("wrong", "gradient", "dE/dw5", "the brackets around the sum are missing")]),
    "lost brackets around a divisor": (
        MADE.changed(a_o2="1/1+EXP(-{o2})"),
        [("wrong", "forward", "out_o2", "the brackets around the divisor are missing")]),
    "a wrong operator": (
        MADE.changed(dE_dw5="({a_o1}*{t1})*{a_o1}*(1-{a_o1})*{a_h1}"),
        [("wrong", "gradient", "dE/dw5", "a_o1*t1 where (a_o1 - t1) belongs")]),
    "one path": (
        MADE.changed(dE_dw1="({a_o1}-{t1})*{a_o1}*(1-{a_o1})*{w5}*{a_h1}*(1-{a_h1})*{i1}"),
        [("wrong", "gradient", "dE/dw1", "the path E_total → E2 → a_o2 → o2 → a_h1 → h1 → w1 is missing")]),
    "the other sign": (
        MADE.changed(dE_dw5="({t1}-{a_o1})*{a_o1}*(1-{a_o1})*{a_h1}"),
        [("wrong", "gradient", "dE/dw5", "the sign is reversed")]),
    "swapped columns": (
        MADE.changed(dE_dw7=FORMULAS["dE/dw8"], dE_dw8=FORMULAS["dE/dw7"]),
        [("wrong", "gradient", "dE/dw7", "this is dE/dw8, not dE/dw7"),
         ("wrong", "gradient", "dE/dw8", "this is dE/dw7, not dE/dw8")]),
    "swapped headers": (
        replace(MADE.changed(dE_dw7=FORMULAS["dE/dw8"], dE_dw8=FORMULAS["dE/dw7"]),
                updates={**UPDATES, "w7": "{^w7}-{rate}*{^dE/dw8}", "w8": "{^w8}-{rate}*{^dE/dw7}"}),
        [("fragile", "label", "dE/dw8", "the column is headed ∂E/∂w7, but the formulas use it as dE/dw8"),
         ("fragile", "label", "dE/dw7", "the column is headed ∂E/∂w8, but the formulas use it as dE/dw7")]),
    "a header typed twice": (
        replace(MADE, headers={**HEADERS, "t2": "i2"}),
        [("fragile", "label", "t2", "the column is headed i2, but the formulas use it as t2")]),
    "a helper column's fault": (
        _HELPED, [("wrong", "gradient", "dE/dw6", "this is dE/dw5, not dE/dw6, through column X")]),
    "a wrong weight in the forward pass": (
        MADE.changed(o2="{w6}*{a_h1}+{w8}*{a_h2}"), [("wrong", "forward", "o2", "uses w6 where w7 belongs")]),
    "one activation of another kind": (
        MADE.changed(a_h2="TANH({h2})"), [("wrong", "forward", "out_h2", "differs from what belongs there")]),
    "a node stepped like a weight": (
        replace(MADE, updates={**UPDATES, "h1": "{^h1}-{rate}*{^dE/dw5}"}),
        [("wrong", "forward", "h1",
          "is stepped like a weight, from the row above, instead of computed from its own row")]),
    "a node filled sideways from a weight": (
        replace(MADE, cells={MADE.at("h1", 4): f"={MADE.at('w2', 3)}-$G$31*{MADE.at('dE/dw2', 3)}"}, stored=False),
        [("wrong", "forward", "h1", "this is the update of w2, not h1")]),
    "a weight filled sideways, its rate with it": (
        replace(MADE, updates={**UPDATES, "w3": "{^w2}-{^a_h1}*{^dE/dw2}"}),
        [("wrong", "update", "w3",
          ("starts from w2 instead of w3, steps with dE/dw2 instead of dE/dw3, "
           "reads a_h1 where the learning rate belongs"))]),
    "a wrong input and a wrong target": (
        MADE.changed(dE_dw4=hidden(2, "w6", "w8", "i1").replace("{t2}", "{t1}")),
        [("wrong", "gradient", "dE/dw4", "uses i1 where i2 belongs, and uses t1 where t2 belongs, in one place")]),
    "targets typed into the errors": (
        MADE.changed(E1="0.5*(0.01-{a_o1})^2"), [("fragile", "forward", "E1", "0.01 is typed where t1 belongs")]),
    "a number of the first row typed in where a node belongs": (
        MADE.changed(dE_dw5="({a_o1}-{t1})*{a_o1}*(1-{a_o1})*0.506874566764534"),
        [("wrong", "gradient", "dE/dw5", "0.506874566764534 is typed where a_h1 belongs")]),
    "another number than the first row's typed in where a node belongs": (
        MADE.changed(dE_dw5="({a_o1}-{t1})*{a_o1}*(1-{a_o1})*0.507"),
        [("wrong", "gradient", "dE/dw5", "differs from what belongs there")]),
    "steps with another gradient": (
        replace(MADE, updates={**UPDATES, "w3": "{^w3}-{rate}*{^dE/dw1}"}),
        [("wrong", "update", "w3", "steps with dE/dw1 instead of dE/dw3")]),
    "steps from another weight": (
        replace(MADE, updates={**UPDATES, "w3": "{^w2}-{rate}*{^dE/dw3}"}),
        [("wrong", "update", "w3", "starts from w2 instead of w3")]),
    "steps uphill": (
        replace(MADE, updates={**UPDATES, "w3": "{^w3}+{rate}*{^dE/dw3}"}),
        [("wrong", "update", "w3", "adds the gradient instead of subtracting it")]),
    "a frozen row": (
        replace(MADE, updates={**UPDATES, "w4": "{^w4}-{rate}*AA$33"}),
        [("wrong", "update", "w4", "steps with dE/dw4 of row 33 in every row instead of dE/dw4 of the row above")]),
    "another rate for one weight": (
        replace(MADE, cells={"H31": 0.4}, updates={**UPDATES, "w4": "{^w4}-$H$31*{^dE/dw4}"}),
        [("wrong", "anchor", "w4", "takes Sheet1!H31 for the learning rate, the other updates Sheet1!G31")]),
    "a rate that slides away": (
        sliding(MADE, "w3"),
        [("wrong", "anchor", "w3", "reads w3 where the learning rate belongs: the reference is not anchored"),
         ("wrong", "anchor", "w3", ('reads G32, which holds the text "w3", where the learning rate belongs: '
                                   "the reference is not anchored"))]),
    "a rate retyped in every row": (
        replace(MADE, updates={**UPDATES, "w3": "{^w3}-G31*{^dE/dw3}"}),
        [("fragile", "anchor", "w3", "the learning rate is not anchored with $: filled down, it slides away")]),
    "a rate typed into the formula": (
        replace(MADE, updates={**UPDATES, "w3": "{^w3}-0.5*{^dE/dw3}"}),
        [("fragile", "anchor", "w3", "the learning rate 0.5 is typed into the formula")]),
    "a rate that goes on in a circle of samples": (
        replace(MADE, cells={MADE.at("t1", row): 0.01 + row for row in range(1, 12)}),
        [("wrong", "data", "t1", "the given number does not stay what it is in the first row")]),
    "a target that drifts": (
        replace(MADE, cells={MADE.at("t2", 11): 0.989999999999999}),
        [("fragile", "data", "t2", "the number drifts while it is filled down, to 0.989999999999999")]),
    "a right number typed over a formula": (
        replace(MADE, cells={MADE.at("h1", 0): 0.0275}),
        [("fragile", "fill", "h1", "numbers stand where formulas belong")]),
    "a wrong number typed over a formula": (
        replace(MADE, cells={MADE.at("h1", 3): 0.31}),
        [("wrong", "fill", "h1", "numbers stand where formulas belong, and are not what these give")]),
    "an empty cell": (
        replace(MADE, cells={MADE.at("t1", 5): None}, stored=False),
        [("wrong", "fill", "t1", "the cells are empty")]),
    "a reference to a deleted cell": (
        replace(MADE, cells={MADE.at("dE/dw5", 0): "=(R33-#REF!)*R33"}, stored=False),
        [("wrong", "gradient", "dE/dw5", "refers to a cell that was deleted, #REF!")]),
    "a cell that reads itself": (
        replace(MADE, cells={MADE.at("a_h1", 2): "=J35"}, stored=False),
        [("wrong", "forward", "out_h1", "goes in a circle: it is computed from a_h1")]),
}  # fmt: skip


@pytest.mark.parametrize("slip", _SLIPS)
def test_a_slip_is_found_where_it_is_and_named(slip: str) -> None:
    made, expected = _SLIPS[slip]
    verdict, findings = found(made)
    assert findings == expected
    assert verdict == ("wrong" if any(severity == "wrong" for severity, *_ in expected) else "right")


def test_a_finding_shows_what_stands_and_what_belongs_in_the_workbooks_own_cells() -> None:
    report = audited(make(MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"))))
    assert report.all_findings == (Finding(
        "gradient", "dE/dw3", "Z33:Z44",
        "=(({R}-{A})*{R}*(1-{R})*{N}+({T}-{B})*{T}*(1-{T})*{P})*{J}*(1-{J})*{C}".format(**_row(33)),
        "=(({R}-{A})*{R}*(1-{R})*{N}+({T}-{B})*{T}*(1-{T})*{P})*{L}*(1-{L})*{C}".format(**_row(33)),
        "uses a_h1 where a_h2 belongs", "wrong"),)  # fmt: skip


def _row(row: int) -> dict[str, str]:
    return {letter: f"{letter}{row}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"}


def test_an_unknown_function_is_undecided_and_nothing_is_guessed() -> None:
    for made in (MADE, renamed(MADE, "w", "v")):
        verdict, findings = found(replace(made.changed(a_h1="FANCY({h1})"), stored=False))
        assert verdict == "incomplete"
        assert findings == [("undecided", "forward", "out_h1", "not checked: the function FANCY is not known")]


def test_pasted_numbers_are_judged_to_the_digits_they_have() -> None:
    """The class error is off by 0.026 %: nine decimals show it, three do not."""
    wrong = make(replace(MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1")), pasted=True, rows=30))
    for places, verdict in ((9, "wrong"), (3, "right")):
        sheet = wrong.sheets[0]
        rounded = {p: round(c, places) if isinstance(c, float) and p[0] > 32 else c for p, c in sheet.written.items()}
        report = audited(replace(wrong, sheets=(replace(sheet, written=rounded),)))
        assert report.verdict == verdict
        if verdict == "wrong":
            assert [(f.quantity, f.slip) for f in report.all_findings] == [
                ("dE/dw3", "the numbers come out if a_h1 stands where a_h2 belongs")]


def test_a_stored_value_that_does_not_follow_is_found() -> None:
    book = make(MADE)
    sheet = book.sheets[0]
    stale = replace(sheet, stored={**sheet.stored, (40, 10): 0.6})
    report = audited(replace(book, sheets=(stale,)))
    assert {(f.kind, f.quantity) for f in report.all_findings} >= {("value", "out_h1")}
    assert report.verdict == "wrong"


def test_text_and_cells_are_judged_apart() -> None:
    said = "∂E_total/∂w5 = (a_o1 - t1) * a_o1 * (1 - a_o1) * a_h2"
    report = audited(make(replace(MADE, cells={"A3": said}, notes=(Note("drawing1.xml", "h1 = w1*i1 + w2*i1"),))))
    assert report.verdict == "right"
    assert [(text.where, text.checked.verdict) for text in report.texts] == [
        ("Sheet1!A3", "refuted"), ("drawing1.xml", "refuted")]


def test_several_tables_are_found_on_one_sheet_and_on_others() -> None:
    below = make(replace(MADE, header_row=60)).sheets[0]
    beside = make(replace(MADE, sheet="LR = 2", rate_value=2.0)).sheets[0]
    first = make(MADE).sheets[0]
    both = replace(first, written={**below.written, **first.written}, stored={**below.stored, **first.stored})
    report = audited(replace(make(MADE), sheets=(both, beside)))
    assert [(t.sheet, t.header_row, t.first_row, t.last_row, t.rate) for t in report.tables] == [
        ("Sheet1", 32, 33, 44, 0.5), ("Sheet1", 60, 61, 72, 0.5), ("LR = 2", 32, 33, 44, 2.0)]
    assert report.verdict == "right"


@pytest.mark.parametrize("cells", [
    {"A3": "w1", "B3": "w2", "C3": "w3", "D3": "w4", "A4": 0.1, "B4": 0.2, "C4": 0.3, "D4": 0.4},
    {"A3": "i1", "B3": 0.05, "A4": "w1", "B4": 0.15, "A5": "E_total", "B5": 0.3},
    {"C32": "t1"},
])  # fmt: skip
def test_headers_without_a_table_are_no_table(cells: dict[str, str | float]) -> None:
    made = replace(MADE, first_column=6, rate_cell="G30", rate="$G$30", cells=cells)
    assert [table.header_row for table in audited(make(made)).tables] == [32]


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "jee" else n for n in built_in()])
def test_the_graph_of_all_cells_is_not_asked_of_tables_whose_headers_tell_all(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of biases that stay as they are, too: it took minutes."""
    walkthrough = with_changes(load_walkthrough(name), updates=3)
    sheets.build(walkthrough, tmp_path / "mine.xlsx")
    asked = []

    def seen(book: Book, passed_over: Collection[str] = ()) -> Trainings:
        asked.extend(sheet.name for sheet in book.sheets if sheet.name not in passed_over)
        return Trainings()

    monkeypatch.setattr("sheets.auditing.auditing.audit_trainings", seen)
    report = audit(tmp_path / "mine.xlsx")
    assert report.verdict == "right"
    assert report.tables
    assert not {table.sheet for table in report.tables} & set(asked)


def test_no_table_and_no_training_are_incomplete() -> None:
    forward = replace(MADE, order=ORDER[:23], rows=1)
    assert audited(make(forward)).verdict == "incomplete"
    assert audited(make(replace(MADE, rows=1))).verdict == "incomplete"
    assert audited(replace(make(MADE), sheets=())).reason == "no training was found: no formulas"


def test_reports_can_be_sent_between_processes() -> None:
    report = audited(make(MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"))))
    assert pickle.loads(pickle.dumps(report)) == report


def test_many_files_are_audited_on_any_executor_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    save(make(MADE), tmp_path / "class" / "b.xlsx")
    save(make(MADE.changed(dE_dw5="{a_h1}")), tmp_path / "class" / "a.xlsx")
    (tmp_path / "class" / "~$a.xlsx").write_bytes(b"\0" * 165)
    (tmp_path / "class" / "essay.txt").write_text("no workbook")
    with ThreadPoolExecutor(2) as executor:
        reports = list(audit_many([tmp_path], executor))
    assert [(Path(r.file).name, r.verdict) for r in reports] == [
        ("a.xlsx", "wrong"), ("b.xlsx", "right"), ("~$a.xlsx", "unreadable")]
    assert [r.verdict for r in audit_many([tmp_path])] == [r.verdict for r in reports]


def _killed_at_b(path: str, network: str) -> Report:
    if path.endswith("b.xlsx"):
        os.kill(os.getpid(), signal.SIGKILL)  # as the system does that has no memory left
    return audit(path, network)


@pytest.mark.slow
def test_a_file_whose_process_is_ended_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        save(make(MADE), tmp_path / f"{name}.xlsx")
    monkeypatch.setattr(many, "audit", _killed_at_b)
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as executor:
        reports = list(audit_many([tmp_path], executor))
    assert [(Path(r.file).name, r.verdict) for r in reports] == [
        ("a.xlsx", "right"), ("b.xlsx", "unreadable"), ("c.xlsx", "right")]
    assert "was lost: it was killed" in reports[1].reason


def test_a_path_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeriveError, match="there is no such file"):
        audit_many(["nowhere.xlsx"])


_SAMPLES = replace(
    MADE, order=("v1", "v2", "E", "dE/dv1", "dE/dv2"), headers={"E": "E_total", "dE/dv1": "∂E/∂v1", "dE/dv2": "∂E/∂v2"},
    start={"v1": 0.3, "v2": 0.1}, cells={f"{c}{r}": 0.1 * r + ord(c) % 3 for c in "KLM" for r in range(1, 6)},
    formulas={"E": "SUMPRODUCT(($M$1:$M$5-{v1}*$K$1:$K$5-{v2}*$L$1:$L$5)^2)/5",
              "dE/dv1": "SUMPRODUCT(2*({v1}*$K$1:$K$5+{v2}*$L$1:$L$5-$M$1:$M$5)*$K$1:$K$5)/5",
              "dE/dv2": "SUMPRODUCT(2*({v1}*$K$1:$K$5+{v2}*$L$1:$L$5-$M$1:$M$5)*$L$1:$L$5)/5"},
    updates={"v1": "{^v1}-{rate}*{^dE/dv1}", "v2": "{^v2}-{rate}*{^dE/dv2}"}, stored=False)  # fmt: skip


def test_sums_over_many_samples_are_decided_sample_by_sample() -> None:
    assert found(_SAMPLES) == ("right", [])
    wrong = _SAMPLES.changed(dE_dv2="SUMPRODUCT(2*({v1}*$K$1:$K$5+{v2}*$L$1:$L$5-$M$1:$M$5)*$K$1:$K$5)/5")
    assert found(wrong) == ("wrong", [("wrong", "gradient", "dE/dv2", "this is dE/dv1, not dE/dv2")])


_SAID = {
    "a frozen row of its own": (
        MADE.changed(a_h1="1/(1+EXP(-I$33))"), [("wrong", "out_h1", "reads h1 of row 33 in every row")]),
    "a weight that is typed in every row": (
        replace(MADE, cells={MADE.at("w1", row): 0.15 for row in range(1, 12)}),
        [("wrong", "w1", "the parameter is never updated")]),
    "a weight that is copied": (
        replace(MADE, updates={**UPDATES, "w1": "{^w1}"}),
        [("wrong", "w1", "is copied from the row above and never updated")]),
    "two typed rates": (
        replace(MADE, updates={n: f.replace("{rate}", "0.05" if n == "w3" else "0.5") for n, f in UPDATES.items()},
                cells={"F31": "", "G31": ""}),
        [("wrong", "w3", "the learning rate 0.05 is typed into the formula, where the others take 0.5")]),
    "a rate of nothing": (
        replace(MADE, rate_value=0.0), [("wrong", "learning rate", "the learning rate is 0: nothing is learned")]),
    "a rate that climbs": (
        replace(MADE, rate_value=-0.5),
        [("wrong", "learning rate", "the learning rate is negative: the updates go uphill")]),
    "a gradient column of zeros": (
        replace(MADE, cells={MADE.at("dE/dw1", row): 0 for row in range(12)}, stored=False),
        [("wrong", "dE/dw1", "the numbers are not what the row gives")]),
}  # fmt: skip


@pytest.mark.parametrize("slip", _SAID)
def test_what_a_reviewer_saw_passed_over_is_found(slip: str) -> None:
    made, expected = _SAID[slip]
    report = audited(make(made))
    said = [(f.severity, f.quantity, f.slip) for f in report.all_findings]
    assert set(expected) <= set(said)
    assert report.verdict == "wrong"


def test_a_rate_stored_as_text_and_a_negative_one_that_is_added_are_right() -> None:
    text = replace(MADE, cells={"G31": "0.5"}, stored=False)
    assert found(text) == ("right", [("fragile", "data", "learning rate", "the learning rate is stored as text")])
    added = replace(MADE, rate_value=-0.5, updates={n: f.replace("-{rate}", "+{rate}") for n, f in UPDATES.items()})
    assert found(added)[0] == "right"


def test_a_short_number_typed_among_formulas_is_wrong_unless_it_is_theirs() -> None:
    typed = replace(MADE, cells={MADE.at("w2", 5): 0.2})
    assert found(typed)[0] == "wrong"
    assert found(replace(MADE, cells={MADE.at("dE/dw3", 5): 0}))[0] == "wrong"


def test_formulas_made_to_grow_are_not_checked() -> None:
    """A power, a number and helper columns that would take for ever are told, and nothing hangs."""
    for formula in ("2^99999999*{a_h1}", "1E+99999999*{a_h1}", "POWER(2,99999999)"):
        assert found(replace(MADE.changed(dE_dw5=formula), stored=False))[0] == "incomplete"
    chain = [f"x{n}" for n in range(30)]
    doubling = {name: f"{{{after}}}*{{{after}}}+{{{after}}}"
                for name, after in zip(chain, [*chain[1:], "a_h1"], strict=True)}  # fmt: skip
    formulas = {**FORMULAS, **doubling, "dE/dw5": "{x0}"}
    made = replace(MADE, order=(*ORDER, *chain), formulas=formulas, stored=False, rows=2)
    assert found(made)[0] == "incomplete"


def test_a_weight_that_the_error_does_not_reach_makes_its_gradient_wrong() -> None:
    made = renamed(MADE, "w", "v").changed(a_o1="1/(1+EXP(-{i1}))")
    verdict, findings = found(made)
    assert verdict == "wrong"
    told = "the error does not depend on v5: no formula below it reads that"
    assert ("wrong", "gradient", "dE/dv5", told) in findings


def test_a_start_value_that_is_computed_from_the_end_is_wrong() -> None:
    made = replace(MADE, cells={MADE.at("w1", 0): f"={MADE.at('w1', 11)}"}, stored=False)
    assert ("wrong", "update", "w1", "the start value is computed from the table that starts with it") in found(made)[1]


def test_text_is_read_by_the_network_of_its_own_tables() -> None:
    """A tanh network's slope is 1 - out², whatever the walkthrough's is."""
    made = activated(renamed(MADE, "w", "v"), "TANH({in})", "(1-{out}^2)")
    said = "∂E_total/∂v5 = (a_o1 - t1) * (1 - a_o1^2) * a_h1"
    (text,) = audited(make(replace(made, cells={"A3": said}))).texts
    assert text.checked.verdict == "proved"


def test_of_several_paths_one_that_is_not_there_keeps_no_other_from_being_audited(tmp_path: Path) -> None:
    there = save(make(MADE), tmp_path / "a.xlsx")
    reports = list(audit_many([tmp_path / "b.xlsx", there]))
    assert [(r.verdict, r.reason) for r in reports] == [("unreadable", "is no file"), ("right", "")]


def test_a_network_that_is_not_the_walkthroughs_is_said_to_be_its_own() -> None:
    report = audit_book(make(MADE), (load_walkthrough("mazur").network,))
    assert (report.verdict, report.reason) == (
        "right", "its own network, whose parameters are not those of the walkthrough")


def _with_first_row(name: str, formula: str) -> Made:
    """The workbook with one column whose every row reads the same cells of the first row, without `$`."""
    made = replace(MADE, rows=10)
    written = {n: made.at(n) for n in made.order}
    cells = {made.at(name, row): "=" + formula.format_map({
        **written, **{f"^{n}": made.at(n, row - 1) for n in made.order}, "rate": made.rate}) for row in range(1, 10)}
    return replace(made, cells=cells, stored=False)


@pytest.mark.parametrize(("made", "told"), [
    (_with_first_row("w8", "{w8}-{rate}*{^dE/dw8}"), "starts from w8 of row 33 instead of w8"),
    (_with_first_row("dE/dw5", FORMULAS["dE/dw5"]),
     "uses a_h1 of row 33 where a_h1 belongs, uses a_o1 of row 33 where a_o1 belongs"),
])  # fmt: skip
def test_a_row_that_all_cells_of_a_column_read_is_told_once(made: Made, told: str) -> None:
    report = audited(make(made))
    assert [f.slip for f in report.all_findings if f.severity == "wrong"] == [told]
    assert report.all_findings[0].cells.endswith("42")


def _showing(book: Book, errors: dict[tuple[int, int], str]) -> Report:
    sheet = book.sheets[0]
    return audited(replace(book, sheets=(replace(sheet, stored={**sheet.stored, **errors}),)))


def test_of_cells_that_show_an_error_only_those_are_told_that_no_other_explains() -> None:
    """An error in h1 of row 36 goes on through the rest of its row and all rows below."""
    after = {(row, column): "#VALUE!" for row in range(36, 45) for column in range(5, 32)
             if row > 36 or (column >= 9 and column not in (11, 12, 13, 14, 15, 16))}
    report = _showing(make(MADE), after)
    assert [(f.cells, f.slip) for f in report.all_findings if f.severity == "wrong"] == [
        ("I36", "the cell shows an error")]


def test_numbers_that_overflow_are_no_fault_of_their_formula() -> None:
    """The sigmoid of a sum of -1,000: #NUM! there, in the rest of the row and in all rows below."""
    after = {(row, column): "#NUM!" for row in range(36, 45) for column in range(5, 32)
             if row > 36 or (column >= 10 and column not in (11, 12, 13, 14, 15, 16))}
    report = _showing(make(MADE), after)
    assert report.verdict == "right"
    (finding,) = report.all_findings
    assert (finding.cells, finding.severity, finding.slip) == ("J36", "fragile", OVERFLOW)
    slip = replace(MADE, formulas={**FORMULAS, "dE/dw3": FORMULAS["dE/dw3"].replace("{a_h2}", "{a_h1}")})
    assert _showing(make(slip), after).verdict == "wrong"


@pytest.mark.parametrize(("weights", "start"), [((3,), 1), (range(1, 9), 1), (range(1, 9), 7)])
def test_updates_left_empty_are_said(weights: Sequence[int], start: int) -> None:
    cells = {MADE.at(f"w{n}", row): None for n in weights for row in range(start, MADE.rows)}
    verdict, findings = found(replace(MADE, cells=cells, stored=False))
    assert verdict == "incomplete"
    assert [f for f in findings if f[0] != "fragile"] == [
        ("undecided", "update", f"w{n}", "nothing there") for n in weights]


def test_a_circle_is_told_as_one() -> None:
    made = replace(MADE, updates={**UPDATES, "w1": "{^w1}-{rate}*{dE/dw1}"}, stored=False)
    errors = {(row, column): "#VALUE!" for row in range(34, 45) for column in range(5, 32)
              if row > 34 or column not in (6, 7, 8, 11, 12, 13, 14, 15, 16)}
    report = _showing(make(made), errors)
    assert [(f.quantity, f.slip) for f in report.all_findings if f.kind == "value"] == [
        ("w1", "the cell shows an error: it is computed in a circle through dE/dw1, out_o1, o1, out_h1, …")]


def test_an_error_that_a_formula_outside_the_network_gives_is_not_lost() -> None:
    made = replace(MADE, order=(*ORDER, "help"), cells={"A3": "a text"},
                   formulas={**FORMULAS, "help": "2*$A$3", "dE/dw5": FORMULAS["dE/dw5"] + "*{help}"}, stored=False)
    report = _showing(make(made), {(row, column): "#VALUE!" for row in range(33, 45) for column in (28, 32)})
    assert ("AF33:AF44", "the cell shows an error") in {(f.cells, f.slip) for f in report.all_findings}


def test_an_empty_cell_where_the_rate_belongs_is_said() -> None:
    made = replace(MADE, updates={**UPDATES, "w1": "{^w1}-$F$3*{^dE/dw1}"})
    verdict, findings = found(made)
    assert verdict == "wrong"
    assert ("w1", "reads an empty cell where the learning rate belongs: the reference is not anchored") in {
        (quantity, slip) for _, _, quantity, slip in findings}


def test_headers_that_are_not_read_are_named_where_a_table_is_incomplete() -> None:
    headers = {**HEADERS, **{f"dE/dw{n}": f"Steigung {n}" for n in range(1, 9)}}
    report = audited(make(replace(MADE, headers=headers, updates={}, formulas={
        n: f for n, f in FORMULAS.items() if n not in UPDATES})))
    assert report.verdict == "incomplete"
    assert "headers whose meaning is not known: Steigung 1, Steigung 2" in report.reason


def _without(made: Made, weight: int, rows: Sequence[int]) -> Made:
    """The workbook, a gradient left empty in some of its rows."""
    return replace(made, cells={**made.cells, **{made.at(f"dE/dw{weight}", row): None for row in rows}})


@pytest.mark.parametrize("stored", [True, False])
def test_an_update_by_a_gradient_that_is_still_to_come_is_no_fault(stored: bool) -> None:
    made = replace(MADE, stored=stored)
    for weight in range(1, 9):
        made = _without(made, weight, range(made.rows))
    verdict, findings = found(made)
    assert verdict == "incomplete"
    assert findings == [("undecided", "gradient", f"dE/dw{n}", "nothing there") for n in range(1, 9)]


def test_one_gradient_left_empty_is_the_only_finding() -> None:
    verdict, findings = found(_without(MADE, 3, range(MADE.rows)))
    assert (verdict, findings) == ("incomplete", [("undecided", "gradient", "dE/dw3", "nothing there")])


def test_a_wrong_update_by_a_gradient_that_is_still_to_come_is_wrong() -> None:
    made = replace(MADE, updates={**UPDATES, "w3": "{^w3}+{rate}*{^dE/dw3}"})
    verdict, findings = found(_without(made, 3, range(made.rows)))
    assert verdict == "wrong"
    assert ("wrong", "update", "w3", "adds the gradient instead of subtracting it") in findings


@pytest.mark.parametrize("rows", [(4,), (9, 10, 11), (0, 5)])
def test_a_gap_that_an_update_reads_is_the_gradients_fault_and_not_the_updates(rows: tuple[int, ...]) -> None:
    verdict, findings = found(_without(MADE, 3, rows))
    assert verdict == "wrong"
    assert {(severity, name, slip) for severity, _, name, slip in findings if severity == "wrong"} == {
        ("wrong", "dE/dw3", "the cells are empty")}


def test_gradients_that_end_before_the_updates_that_read_them_are_wrong() -> None:
    made = MADE
    for weight in range(1, 9):
        made = _without(made, weight, (9, 10, 11))
    verdict, findings = found(made)
    assert verdict == "wrong"
    assert {finding[2] for finding in findings if finding[3] == "the cells are empty"} == {
        f"dE/dw{n}" for n in range(1, 9)}


def test_what_belongs_is_never_what_stands() -> None:
    said = Finding("update", "w1", "A3:A9", "=A2-$G$1*B2", "=A2-$G$1*B2", "so it is", "wrong")
    assert [f.expected for f in merged([said])] == [""]


@pytest.mark.parametrize("name", ["h1", "a_h2", "a_o1"])
def test_what_reads_a_node_that_is_still_to_come_is_no_fault(name: str) -> None:
    made = replace(MADE, cells={MADE.at(name, row): None for row in range(MADE.rows)}, stored=False)
    verdict, findings = found(made)
    assert verdict == "incomplete"
    assert findings == [("undecided", "forward", name.replace("a_", "out_"), "nothing there")]


@pytest.mark.parametrize("rows", [range(1, MADE.rows), range(7, MADE.rows), (4,)], ids=["all", "below", "within"])
@pytest.mark.parametrize("name", ["w3", "i1", "t2"])
def test_an_empty_cell_that_a_formula_reads_is_told_whosever_column_it_is(name: str, rows: Sequence[int]) -> None:
    made = replace(MADE, cells={MADE.at(name, row): None for row in rows})
    report = audited(make(made))
    told = {(f.severity, f.slip) for f in report.all_findings if f.quantity == name}
    if name == "w3" and len(rows) == MADE.rows - 1:
        assert (report.verdict, told) == ("incomplete", {("undecided", "nothing there")})
    else:
        assert report.verdict == "wrong"
        assert told >= {("wrong", "the cells are empty")}


def test_updates_that_are_still_to_come_are_no_table_that_is_right() -> None:
    weights = [f"w{n}" for n in range(1, 9)]
    empty = {MADE.at(weight, row): None for weight in weights for row in range(1, MADE.rows)}
    verdict, findings = found(replace(MADE, cells=empty))
    assert verdict == "incomplete"
    assert findings == [("undecided", "update", name, "nothing there") for name in sorted(weights)]


def test_headers_below_which_nothing_stands_are_named() -> None:
    nodes = ["h1", "h2", "a_h1", "a_h2"]
    report = audited(make(replace(MADE, cells={MADE.at(n, row): None for n in nodes for row in range(MADE.rows)})))
    assert report.verdict == "incomplete"
    assert {f.quantity for f in report.all_findings} == {"out_h1", "out_h2"}
    assert "nothing stands below h1, h2" in report.tables[0].notes
    computed = [name for name in MADE.order if name not in START]
    empty = {MADE.at(n, row): None for n in MADE.order for row in range(n in START, MADE.rows)}
    assert f"nothing stands below {computed[0]}, " in audited(make(replace(MADE, cells=empty))).reason


def test_what_stands_in_the_first_row_alone_and_is_read_there_alone_is_no_gap() -> None:
    made = MADE
    for name in ("i1", "i2"):
        address = made.at(name)
        letters = address.rstrip("0123456789")
        fixed = f"${letters}${address.removeprefix(letters)}"
        made = replace(
            made,
            cells={**made.cells, **{made.at(name, row): None for row in range(1, made.rows)}},
            formulas={n: formula.replace(f"{{{name}}}", fixed) for n, formula in made.formulas.items()},
        )
    assert audited(make(made)).verdict == "right"


SATURATING = """
title = "Two classes"
layers = [2, 2]
activation = "softmax"
loss = "categorical cross-entropy"
learning_rates = [5000]
updates = 6
draw = { seed = 1, low = -0.5, high = 0.5 }
inputs = { a = 0.9, b = -0.7 }
targets = { p = 1, q = 0 }
"""
CLASSES = SATURATING.replace("[2, 2]", "[2, 2, 2]").replace('"softmax"', '["tanh", "softmax"]').replace(
    "5000", "0.5").replace("= 0.9", "= [0.9, -0.7]").replace("= -0.7", "= [-0.7, 0.1]").replace(
    "p = 1", "p = [1, 0]").replace("q = 0", "q = [0, 1]")


def _built(text: str, folder: Path, shown: str = "#NUM!") -> Report:
    """The audit of the workbook of a network, in which an overflow is `shown` as one spreadsheet or another does."""
    (folder / "network.toml").write_text(text, encoding="utf-8")
    sheets.build(str(folder / "network.toml"), str(folder / "network.xlsx"))
    book = open_book(folder / "network.xlsx")
    told = [replace(sheet, stored={place: shown if stored == "#NUM!" else stored
                                   for place, stored in sheet.stored.items()}) for sheet in book.sheets]
    return audited(replace(book, sheets=tuple(told)))


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["#NUM!", "#VALUE!"])
def test_a_training_that_leaves_the_numbers_has_no_formula_that_is_wrong(shown: str, tmp_path: Path) -> None:
    report = _built(SATURATING, tmp_path, shown)
    assert report.verdict == "right"
    assert {(f.severity, f.slip) for f in report.all_findings} == {("fragile", OVERFLOW)}
    assert {text.checked.verdict for text in report.texts} <= {"proved", "definition"}


@pytest.mark.slow
def test_targets_that_add_up_to_1_are_known_where_all_is_one_formula_over_the_samples(tmp_path: Path) -> None:
    report = _built(CLASSES, tmp_path)
    assert (report.verdict, report.all_findings) == ("right", ())

"""The audit of trainings in any layout: what is right is right in all, and a slip is the same slip in all."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from derive.walkthrough import load_walkthrough
from sheets.auditing.auditing import audit, audit_cells
from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import TYPED, Finding, Report
from sheets.auditing.package import open_book
from sheets.auditing.training.graph import make_graph
from sheets.auditing.training.trainings import audit_trainings
from sheets.auditing.training.view import View
from sheets.cells import letters
from sheets.findings_csv import HEADER, findings_csv
from sheets.marking.reports import mark_reports
from sheets.marking.style import FILLS
from sheets.references import Cell, place_of
from tests.laws import some, sweep, swept

from .oracle import needs_libreoffice, recalculate
from .trainings import (
    ADAGRAD,
    ADAM,
    ADAM_DECAYED_WITHIN,
    ADAMW,
    ADDED,
    BENT,
    CLASSES,
    CLIPPED,
    DECAY,
    DECAYED_MOMENTUM,
    ELU,
    FACTORS,
    GATED,
    HOT,
    HUBER,
    IN_TURN,
    LAYOUTS,
    LEAKY,
    LIKELY,
    LINE,
    LOGISTIC,
    MEANS,
    MOMENTUM,
    NETWORK,
    PERCEPTRON,
    PLANS,
    QUOTIENTS,
    REGRESSION,
    RELU,
    RMSPROP,
    SADDLE,
    SHORTENED,
    SOFTMAX,
    TIED,
    WITHIN,
    Plan,
    Table,
    make_table,
    make_training,
    table_cells,
)
from .worksheets import save


def _audited(plan: Plan, layout: str, **made: object) -> tuple[tuple[Finding, ...], str]:
    """What the graph says of a plan, and the method; every training of it is one."""
    found = audit_trainings(make_training(plan, layout, **made))  # type: ignore[arg-type]
    (training,) = found.reports
    assert found.findings == ()
    return training.findings, training.method


_SOME = [("a network", "blocks"), ("a multiplier", "columns"), ("linear regression", "sheets"),
         ("softmax", "columns"), ("a perceptron", "rows"),
         ("a network with ReLU", "rows"), ("far errors", "blocks"), ("factors", "rows"),
         ("difference quotients", "sheets"), ("logistic regression", "blocks"),
         ("gradients within the updates", "sheets"), ("clipped slopes", "rows"), ("slopes of a length", "columns"),
         ("leaky units", "sheets"), ("softplus and ELU", "blocks"), ("weights used twice", "rows"),
         ("whole steps", "rows"), ("a count in a cell", "blocks"), ("a gated state", "sheets"),
         ("a rate as a number, and gradients with the minus", "columns")]
_ALL = [pytest.param(plan, layout, marks=[] if (plan, layout) in _SOME else [pytest.mark.slow])
        for plan in PLANS for layout in LAYOUTS]


@pytest.mark.parametrize(("plan", "layout"), _ALL)
def test_a_right_training_is_right_in_every_layout(plan: str, layout: str) -> None:
    findings, _ = _audited(PLANS[plan], layout)
    assert [(f.severity, f.cells, f.slip) for f in findings if f.severity != "fragile"] == []


_SLIPS: dict[str, tuple[Plan, str, str]] = {
    "another unit's activation": (NETWORK.changed(D2="{D}*{v2}*{a1}*(1-{a1})"), "D2", "uses"),
    "another weight": (NETWORK.changed(D1="{D}*{v2}*{a1}*(1-{a1})"), "D1", "uses"),
    "a wrong input": (NETWORK.changed(dE_dw2="{D1}*{i1}"), "dE/dw2", "uses"),
    "a lost factor": (NETWORK.changed(D="({p}-{t})*(1-{p})"), "D", "is missing"),
    "the other sign": (NETWORK.changed(dE_dv2="-{D}*{a2}"), "dE/dv2", "the sign is reversed"),
    "lost brackets": (LOGISTIC.changed(dE_dw1="{p}-{t}*{x1}"), "dE/dw1", "brackets"),
    "another gradient in an update": (NETWORK.changed(w3="{w3}-{rate}*{dE/dw1}"), "w3", "uses"),
    "an update uphill": (NETWORK.changed(v1="{v1}+{rate}*{dE/dv1}"), "v1", "adds the slope"),
    "another rate": (NETWORK.changed(v1="{v1}-{t}*{dE/dv1}"), "v1", "(rate) belongs"),
    "no rate": (NETWORK.changed(v1="{v1}-{dE/dv1}"), "v1", "without the learning rate"),
    "half a gradient": (REGRESSION.changed(dE_ds="(" + "+".join(f"{{e{n}}}*{{x{n}}}" for n in range(1, 5)) + ")/4"),
                        "dE/ds", "half"),
    "a sample's other input": (
        REGRESSION.changed(dE_ds="2*({e1}*{x1}+{e2}*{x1}+{e3}*{x3}+{e4}*{x4})/4"), "dE/ds", "uses"),
    "LOG for LN": (LOGISTIC.changed(E="-{t}*LOG({p})-(1-{t})*LOG(1-{p})"), "E", "base 10"),
    "a forward pass with a wrong input": (
        NETWORK.changed(h2="{w3}*{i1}+{w4}*{i1}+{b}"), "dE/dw4", "; or, in"),  # either of the two is meant otherwise
    "another class": (SOFTMAX.changed(dE_dw3="({p2}-{t3})*{x}"), "dE/dw3", "uses"),
}
TWO = Plan(
    given={"rate": 0.5, "x": 0.3, "t1": 0.1, "t2": 0.9}, start={"w": 0.4, "v1": 0.2, "v2": -0.3},
    formulas={
        "a": "1/(1+EXP(-{w}*{x}))", "p1": "1/(1+EXP(-{v1}*{a}))", "p2": "1/(1+EXP(-{v2}*{a}))",
        "E": "0.5*({t1}-{p1})^2+0.5*({t2}-{p2})^2", "D1": "({p1}-{t1})*{p1}*(1-{p1})",
        "D2": "({p2}-{t2})*{p2}*(1-{p2})", "dE/dw": "({D1}*{v1}+{D2}*{v2})*{a}*(1-{a})*{x}", "dE/dv1": "{D1}*{a}",
        "dE/dv2": "{D2}*{a}"},
    updates={name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}" for name in ("w", "v1", "v2")})
_SLIPS["a sum for a mean"] = (
    REGRESSION.changed(dE_ds="2*(" + "+".join(f"{{e{n}}}*{{x{n}}}" for n in range(1, 5)) + ")"), "dE/ds", "is 4 times")
_BENT_BOTH = NETWORK.changed(a1="TANH({h1})", a2="TANH({h2})", D2="{D}*{v2}*(1-{a2}^2)")
_SLIPS["a sigmoid's slope for that of tanh"] = (
    _BENT_BOTH.changed(D1="{D}*{v1}*{a1}*(1-{a1})"), "D1", "belongs, the slope of tanh")
_SLIPS["a square of the bracket"] = (
    _BENT_BOTH.changed(D1="{D}*{v1}*(1-{a1}^2)", D2="{D}*{v2}*(1-{a2})^2"), "D2", "the bracket is raised")
_SLIPS["a lost slope"] = (_BENT_BOTH.changed(D1="{D}*{v1}"), "D1", "is missing")
_COUNTED = replace(REGRESSION, given={**REGRESSION.given, "n": 4}).changed(
    dE_da=REGRESSION.formulas["dE/da"].replace("/4", "/{n}"), dE_ds="2*({e1}*{x1}+{e2}*{x1}+{e3}*{x3}+{e4}*{x4})/{n}")
_SLIPS["a sample's other input, over a count in a cell"] = (_COUNTED, "dE/ds", "uses")
_EARLY = "takes the weight already updated in this step"
_SLIPS["a weight already updated"] = (NETWORK.changed(D1="{D}*{v1'}*{a1}*(1-{a1})"), "D1", _EARLY)
_SLIPS["two weights already updated"] = (TWO.changed(
    dE_dw="({D1}*{v1'}+{D2}*{v2'})*{a}*(1-{a})*{x}"), "dE/dw", _EARLY)
_SLIPS["an intercept already updated"] = (WITHIN.changed(
    dE_ds=WITHIN.formulas["dE/ds"].replace("{a}", "{a'}")), "dE/ds", _EARLY)
_SLIPS["a slope already updated"] = (WITHIN.changed(
    dE_da=WITHIN.formulas["dE/da"].replace("{s}", "{s'}")), "dE/da", _EARLY)
_SLIPS["a factor already updated"] = (FACTORS.changed(q1="{q1}+{rate}*({e}*{p1'}-{l}*{q1})"), "q1", _EARLY)
_SLIPS["a lost sign of far errors"] = (HUBER.changed(
    dE_da=HUBER.formulas["dE/da"].replace("*SIGN", "*ABS")), "dE/da", "slope of")
_SLIPS["a quotient of two other losses"] = (QUOTIENTS.changed(dE_ds="({Ec}-{Eb})/(2*{h})"), "dE/ds", "slope of")
_SLIPS["the way through a weight's other use"] = (TIED.changed(dE_dw2="{r2}*{h}"), "dE/dw2", "the term")
_SLIPS["a lost term"] = (NETWORK.changed(dE_db="{D1}"), "dE/db", "is missing")
_SLIPS["a whole step the other way"] = (ADDED.changed(b="{b}-{db}"), "b", "subtracts what the others add")
_SLIPS["a lost factor of all whole steps"] = (
    ADDED.changed(E="0.5*({t}-{p})^2", d="({t}-{p})*{p}"), "d", "(1 - ")
_SLIPS["another output's error"] = (TWO.changed(dE_dv2="{D1}*{a}"), "dE/dv2", "uses")
_SLIPS["the bend of another unit"] = (RELU.changed(D2="{D}*{v2}*IF({h1}>0,1,0)"), "D2", "uses")
_SLIPS["a leak that is lost"] = (LEAKY.changed(D2="{D}*{v2}*IF({h2}>=0,1,0)"), "D2", "other cases")
_SLIPS["a leak of the other sign"] = (LEAKY.changed(D2="{D}*{v2}*IF({h2}>=0,1,-{al})"), "D2", "other cases")
_SLIPS["a case without its constant"] = (ELU.changed(D2="{D}*{v2}*IF({h2}>0,1,{a2})"), "D2", "other cases")
_SLIPS["another slope that is clipped"] = (CLIPPED.changed(k2="MIN(MAX({dE/dw1},-{c}),{c})"), "k2", "uses")
_SLIPS["a bound below for that above"] = (CLIPPED.changed(k2="MAX({c},MIN({c},{dE/dw2}))"), "k2", "turns round")
_SLIPS["a length for its inverse"] = (SHORTENED.changed(f="IF({g}>{c},{g}/{c},1)"), "f", "longer")
_SLIPS["a slope that is not shortened"] = (SHORTENED.changed(w2="{w2}-{rate}*{dE/dw2}"), "w2", "not shortened")
_UP = NETWORK.changed(D="({t}-{p})*{p}*(1-{p})", **{
    name: f"{{{name}}}+{{rate}}*{{dE/d{name}}}" for name in ("w1", "w2", "w3", "w4", "b", "v1", "v2")})
_SLIPS["a weight already updated, where slopes have the minus"] = (
    _UP.changed(D1="{D}*{v1'}*{a1}*(1-{a1})"), "D1", _EARLY)
_SLIPS["another input in a whole step"] = (
    LOGISTIC.changed(dE_dw1="{rate}*({p}-{t})*{x1}", dE_dw2="{rate}*({p}-{t})*{x1}", dE_db="{rate}*({p}-{t})",
                     w1="{w1}-{dE/dw1}", w2="{w2}-{dE/dw2}", b="{b}-{dE/db}"), "dE/dw2", "uses")
_WHOLE = LOGISTIC.changed(dE_dw1="{rate}*({p}-{t})*{x1}", dE_dw2="{rate}*({p}-{t})*{x2}", dE_db="{rate}*({p}-{t})",
                          w1="{w1}-{dE/dw1}", w2="{w2}-{dE/dw1}", b="{b}-{dE/db}")
_SLIPS["a factor too many in a whole step"] = (ADDED.changed(db="{rate}*{d}*{x1}"), "db", "is one too many")

_SLIPS["a multiplier by another slope"] = (SADDLE.changed(m="{m}+{rate}*{df/dy}"), "m", "uses")
_SLIPS["the bend of another time"] = (GATED.changed(b2="{g2}*{z2}*(1-{c1}^2)"), "b2", "uses")
_SLIPS["another weight's whole step"] = (_WHOLE, "w2", "uses")
_FEW = {("a multiplier by another slope", "blocks"),
        ("a factor too many in a whole step", "blocks"), ("the way through a weight's other use", "columns"),
        ("a lost term", "sheets"), ("no rate", "rows"),
        ("a whole step the other way", "blocks"), ("a lost factor of all whole steps", "columns"),
        ("a decay of one slope alone", "rows"), ("the bend of another time", "columns"),
        ("a square of the bracket", "sheets"), ("a leak that is lost", "rows"), ("a leak of the other sign", "blocks"),
        ("a case without its constant", "sheets"), ("another slope that is clipped", "columns"),
        ("a bound below for that above", "blocks"), ("a length for its inverse", "rows"),
        ("a slope that is not shortened", "sheets"), ("a factor already updated", "rows"),
        ("another weight's whole step", "rows"),
        ("the bend of another unit", "sheets"),
        ("a weight already updated, where slopes have the minus", "columns"),
        ("another input in a whole step", "sheets"), ("a lost sign of far errors", "blocks"),
        ("a quotient of two other losses", "columns"),
        ("a sigmoid's slope for that of tanh", "sheets"), ("a lost slope", "blocks"),
        ("a sample's other input, over a count in a cell", "columns"),
        ("another output's error", "blocks"), ("a sum for a mean", "rows"),
        ("another unit's activation", "blocks"), ("lost brackets", "rows"),
        ("an update uphill", "columns"), ("LOG for LN", "blocks"), ("half a gradient", "sheets"),
        ("another rate", "blocks"), ("a weight already updated", "sheets"), ("two weights already updated", "rows"),
        ("an intercept already updated", "columns"), ("a slope already updated", "blocks")}
_EVERY = [(slip, layout) for slip in _SLIPS for layout in LAYOUTS]


def _place(plan: Plan, layout: str, name: str) -> tuple[str, str]:
    cells, new = LAYOUTS[layout](plan, 3)
    sheet, row, column = new[0, name] if name in plan.start else cells[0, name]
    return sheet, f"{letters(column)}{row}"


@pytest.mark.parametrize(("slip", "layout"), swept(_EVERY, _FEW, _EVERY[::3]))
def test_a_slip_is_found_where_it_is_in_every_layout(slip: str, layout: str) -> None:
    plan, name, told = _SLIPS[slip]
    findings, _ = _audited(plan, layout)
    wrong = [f for f in findings if f.severity == "wrong"]
    sheet, address = _place(plan, layout, name)
    first = [f for f in wrong if f.sheet == sheet]
    assert [f.cells.replace(":", ", ").split(", ")[0] for f in first] == [address], [(f.cells, f.slip) for f in wrong]
    assert all(told in f.slip for f in wrong), wrong


@pytest.mark.parametrize("layout", [
    "blocks", *(pytest.param(layout, marks=pytest.mark.slow) for layout in LAYOUTS if layout != "blocks")])
@pytest.mark.parametrize("plan", ["a weight already updated", "an intercept already updated"])
def test_what_a_step_takes_too_early_is_found_in_a_single_step(plan: str, layout: str) -> None:
    slipped, name, told = _SLIPS[plan]
    (finding,), _ = _audited(slipped, layout, steps=1)
    assert (finding.severity, finding.cells) == ("wrong", _place(slipped, layout, name)[1]), finding
    assert finding.slip.startswith(told)
    assert finding.follows
    assert finding.expected.startswith("=")


def test_parameters_that_are_stepped_in_turn_are_two_trainings() -> None:
    found = audit_trainings(make_training(IN_TURN, "columns"))
    assert [(one.steps, one.updates, one.findings, one.complete) for one in found.reports] == [(3, 1, (), True)] * 2


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "blocks", "sheets", "rows"))
def test_parameters_that_are_stepped_in_turn_take_nothing_too_early(layout: str) -> None:
    found = audit_trainings(make_training(IN_TURN, layout))
    assert [one for report in found.reports for one in report.findings if one.severity == "wrong"] == []


def _typed(plan: Plan, layout: str, name: str, steps: Iterable[int], off: float = 0.0, places: int = 15
           ) -> tuple[Finding, ...]:
    """What is found where a quantity is typed in some of five steps, in the last of them by so much too large."""
    book, spots = make_training(plan, layout, 5), [LAYOUTS[layout](plan, 5)[0][step, name] for step in steps]
    graph = make_graph(book)
    assert graph is not None
    given = frozenset(read for formula in graph.formulas.values() for read in formula.reads) - graph.formulas.keys()
    numbers = {spot: View(graph, frozenset(), given, 1).values(Cell(*spot))[0] for spot in spots}
    numbers[spots[-1]] += off
    found = audit_trainings(_changed(book, {spot: round(number, places) for spot, number in numbers.items()}))
    assert found.reports
    return (*found.findings, *(one for report in found.reports for one in report.findings))


_TURNING = replace(PERCEPTRON, given={**PERCEPTRON.given, "x1": 2.0}, start={"w1": -0.05, "w2": -0.9, "b": 0.2},
                   formulas={"z": PERCEPTRON.formulas["z"], "o": "IF({z}>0,1,0)", "err": "{t}-{o}"})
"""Wrong at first, then right."""


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "columns", "blocks"))
@pytest.mark.parametrize(("plan", "name", "steps", "places"), [
    (_TURNING, "o", range(5), 15), (LOGISTIC, "p", (1, 2), 15), (LOGISTIC, "p", (1, 2, 3), 5),
    (NETWORK, "a1", (2, 3), 15)])
def test_numbers_typed_where_formulas_belong_are_told_and_right(
        plan: Plan, name: str, steps: Iterable[int], places: int, layout: str) -> None:
    findings = _typed(plan, layout, name, steps, places=places)
    assert {(one.slip, one.severity) for one in findings} == {(TYPED, "fragile")}
    assert _cells_of(findings) == {Cell(*LAYOUTS[layout](plan, 5)[0][step, name]) for step in steps}


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "columns", "blocks"))
@pytest.mark.parametrize(("plan", "name", "steps", "off"), [
    (_TURNING, "o", range(5), -1.0), (LOGISTIC, "p", (1, 2, 3), 0.02), (LOGISTIC, "p", range(5), 0.02)])
def test_a_typed_number_that_does_not_follow_is_never_right(
        plan: Plan, name: str, steps: Iterable[int], off: float, layout: str) -> None:
    findings = [one for one in _typed(plan, layout, name, steps, off) if one.severity != "fragile"]
    assert findings
    wrong = _cells_of(one for one in findings if one.severity == "wrong")
    assert wrong <= {Cell(*LAYOUTS[layout](plan, 5)[0][max(steps), name])}, findings


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows"))
def test_an_update_that_takes_a_typed_number_in_every_step_is_not_called_right(layout: str) -> None:
    cells, new = LAYOUTS[layout](LOGISTIC, 3)
    found = audit_trainings(_changed(make_training(LOGISTIC, layout), {cells[n, "dE/dw2"]: 0.25 for n in range(3)}))
    assert {one.severity for one in found.findings} == {"undecided"}
    assert _cells_of(found.findings) == {Cell(*new[n, "w2"]) for n in range(3)}


def _cells_of(findings: Iterable[Finding]) -> set[Cell]:
    """The cells of findings."""
    found = set()
    for one in findings:
        for piece in one.cells.split(", "):
            (top, left), (bottom, right) = place_of(piece.split(":")[0]), place_of(piece.split(":")[-1])
            found |= {Cell(one.sheet, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    return found


@pytest.mark.parametrize("slip", [
    "another unit's activation", "LOG for LN", pytest.param("another gradient in an update", marks=pytest.mark.slow),
])
def test_names_and_places_decide_nothing(slip: str) -> None:
    plan, _, _ = _SLIPS[slip]
    usual, _ = _audited(plan, "blocks")
    renamed, _ = _audited(plan.relabelled(), "blocks")
    moved, _ = _audited(plan, "blocks", move=(7, 3))
    assert [(f.severity, f.kind, f.cells) for f in renamed] == [(f.severity, f.kind, f.cells) for f in usual]
    assert [(f.severity, f.kind, len(f.cells)) for f in moved] == [(f.severity, f.kind, len(f.cells)) for f in usual]


def test_rules_that_are_no_slopes_are_named() -> None:
    assert _audited(PERCEPTRON, "blocks") == ((), "the perceptron rule")
    delta = LOGISTIC.changed(E="0.5*({t}-{p})^2")
    findings, _ = _audited(delta, "blocks")
    assert findings == ()


_METHODS = {"gradient descent with momentum": MOMENTUM, "gradient descent with weight decay": DECAY, "Adam": ADAM,
            "RMSprop": RMSPROP, "Adagrad": ADAGRAD}
_SHRINKING = {"Adam": (ADAMW, ADAM_DECAYED_WITHIN), "gradient descent with momentum": (DECAYED_MOMENTUM,)}


@pytest.mark.parametrize("layout", ["rows", "sheets"])
@pytest.mark.parametrize("method", _METHODS)
def test_other_methods_are_known_by_what_they_compute(method: str, layout: str) -> None:
    assert _audited(_METHODS[method], layout) == ((), method)


@pytest.mark.slow
@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows"))
@pytest.mark.parametrize(("method", "plan"), [(method, plan) for method, own in _SHRINKING.items() for plan in own])
def test_weights_shrink_beside_what_a_method_takes_off_or_within_its_slope(
        method: str, plan: Plan, layout: str) -> None:
    assert _audited(plan, layout) == ((), method)
    assert _verdict(plan, layout).verdict == "right"


@pytest.mark.slow
@pytest.mark.parametrize(("square", "wrong"), [("V2", []), ("V1", ["w2"])])
def test_averages_may_be_corrected_within_the_update(square: str, wrong: list[str]) -> None:
    steps = {name: f"{{{name}}}-{{rate}}*({{M{n}}}/(1-{{b1}}^{{k}}))/(SQRT({{{square if n == 2 else f'V{n}'}}}"
                   "/(1-{b2}^{k}))+{eps})" for n, name in enumerate(("w1", "w2", "b"), start=1)}
    plan = replace(ADAM, given={**ADAM.given, "k": 1}, updates={**ADAM.updates, **steps}, formulas={
        name: text for name, text in ADAM.formulas.items() if not name.startswith(("Mh", "Vh"))})
    findings, method = _audited(plan, "rows")
    assert (method, [one.quantity for one in findings]) == ("Adam", wrong), findings


def test_a_length_that_leaves_a_slope_out_is_not_called_right() -> None:
    findings, _ = _audited(SHORTENED.changed(g="SQRT({dE/dw1}^2+{dE/dw2}^2)"), "blocks")
    assert {one.severity for one in findings} == {"undecided"}


@pytest.mark.slow
@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows"))
def test_two_slips_of_a_method_are_blamed_on_themselves_under_headers_too(layout: str) -> None:
    """A table knows nothing of the method, and would call right updates wrong."""
    plan = RMSPROP.changed(dE_dw2="({p}-{t})*{x1}", b="{b}-{rate}*{dE/db}/(SQRT({V2})+{eps})")
    cells, new = LAYOUTS[layout](plan, 3)
    wrong = _cells_of(one for one in _verdict(plan, layout).all_findings if one.severity == "wrong")
    assert wrong == {Cell(*where) for n in range(3) for where in (cells[n, "dE/dw2"], new[n, "b"])}


@pytest.mark.slow
def test_a_slip_in_all_formulas_of_one_update_is_not_blamed_on_what_another_takes_rightly() -> None:
    plan = RMSPROP.changed(V2="{rho}*{s2}+(1-{rho})*{dE/dw1}^2", w2="{w2}-{rate}*{dE/dw1}/(SQRT({V2})+{eps})")
    wrong = _cells_of(one for one in _audited(plan, "blocks")[0] if one.severity == "wrong")
    cells, new = LAYOUTS["blocks"](plan, 3)
    assert wrong == {Cell(*where) for n in range(3) for where in (cells[n, "V2"], new[n, "w2"])}


def test_a_cause_is_told_with_what_follows_from_it() -> None:
    findings, _ = _audited(NETWORK.changed(D2="{D}*{v2}*{a1}*(1-{a1})"), "sheets", steps=1)
    (finding,) = findings
    assert len(finding.follows) >= 4  # the slopes of w3 and w4, and their new values
    assert finding.expected.startswith("=")


def test_the_csv_and_a_marked_copy_say_where(tmp_path: Path) -> None:
    path = save(make_training(NETWORK.changed(dE_dv2="-{D}*{a2}"), "sheets"), tmp_path / "made.xlsx")
    report = audit(path)
    _, first, *more = csv.DictReader(io.StringIO(findings_csv([report])), HEADER)
    sheet, address = _place(NETWORK, "sheets", "dE/dv2")
    assert (first["sheet"], first["cells"], first["severity"]) == (sheet, address, "wrong"), first
    assert first["formula"].startswith("'=-")
    assert first["expected"].startswith("'=")
    assert len(more) == 2
    (copy,) = mark_reports(tmp_path / "marked", [report])
    fill = openpyxl.load_workbook(copy)[sheet][address].fill
    assert fill.fgColor.rgb.endswith(FILLS["wrong"])


def _verdict(plan: Plan, layout: str) -> Report:
    return audit_cells(make_training(plan, layout), (load_walkthrough("kanungo").network,))


def test_the_verdict_is_of_the_whole_workbook() -> None:
    assert _verdict(NETWORK, "sheets").verdict == "right"
    report = _verdict(NETWORK.changed(dE_dv2="-{D}*{a2}"), "sheets")
    assert report.verdict == "wrong"
    assert "the sign is reversed" in report.reason


def test_one_wrong_step_of_several_is_found() -> None:
    book = make_training(LOGISTIC, "blocks", only={(1, "dE/dw2"): "({p}-{t})*{x1}"})
    (training,) = audit_trainings(book).reports
    (finding,) = training.findings
    assert (finding.severity, "," in finding.cells) == ("wrong", False)


def test_what_nothing_explains_is_not_judged() -> None:
    plan = LOGISTIC.changed(dE_dw1="{p}*{x1}", dE_dw2="{p}^3", dE_db="{p}+{x2}")
    findings, _ = _audited(plan, "blocks")
    assert {f.severity for f in findings} == {"undecided"}


_TABLES = {"means in columns": LINE, "many cases of signs": BENT, "sums within cells": MEANS, "classes": CLASSES,
           "marks": HOT, "a cross-entropy within a cell": LIKELY}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["sheets", "blocks"])
@pytest.mark.parametrize("table", _TABLES)
def test_samples_in_rows_are_right(table: str, layout: str) -> None:
    (training,) = audit_trainings(make_table(_TABLES[table], layout)).reports
    assert (training.steps, training.findings, training.complete) == (3, (), True)


_FILLED: dict[str, tuple[Table, str, str]] = {
    "another column": (LINE.changed(gs="2*{e}*{y}"), "gs", "uses"),
    "a lost factor": (LINE.changed(gs="2*{e}"), "gs", "is missing"),
    "a lost square": (CLASSES.changed(gw="({p}-{y})*{x}"), "gw", "uses"),
    "a gradient of the other sign": (CLASSES.changed(gu="({y}-{p})*{x}"), "gu", "sign"),
    "another class's marks": (HOT.changed(d2="{p2}-{y3}"), "d2", "uses"),
    "a loss of another column": (LINE.changed(sq="{p}^2"), "sq", "uses"),
}


def _in_turn(slips: Iterable[str]) -> list[Any]:
    """Each slip in one of two layouts; in the slow sweep in both."""
    quick = dict(zip(slips, cycle(("sheets", "blocks")), strict=False))
    return [pytest.param(slip, layout, marks=[] if quick[slip] == layout else [pytest.mark.slow])
            for slip in slips for layout in ("sheets", "blocks")]


@pytest.mark.slow
@pytest.mark.parametrize(("slip", "layout"), _in_turn(_FILLED))
def test_a_slip_that_is_filled_down_is_blamed_on_its_column(slip: str, layout: str) -> None:
    table, name, told = _FILLED[slip]
    (training,) = audit_trainings(make_table(table, layout)).reports
    wrong = [one for one in training.findings if one.severity == "wrong"]
    sheet, row, column = table_cells(table, 0, layout)[f"{name} 0"]
    assert wrong[0].cells.startswith(f"{letters(column)}{row}:{letters(column)}{row + table.size - 1}"), wrong
    assert {one.sheet for one in wrong} == {f"epoch {n}" for n in (1, 2, 3)} if layout == "sheets" else {sheet}
    assert all(told in one.slip for one in wrong), wrong


_ALONE: dict[str, tuple[Table, tuple[int, str], str]] = {
    "a sample's other input": (LINE, (1, "gs 2"), "2*{e}*{x 1}"),
    "a sample's prediction": (LINE, (1, "p 2"), "{a}+{s}*{x 1}"),
    "a sample's error": (LINE, (1, "sq 3"), "{e 2}^2"),
    "a mean that ends too early": (LINE, (1, "gs!"), "AVERAGE({gs 0}:{gs 3})"),
    "a loss that ends too early": (LINE, (1, "sq!"), "AVERAGE({sq 0}:{sq 3})"),
    "a mean for a sum": (CLASSES, (1, "gw!"), "AVERAGE({gw:})"),
    "products that end too early": (MEANS, (1, "gs!"), "2*SUMPRODUCT({e 0}:{e 3},{x 0}:{x 3})/COUNT({x:})"),
    "an update without its gradient": (LINE, (1, "s'"), "{s}-{rate}"),
    "an update of the other sign": (LINE, (1, "s'"), "{s}+{rate}*{gs!}"),
    "a start that nothing reads": (LINE, (0, "p 0"), "{a}*{x}"),
}


@pytest.mark.parametrize(("slip", "layout"), _in_turn(_ALONE))
def test_a_slip_in_one_cell_of_one_step_is_found_there_and_nowhere_else(slip: str, layout: str) -> None:
    table, (step, name), text = _ALONE[slip]
    cells = table_cells(table, step, layout)
    for other, (_, row, column) in cells.items():
        text = text.replace(f"{{{other}}}", f"{letters(column)}{row}") if " " in other else text
    (training,) = audit_trainings(make_table(table, layout, only={(step, name): text})).reports
    sheet, row, column = cells[name]
    wrong = [(one.sheet, one.cells) for one in training.findings if one.severity == "wrong"]
    assert wrong == [(sheet, f"{letters(column)}{row}")], training.findings


def test_decay_within_a_gradient_is_a_decay() -> None:
    plan = replace(DECAY, updates=LOGISTIC.updates).changed(
        **{f"dE_d{name}": f"{LOGISTIC.formulas[f'dE/d{name}']}+{{l}}*{{{name}}}" for name in ("w1", "w2", "b")})
    assert _audited(plan, "blocks") == ((), "gradient descent with weight decay")


_STRAYS = {
    "another correction": (ADAM.changed(Vh2="{V2}/(1-{b1}^1)"), "Vh2"),
    "an average that is not corrected": (ADAM.changed(w2="{w2}-{rate}*{Mh2}/(SQRT({V2})+{eps})"), "w2"),
    "another square": (RMSPROP.changed(V2="{rho}*{s2}+(1-{rho})*{dE/dw1}^2"), "V2"),
    "an average that another weight left": (RMSPROP.changed(V2="{rho}*{s1}+(1-{rho})*{dE/dw2}^2"), "V2"),
    "the sum of another weight's squares": (ADAGRAD.changed(w2="{w2}-{rate}*{dE/dw2}/SQRT({V1}+{eps})"), "w2"),
    "the rate for the small number": (RMSPROP.changed(w2="{w2}-{rate}*{dE/dw2}/(SQRT({V2})+{rate})"), "w2"),
    "half a slope": (ADAM.changed(dE_dw2="0.5*({p}-{t})*{x2}"), "dE/dw2"),
    "another velocity": (MOMENTUM.changed(w2="{w2}+{n1}"), "w2"),
    "the rate of an average from another cell": (MOMENTUM.changed(
        n1="{mu}*{c1}+(1-{mu})*{dE/dw1}", n2="{mu}*{c2}+(1-{mu})*{dE/dw2}", n3="{mu}*{c3}+(1-{mu})*{dE/db}",
        w1="{w1}-{rate}*{n1}", w2="{w2}-{mu}*{n2}", b="{b}-{rate}*{n3}"), "w2"),
    "a share of a velocity from another cell": (MOMENTUM.changed(n2="{rate}*{c2}-{rate}*{dE/dw2}"), "n2"),
    "a share of a square from another cell": (RMSPROP.changed(V2="{rate}*{s2}+(1-{rate})*{dE/dw2}^2"), "V2"),
    "the other average's share": (ADAM.changed(M2="{b2}*{m2}+(1-{b2})*{dE/dw2}"), "M2"),
    "another weight that shrinks": (ADAMW.changed(w2=f"{ADAM.updates['w2']}-{{rate}}*{{l}}*{{w1}}"), "w2"),
    "a weight that grows": (ADAMW.changed(w2=f"{ADAM.updates['w2']}+{{rate}}*{{l}}*{{w2}}"), "w2"),
    "a velocity uphill": (MOMENTUM.changed(n2="{mu}*{c2}+{rate}*{dE/dw2}"), "n2"),
}


@pytest.mark.slow
@pytest.mark.parametrize("slip", some(_STRAYS, *tuple(_STRAYS)[::2]))
def test_an_update_that_strays_from_the_method_of_the_others_is_blamed(slip: str) -> None:
    plan, name = _STRAYS[slip]
    findings, _ = _audited(plan, "blocks")
    _, address = _place(plan, "blocks", name)
    assert [one.cells.split(", ")[0] for one in findings if one.severity == "wrong"] == [address], findings


def _listed(cells: str) -> Iterable[tuple[int, int]]:
    """The places of the cells that a finding lists: `Z33:Z40, AA33`."""
    for piece in cells.split(", "):
        first, _, last = piece.partition(":")
        (top, column), (bottom, _) = place_of(first), place_of(last or first)
        yield from ((row, column) for row in range(top, bottom + 1))


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows", "blocks"))
def test_what_carries_on_the_velocity_of_another_weight_is_wrong(layout: str) -> None:
    findings, _ = _audited(MOMENTUM.changed(n2="{mu}*{c1}-{rate}*{dE/dw2}"), layout)
    cells, _ = LAYOUTS[layout](MOMENTUM, 3)
    wrong = {(one.sheet, *place) for one in findings if one.severity == "wrong" for place in _listed(one.cells)}
    assert wrong == {cells[step, "n2"] for step in range(3)}, findings
    assert all("uses" in one.slip for one in findings), findings


@pytest.mark.slow
@pytest.mark.parametrize("layout", sweep(LAYOUTS, "columns"))
def test_a_step_is_held_against_the_one_that_is_most_like_it(layout: str) -> None:
    first = {(0, f"V{n}"): f"{{dE/d{name}}}^2" for n, name in enumerate(("w1", "w2", "b"), start=1)}
    assert _audited(ADAGRAD, layout, only=first) == ((), "Adagrad")
    findings, _ = _audited(ADAGRAD, layout, only={**first, (2, "V2"): "{s2}+{dE/dw1}^2"})
    wrong = {(one.sheet, *place) for one in findings if one.severity == "wrong" for place in _listed(one.cells)}
    assert wrong == {LAYOUTS[layout](ADAGRAD, 3)[0][2, "V2"]}, findings


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "sheets"))
def test_what_is_wrong_in_every_step_is_so_after_the_last(layout: str) -> None:
    last = {(3, name): "0" for name in NETWORK.updates}
    plan = NETWORK.changed(D2="{D}*{v2}*{a1}*(1-{a1})")
    assert _audited(NETWORK, layout, steps=4, only=last)[0] == ()
    findings, _ = _audited(plan, layout, steps=4, only=last)
    wrong = {(one.sheet, *place) for one in findings if one.severity == "wrong" for place in _listed(one.cells)}
    assert wrong == {LAYOUTS[layout](plan, 4)[0][step, "D2"] for step in range(4)}, findings


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows", "sheets"))
@pytest.mark.parametrize("plan", [NETWORK, MOMENTUM])
def test_a_parameter_that_is_copied_is_wrong_if_its_gradient_is_computed(plan: Plan, layout: str) -> None:
    copied = plan.changed(b="{b}")
    findings, _ = _audited(copied, layout)
    _, new = LAYOUTS[layout](plan, 3)
    wrong = {(one.sheet, *place) for one in findings if one.severity == "wrong" for place in _listed(one.cells)}
    assert wrong == {new[step, "b"] for step in range(3)}, findings
    assert all("is used by no update" in one.slip for one in findings), findings
    assert _verdict(copied, layout).verdict == "wrong"
    constant = replace(copied, formulas={name: text for name, text in plan.formulas.items()
                                         if name not in ("dE/db", "n3")})
    constant = replace(constant, updates={name: text for name, text in copied.updates.items() if name != "c3"},
                       start={name: number for name, number in copied.start.items() if name != "c3"})
    assert _audited(constant, layout)[0] == ()


def test_a_start_two_rows_above_is_found_among_sums_of_squares() -> None:
    cells, new = LAYOUTS["rows"](ADAGRAD, 5)
    _, row, column = cells[2, "w2"]
    text = f"{letters(column)}{row}-{{rate}}*{{dE/dw2}}/SQRT({{V2}}+{{eps}})"
    found = audit_trainings(make_training(ADAGRAD, "rows", steps=5, only={(3, "w2"): text}))
    wrong = {one.cells for report in found.reports for one in report.findings if one.severity == "wrong"}
    _, row, column = new[3, "w2"]
    assert wrong == {f"{letters(column)}{row}"}, found


@pytest.mark.slow
def test_a_root_that_is_lost_is_not_called_right() -> None:
    findings, _ = _audited(ADAGRAD.changed(w2="{w2}-{rate}*{dE/dw2}/({V2}+{eps})"), "blocks")
    assert {one.severity for one in findings} <= {"undecided", "wrong"}
    assert findings


@pytest.mark.slow
def test_weights_that_decay_differently_are_not_called_right() -> None:
    """Which of the two decays is meant nobody says."""
    findings, _ = _audited(DECAY.changed(w2="{w2}*(1-2*{rate}*{l})-{rate}*{dE/dw2}"), "blocks")
    assert {one.severity for one in findings} == {"undecided"}


def test_a_penalty_with_half_its_slope_is_wrong() -> None:
    """The cell of the loss is what counts, though each weight decays in some way."""
    plan = LOGISTIC.changed(E=f"{LOGISTIC.formulas['E']}+{{l}}*({{w1}}^2+{{w2}}^2)", dE_dw1="({p}-{t})*{x1}+2*{l}*{w1}",
                            dE_dw2="({p}-{t})*{x2}+{l}*{w2}")
    plan = replace(plan, given={**plan.given, "l": 0.3})
    findings, _ = _audited(plan, "blocks")
    _, address = _place(plan, "blocks", "dE/dw2")
    assert [one.cells.split(", ")[0] for one in findings if one.severity == "wrong"] == [address], findings


def test_a_difference_quotient_is_near_the_slope_and_not_called_wrong() -> None:
    """The slope by w1 is exact, that by b over a small number in a cell; one that is only near the slope is told."""
    after = LOGISTIC.formulas["p"].replace("{z}", "({z}+{h})")
    loss = LOGISTIC.formulas["E"].replace("{p}", "{q}")
    plan = replace(LOGISTIC, given={**LOGISTIC.given, "h": 0.001},
                   formulas={**LOGISTIC.formulas, "q": after, "E2": loss, "dE/db": "({E2}-{E})/{h}"})
    findings, _ = _audited(plan, "blocks")
    assert findings == ()
    findings, _ = _audited(plan.changed(dE_db="({E2}-{E})/{h}*(1+{h}/5)"), "blocks")
    assert [one.severity for one in findings] == ["undecided"], findings
    assert "difference quotient" in findings[0].slip
    wrong, _ = _audited(plan.changed(dE_db="2*({E2}-{E})/{h}"), "blocks")
    assert "wrong" in {one.severity for one in wrong}


@pytest.mark.parametrize("layout", ["blocks", "columns"])
def test_a_small_number_by_which_nothing_is_divided_makes_no_quotient(layout: str) -> None:
    plan = replace(NETWORK, given={**NETWORK.given, "t": 0.05}).changed(D2="{D}*{v2}*{a1}*(1-{a1})")
    findings, _ = _audited(plan, layout)
    assert {one.severity for one in findings} == {"wrong"}
    assert all(one.slip.startswith("uses") for one in findings)


def test_a_method_uphill_is_wrong() -> None:
    findings, _ = _audited(MOMENTUM.changed(**{f"n{n}": f"{{mu}}*{{c{n}}}+{{rate}}*{{dE/d{name}}}"
                                               for n, name in enumerate(("w1", "w2", "b"), start=1)}), "blocks")
    assert {(one.severity, one.slip.partition(" along")[0]) for one in findings} == {("wrong", "goes up")}


def test_an_error_with_its_sign_is_no_loss() -> None:
    plan = Plan(given={"rate": 0.1, "x1": 0.5, "d": 0.7}, start={"w0": 0.1, "w1": 0.2},
                formulas={"y": "{w0}+{w1}*{x1}", "e": "{d}-{y}", "E2": "{e}^2"},
                updates={"w0": "{w0}+{rate}*{e}", "w1": "{w1}+{rate}*{e}*{x1}"})
    assert _verdict(plan, "rows").verdict == "right"


def test_what_goes_in_a_circle_is_told() -> None:
    found = audit_trainings(make_table(LINE, only={(1, "e 1"): "{e}-{y}"}))
    assert [(one.severity, one.slip) for one in found.findings] == [
        ("undecided", "not judged: these cells go in a circle")]


@pytest.mark.parametrize("rows", [
    {"B": "0.04*{B}/12", "C": "{D}-500", "D": "{B}+{A}"}, {"B": "{A}^3-2", "C": "3*{A}^2", "D": "{A}-{B}/{C}"}])
def test_what_goes_on_from_row_to_row_is_no_training(rows: dict[str, str]) -> None:
    written: dict[tuple[int, int], str | float] = {(1, n): f"column {n}" for n in range(1, 5)}
    written[2, 1] = 1.5
    for row in range(2, 9):
        for column, text in rows.items():
            text = text.replace("{D}", f"A{row}") if column == "C" else text
            for other in "ABCD":
                text = text.replace(f"{{{other}}}", f"{'A' if other == column else other}{row}")
            written[row, "ABCD".index(column) + 1] = f"={text}"
        written.setdefault((row, 1), f"=D{row - 1}")
    found = audit_trainings(Book("made.xlsx", (Sheet("One", written, {}),), {}))
    assert found.reports == found.findings == ()
    assert "no error, no update" in found.seen()


def _changed(book: Book, cells: dict[tuple[str, int, int], str | float | None]) -> Book:
    """The workbook with other contents in some cells, None for nothing."""
    sheets = []
    for sheet in book.sheets:
        own = {(row, column): content for (name, row, column), content in cells.items() if name == sheet.name}
        written = {**sheet.written, **own}
        sheets.append(Sheet(sheet.name, {place: c for place, c in written.items() if c is not None}, sheet.stored))
    return Book(book.path, tuple(sheets), {})


def _of(book: Book) -> Report:
    return audit_cells(book, (load_walkthrough("kanungo").network,))


@pytest.mark.parametrize("layout", ["blocks", "rows"])
@pytest.mark.parametrize("name", ["dE/dw1", "D1", "a1", "p", "new"])
def test_what_is_left_empty_is_said_and_blames_nothing(name: str, layout: str) -> None:
    cells, new = LAYOUTS[layout](NETWORK, 3)
    empty = [new[step, "w1"] if name == "new" else cells[step, name] for step in range(3)]
    report = _of(_changed(make_training(NETWORK, layout), dict.fromkeys(empty)))
    assert report.verdict == "incomplete"
    assert not [f for f in report.all_findings if f.severity == "wrong"], report.reason
    assert name == "p" or "nothing there" in report.reason


def test_a_start_that_was_pasted_from_the_wrong_step_is_found() -> None:
    """Three steps side by side; the starts are typed, as the results before were stored."""
    cells, new = LAYOUTS["blocks"](LOGISTIC, 3)
    stored: dict[tuple[int, int], float] = {}
    typed: dict[tuple[str, int, int], str | float | None] = {}
    for step in range(3):
        for place, name in enumerate(LOGISTIC.start):
            _, row, column = new[step, name]
            stored[row, column] = 0.1234567 * (step + 1) + place
            if step:
                typed[cells[step, name]] = 0.1234567 * step + place
    right = _changed(make_training(LOGISTIC, "blocks"), typed)
    right = Book(right.path, tuple(Sheet(s.name, s.written, stored) for s in right.sheets), {})
    (training,) = audit_trainings(right).reports
    assert training.steps == 3
    _, row, column = stale = cells[2, "b"]
    (training,) = audit_trainings(_changed(right, {stale: 0.1234567 + 7})).reports
    wrong = [(f.cells, f.slip.partition(" in ")[0]) for f in training.findings if f.kind == "update"]
    assert wrong == [(f"{letters(column)}{row}", "is not the new value")]


def test_a_rate_that_slides_into_empty_cells_is_not_anchored() -> None:
    written: dict[tuple[int, int], str | float] = {(1, 5): "rate", (2, 5): 0.1, (1, 1): "x", (1, 2): "f", (2, 1): 3.0}
    for row in range(2, 12):
        written |= {(row, 2): f"=A{row}^2-4*A{row}", (row, 3): f"=2*A{row}-4"}
        written[row + 1, 1] = f"=A{row}-E{row}*C{row}"
    report = _of(Book("made.xlsx", (Sheet("One", written, {}),), {}))
    assert [(f.severity, f.kind, f.cells) for f in report.all_findings] == [("wrong", "anchor", "A4:A12")]
    anchored = {place: text.replace(f"-E{place[0] - 1}*", "-$E$2*") if isinstance(text, str) else text
                for place, text in written.items()}
    assert _of(Book("made.xlsx", (Sheet("One", anchored, {}),), {})).verdict == "right"


def _adaline(step: str = "={rate}*G{r}*B{r}") -> Report:
    """A linear unit, sample after sample, the squares of a whole round in one cell beside the first."""
    head = "rate | 0.1", "", "x1 | x2 | d | w1 | w2 | net | error | dw1 | dw2 | | sum of squared errors"
    lines = []
    for r in range(4, 16):
        starts = " | ".join(f"={w}{r - 1}+{dw}{r - 1}" for w, dw in ("DH", "EI")) if r > 4 else "0.2 | -0.1"
        made = f"=D{r}*A{r}+E{r}*B{r} | =C{r}-F{r} | =$B$1*G{r}*A{r} | {step.format(rate='$B$1', r=r)}"
        lines.append(f"{(-1) ** r} | {(-1) ** (r // 2)} | {1 - 2 * (r % 4 == 2)} | {starts} | {made}"
                     + (" | | =SUMSQ($G$4:$G$15)" if r == 4 else ""))
    return _rows("Unit", (*head, *lines))


def test_the_squares_of_a_round_are_no_loss_of_its_steps() -> None:
    assert _adaline().verdict == "right"
    (finding,) = _adaline("={rate}*G{r}*A{r}").all_findings[:1]
    assert (finding.severity, finding.cells.split(":")[0]) == ("wrong", "I4")
    assert "uses A4" in finding.slip


@pytest.mark.parametrize("layout", sweep(LAYOUTS, "rows"))
def test_a_loss_in_a_cell_tells_which_steps_are_meant(layout: str) -> None:
    plan = replace(LOGISTIC, formulas={
        **LOGISTIC.formulas, "E": "({p}-{t})^2/2", "D": "({p}-{t})*{p}*(1-{p})", "dE/dw1": "{D}*{x1}",
        "dE/dw2": "{D}*{x2}", "dE/db": "{D}*1"})
    assert _audited(plan, layout) == ((), "gradient descent")
    others = {(step, "D"): "{p}-{t}" for step in range(1, 6)}
    (training,) = audit_trainings(make_training(plan, layout, 6, only=others)).reports
    wrong = _cells_of(one for one in training.findings if one.severity == "wrong")
    cells, _ = LAYOUTS[layout](plan, 6)
    assert wrong == {Cell(*cells[n, "D"]) for n in range(1, 6)}, training.findings


def test_one_step_of_a_rule_that_compares_with_another_target_is_found() -> None:
    book = make_training(PERCEPTRON, "rows", steps=9)
    cells, _ = LAYOUTS["rows"](PERCEPTRON, 9)
    (sheet, row, column), above = cells[5, "err"], cells[4, "t"]
    text = str(book.sheets[0].written[row, column])
    own = f"{letters(cells[5, 't'][2])}{cells[5, 't'][1]}"
    (training,) = audit_trainings(_changed(book, {
        (sheet, row, column): text.replace(own, f"{letters(above[2])}{above[1]}")})).reports
    assert [(f.severity, f.cells) for f in training.findings] == [("wrong", f"{letters(column)}{row}")]


@pytest.mark.parametrize(("curvature", "verdict"), [("12*A{row}^2-18*A{row}", "right"), ("12*A{row}-18", "wrong")])
def test_the_method_of_newton_divides_by_the_slope_of_the_slope(curvature: str, verdict: str) -> None:
    written: dict[tuple[int, int], str | float] = {(1, 1): "x", (2, 1): 4.0}
    for row in range(2, 8):
        written |= {(row, 2): f"=A{row}^4-3*A{row}^3+2", (row, 3): f"=4*A{row}^3-9*A{row}^2",
                    (row, 4): "=" + curvature.format(row=row), (row + 1, 1): f"=A{row}-C{row}/D{row}"}
    report = _of(Book("made.xlsx", (Sheet("One", written, {}),), {}))
    assert (report.verdict, [t.method for t in report.trainings]) == (verdict, ["Newton's method"])
    assert {one.cells for one in report.all_findings} == ({"D2:D7"} if verdict == "wrong" else set())


@pytest.mark.parametrize("layout", ["blocks", "rows"])
def test_marks_made_of_the_number_of_a_class_are_marks(layout: str) -> None:
    given = {name: number for name, number in SOFTMAX.given.items() if not name.startswith("t")}
    marks = {f"t{n}": f"IF({{class}}={n},1,0)" for n in (1, 2, 3)}
    plan = replace(SOFTMAX, given={**given, "class": 2}, formulas={**marks, **SOFTMAX.formulas}).relabelled()
    assert _verdict(plan, layout).verdict == "right"
    slip = _verdict(plan.changed(dE_dw3="({p2}-{t3})*{x}"), layout)
    assert slip.verdict == "wrong"


class TestLibreOffice:
    """Every formula of the fixtures, computed by LibreOffice, is what our reading of it gives."""

    pytestmark = [*needs_libreoffice, pytest.mark.slow]  # noqa: RUF012

    @pytest.mark.parametrize("plan", [*PLANS, *_METHODS])
    def test_what_it_computes_is_what_is_read(self, plan: str, tmp_path: Path) -> None:
        made = {**PLANS, **_METHODS}[plan]
        path = save(make_training(made, "sheets"), tmp_path / "made.xlsx")
        book = open_book(recalculate(path, tmp_path / "computed"))
        assert all(dict(sheet.formulas()).keys() <= sheet.stored.keys() for sheet in book.sheets)
        found = audit_trainings(book)
        assert found.findings == ()
        assert [f for report in found.reports for f in report.findings] == []


def _delta_rule(second: str = "=0.1*H{r}*B{r}") -> Report:
    """A linear unit, sample after sample, four a round under headings of its own: `w + dw`, the rate within dw."""
    cells: dict[tuple[int, int], str | float] = {}
    before = 0
    for top in (4, 12, 20):
        heads = ("x1", "x2", "d", "w1", "w2", "w0", "net", "error d-y", "error^2", "dw1", "dw2", "dw0")
        cells |= {(top - 1, 1): f"Round {top // 8 + 1}"} | {(top, place): head for place, head in enumerate(heads, 1)}
        for row, (x1, x2, d) in enumerate(((1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, -1)), top + 1):
            start = [f"={w}{before}+{dw}{before}" for w, dw in zip("DEF", "JKL", strict=True)]
            start = start if before else [0.2, -0.1, 0.3]
            made = ("=A{r}*D{r}+B{r}*E{r}+F{r}", "=C{r}-G{r}", "=H{r}^2", "=0.1*H{r}*A{r}", second, "=0.1*H{r}")
            line = (x1, x2, d, *start, *(text.format(r=row) for text in made))
            cells |= {(row, place): content for place, content in enumerate(line, 1)}
            before = row
    cells |= {(29, place): f"={w}{before}+{dw}{before}" for place, w, dw in zip((4, 5, 6), "DEF", "JKL", strict=True)}
    return audit_cells(Book("made.xlsx", (Sheet("One", cells, {}),), {}), (load_walkthrough("kanungo").network,))


def test_what_no_table_explains_is_right_where_the_graph_proves_it() -> None:
    report = _delta_rule()
    assert (report.verdict, report.tables) == ("right", ()), report.all_findings
    assert "wrong" in {one.severity for one in _delta_rule("=0.1*H{r}*A{r}").all_findings}


def _descent(first: str = "=SUMPRODUCT(E{r}+F{r}*$A$2:$A$7-$B$2:$B$7)/6", epochs: int = 9) -> Report:
    """A line through samples in two columns, one epoch a row beside them, sums within cells; `first` is a gradient."""
    cells: dict[tuple[int, int], str | float] = {
        (1, place): head for place, head in enumerate(("x", "y", "rate", "epoch", "a", "s", "cost", "da", "ds"), 1)}
    for row, (x, y) in enumerate(((1, 2.3), (2, 3.1), (2.5, 4), (3, 4.2), (4, 5.9), (4.5, 6.1)), 2):
        cells |= {(row, 1): x, (row, 2): y}
    cells |= {(2, 3): 0.04, (2, 5): 0.1, (2, 6): 0.5}
    for row in range(2, 2 + epochs):
        texts = ("=SUMPRODUCT((E{r}+F{r}*$A$2:$A$7-$B$2:$B$7)^2)/12", first,
                 "=SUMPRODUCT((E{r}+F{r}*$A$2:$A$7-$B$2:$B$7)*$A$2:$A$7)/6")
        cells |= {(row, 7 + place): text.format(r=row, s=row + 5, t=row - 1) for place, text in enumerate(texts)}
        cells |= {(row + 1, 5): f"=E{row}-$C$2*H{row}", (row + 1, 6): f"=F{row}-$C$2*I{row}"}
    return audit_cells(Book("made.xlsx", (Sheet("One", cells, {}),), {}), (load_walkthrough("kanungo").network,))


@pytest.mark.slow
@pytest.mark.parametrize(("first", "cells", "told"), [
    ("=SUMPRODUCT(E{r}+F{r}*$A$2:$A$7-B{r}:B{s})/6", "H3:H10",
     "is filled from H2 on, and B2:B7 slides away for want of a $"),
    ("=SUMPRODUCT(E{r}+F{r}*$A$2:$A$7-$B$2:$B$7)", "H2:H10", "is 6 times the slope of"),
    ("=SUMPRODUCT(E{r}+F{r}*$A$2:$A$6-$B$2:$B$6)/6", "H2:H10", "belongs"),
    ("=SUMPRODUCT(E{r}+F{r}*$B$2:$B$7-$B$2:$B$7)/6", "H2:H10", "uses B2:B7 where A2:A7 belongs, in one place"),
])
def test_what_a_sum_within_a_cell_reads_is_held_against_all_rows(first: str, cells: str, told: str) -> None:
    (finding,) = _descent(first).all_findings
    assert (finding.severity, finding.cells) == ("wrong", cells), finding
    assert told in finding.slip
    assert _descent().all_findings == ()


def _gates(second: str = "=$D$1*J{r}*C{r}") -> Report:
    """A threshold unit that learns AND on one sheet and OR on another, four samples an epoch; `second` is a step."""
    heads = ("sample", "x1", "x2", "target", "w1", "w2", "bias", "sum", "output", "error", "dw1", "dw2", "db")
    sheets = []
    for name, target in (("AND", min), ("OR", max)):
        cells: dict[tuple[int, int], str | float] = {(3, place): head for place, head in enumerate(heads, 1)}
        cells |= {(1, 1): "rate", (1, 4): 0.1}
        before = 0
        for top in range(4, 49, 5):
            cells[top, 1] = f"epoch {top // 5 + 1}"
            for row, (x1, x2) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)), top + 1):
                start = [f"={w}{before}+{dw}{before}" for w, dw in zip("EFG", "KLM", strict=True)]
                made = ("=E{r}*B{r}+F{r}*C{r}+G{r}", "=IF(H{r}>0,1,0)", "=D{r}-I{r}", "=$D$1*J{r}*B{r}", second,
                        "=$D$1*J{r}")
                line = (row - top, x1, x2, target(x1, x2), *(start if before else (0.25, -0.15, 0.07)),
                        *(text.format(r=row) for text in made))
                cells |= {(row, place): content for place, content in enumerate(line, 1)}
                before = row
        sheets.append(Sheet(name, cells, {}))
    return _of(Book("made.xlsx", tuple(sheets), {}))


@pytest.mark.slow
def test_marks_of_samples_are_no_values_of_the_formulas_beside_them() -> None:
    """Nor does a second unit go on from the first, for it starts from the same numbers."""
    report = _gates()
    assert report.verdict == "right", report.all_findings
    assert [one.sheets for one in report.trainings] == [("AND",), ("OR",)]
    wrong = {(one.sheet, one.cells[:1]) for one in _gates("=$D$1*J{r}*B{r}").all_findings if one.severity == "wrong"}
    assert wrong == {("AND", "L"), ("OR", "L")}


def _marks_across(second: str = "=SUMPRODUCT(B24:E24,B$2:E$2)") -> Report:
    """Softmax over three classes, the samples in columns, one step; `second` is a gradient."""
    cells: dict[tuple[int, int], str | float] = {(1, 1): "rate", (1, 2): 0.2}
    for place, (x, mark) in enumerate(((0.7, 0), (-0.4, 2), (1.2, 2), (0.3, 1)), 2):
        column = letters(place)
        cells |= {(2, place): x} | {(4 + n, place): float(n == mark) for n in range(3)}
        for n in range(3):
            cells |= {(8 + n, place): f"=$G{4 + n}*{column}$2+$H{4 + n}", (12 + n, place): f"=EXP({column}{8 + n})",
                      (17 + n, place): f"={column}{12 + n}/{column}$15",
                      (23 + n, place): f"=({column}{17 + n}-{column}{4 + n})/4"}
        cells |= {(15, place): f"=SUM({column}12:{column}14)",
                  (21, place): f"=-LN(SUMPRODUCT({column}17:{column}19,{column}4:{column}6))"}
    cells |= {(22, 1): "loss", (22, 2): "=AVERAGE(B21:E21)"}
    for n in range(3):
        own = "=SUMPRODUCT(B{r}:E{r},B$2:E$2)".format(r=23 + n)
        cells |= {(4 + n, 7): 0.3 - 0.2 * n, (4 + n, 8): 0.1 * n, (23 + n, 7): second if n == 1 else own,
                  (23 + n, 8): f"=SUM(B{23 + n}:E{23 + n})"}
        cells |= {(28 + n, place): f"={letter}{4 + n}-$B$1*{letter}{23 + n}" for place, letter in ((7, "G"), (8, "H"))}
    return _of(Book("made.xlsx", (Sheet("One", cells, {}),), {}))


@pytest.mark.slow
def test_marks_whose_samples_stand_in_columns_are_marks() -> None:
    assert _marks_across().verdict == "right"
    (finding,) = _marks_across("=SUMPRODUCT(B25:E25,B$2:E$2)").all_findings
    assert (finding.severity, finding.cells) == ("wrong", "G24")


def _rows(title: str, rows: Iterable[str]) -> Report:
    """The audit of lines of cells, a bar between them, from A1 on."""
    written: dict[tuple[int, int], str | float] = {}
    for row, line in enumerate(rows, start=1):
        for column, content in enumerate(map(str.strip, line.split("|")), start=1):
            if content:
                written[row, column] = float(content) if content.lstrip("-").replace(".", "").isdigit() else content
    return _of(Book("made.xlsx", (Sheet(title, written, {}),), {}))


def test_a_factor_that_is_a_typed_one_is_no_slip() -> None:
    """The slope of w*x + b by b stands in a column, and is 1."""
    head = "rate | 0.1", "", "w | b | x | y | z | z by w | z by b | a | a by w | a by b | L | L by w | L by b"
    first = "0.5 | 0.1 | 0.6 | 0.3"
    then = "=A{p}-$B$1*L{p} | =B{p}-$B$1*M{p} | 0.6 | 0.3"
    same = ("=A{r}*C{r}+B{r} | =C{r} | 1 | =1/(1+EXP(-E{r})) | =H{r}*(1-H{r})*F{r} | =H{r}*(1-H{r})*G{r} "
            "| =(H{r}-D{r})^2 | =2*(H{r}-D{r})*I{r} | =2*(H{r}-D{r})*J{r}")
    lines = [f"{then if row > 4 else first} | {same}".format(r=row, p=row - 1) for row in range(4, 10)]
    assert _rows("Dual", (*head, *lines)).verdict == "right"
    lost = [line.replace("*J", "*E") for line in lines]
    assert _rows("Dual", (*head, *lost)).verdict == "wrong"


def test_an_error_that_is_left_after_its_step_is_no_slip() -> None:
    head = "share | 0.2", "", "z | before | x | err"
    lines = [f"{0.9 + row % 3 / 10} | {f'=C{row - 1}' if row > 4 else '0.1'} | =B{row}+$B$1*(A{row}-B{row}) "
             f"| =(A{row}-C{row})^2" for row in range(4, 12)]
    assert "wrong" not in {one.severity for one in _rows("Filter", (*head, *lines)).all_findings}


@pytest.mark.parametrize(("delta", "errors", "told"), [
    ("(F3:F5-D3:D5)*(1-F3:F5^2)", "I3:I5", ""),
    ("(F3:F5-D3:D5)*(1-F3:F5^2)", "F3:F5", "uses F3:F5 where I3:I5 belongs"),
    ("(F3:F5-D3:D5)*(1-F3:F5)", "I3:I5", "uses F3 (p) where its square belongs, in one place")])
def test_a_slip_in_an_array_is_one_slip_whether_or_not_it_leaves_another_unread(
        delta: str, errors: str, told: str) -> None:
    def array(formula: str, rows: int) -> list[str]:
        return [f"=INDEX({formula},{row},1)" for row in range(1, rows + 1)]

    lines = [[x, y, "", t, "", p, "", "", e] for x, y, t, p, e in zip(
        "123", "425", "132", array("TANH(MMULT(A3:B5,A7:A8))", 3), array(delta, 3), strict=True)]
    slopes = array(f"MMULT(TRANSPOSE(A3:B5),{errors})", 2)
    steps = [[w, "", g, "", f"=A{row}-$B$1*C{row}"] for row, w, g in zip((7, 8), ("0.1", "0.2"), slopes, strict=True)]
    report = _rows("One", ("rate | 0.05 | loss | =SUMXMY2(F3:F5,D3:D5)/2", "x | y | | t | | p | | | e",
                           *map(" | ".join, lines), "w | | slope | | new w", *map(" | ".join, steps)))
    assert report.verdict == ("wrong" if told else "right"), report.reason
    assert report.reason.endswith(told)


def test_a_mean_of_errors_with_a_decay_is_no_next_value() -> None:
    mean = {name: text.replace("2*(", "(", 1) for name, text in WITHIN.formulas.items()}
    mean |= {"E": WITHIN.formulas["E"].replace(")/4", ")/8"), "dE/da": f"{mean['dE/da']}+{{l}}*{{a}}"}
    plan = replace(WITHIN, given={**WITHIN.given, "l": 0.1}, formulas=mean)
    assert _audited(plan, "rows") == ((), "gradient descent with weight decay")


def test_an_error_that_no_weight_reaches_judges_no_gradient() -> None:
    """The net values are typed, so nothing tells what the error is computed from."""
    head = "alpha | 0.1", "", "x1 | x2 | t | net | t-net | dw1 | dw2 | w1 | w2 | E"
    lines = [f"1 | 2 | 1 | 0.{row} | =C{row}-D{row} | =$B$1*E{row}*A{row} | =$B$1*E{row}*B{row} | =H{row - 1}+F{row} "
             f"| =I{row - 1}+G{row} | =E{row}^2" for row in range(5, 9)]
    report = _rows("Adaline", (*head, " | | | | | | | 0.2 | 0.2", *lines))
    assert report.verdict == "incomplete"
    assert "wrong" not in {one.severity for one in report.all_findings}


_UNKNOWN = {"{r}=\"\"": None, "ISBLANK({r})": None, "NOT(ISNUMBER({r}))": "?", "{r}=\"?\"": "?", "{r}=0": None}
"""How a formula asks whether a rating is known, and what stands where it is not."""


def _factorised(test: str, unknown: str | None, slip: bool = False) -> Report:
    """Two users and three films, one factor each; two ratings are unknown; one step a row."""
    rated = [["5", "3", unknown or ""], ["4", unknown or "", "1"]]
    lines = ["rate | 0.01", *(" | ".join(line) for line in rated), "",
             "p1 | p2 | q1 | q2 | q3 | e11 | e12 | e13 | e21 | e22 | e23 | E"]
    for row in range(6, 10):
        p, film = "AB", "CDE"
        errors = [[f"{'FGHIJK'[3 * u + f]}{{r}}" for f in range(3)] for u in range(2)]
        start = ["0.5", "0.8", "0.9", "0.4", "0.7"] if row == 6 else [
            *(f"={p[u]}{{b}}+$B$1*(" + "+".join(f"{errors[u][f]}*{film[f]}{{r}}" for f in range(3)) + ")"
              for u in range(2)),
            *(f"={film[f]}{{b}}+$B$1*(" + "+".join(
                f"{errors[u][f]}*{p[1 if slip and f == 1 else u]}{{r}}" for u in range(2)) + ")" for f in range(3))]
        start = [one.replace("{r}", f"{row - 1}").replace("{b}", f"{row - 1}") for one in start]
        asked = [f"=IF({test.format(r=f'${film_column}${2 + u}')},0,${film_column}${2 + u}-{p[u]}{row}*{film[f]}{row})"
                 for u in range(2) for f, film_column in enumerate("ABC")]
        lines.append(" | ".join([*start, *asked, f"=0.5*SUMSQ(F{row}:K{row})"]))
    return _rows("Ratings", lines)


@pytest.mark.slow
@pytest.mark.parametrize(("test", "unknown"), _UNKNOWN.items())
def test_what_is_asked_for_a_text_or_for_nothing_is_known(test: str, unknown: str | None) -> None:
    assert _factorised(test, unknown).verdict == "right"
    wrong = _cells_of(one for one in _factorised(test, unknown, slip=True).all_findings if one.severity == "wrong")
    assert wrong == {Cell("Ratings", row, 4) for row in range(7, 10)}


def test_what_no_slip_explains_in_a_table_is_asked_of_the_graph() -> None:
    """A table's gradient by central differences is not its derivative, and right."""
    near = {"E": "A{r}", "F": "A{r}+$D$1", "G": "A{r}-$D$1"}
    loss = {letter: f"=(({one})*EXP(B{{r}}*0.5)-1.1)^2+(({one})*EXP(B{{r}}*1.5)-1.9)^2" for letter, one in near.items()}
    lines = []
    for row in range(4, 9):
        start = "=A{p}-$B$1*C{p} | =B{p}-$B$1*D{p}" if row > 4 else "0.8 | 0.4"
        exact = "+".join(f"2*(A{{r}}*EXP(B{{r}}*{x})-{y})*A{{r}}*{x}*EXP(B{{r}}*{x})"
                         for x, y in ((0.5, 1.1), (1.5, 1.9)))
        lines.append(f"{start} | =(F{{r}}-G{{r}})/(2*$D$1) | ={exact} | {loss['E']} | {loss['F']} | {loss['G']}".format(
            r=row, p=row - 1))
    head = "rate | 0.05 | h | 0.001", "", "w1 | w2 | dE/dw1 | dE/dw2 | E | E ahead | E behind"
    assert _rows("Near", (*head, *lines)).verdict == "right"
    half = [line.replace("/(2*$D$1)", "/$D$1") for line in lines]
    assert _rows("Near", (*head, *half)).verdict == "wrong"


def _looked_up(slope: str = "=SUMPRODUCT({p}5:{p}8,{v}5:{v}8)", row: str = "centre") -> Report:
    """Two steps beside each other, each of one word that is looked up by its name; its row alone is stepped."""
    cells: dict[tuple[int, int], str | float] = {(1, 1): "rate", (1, 2): 0.5}
    words = ("king", "queen", "man", "apple")
    for step, (centre, context) in enumerate((("king", "queen"), ("man", "king"))):
        w, e, v, u, p, d = (letters(1 + 8 * step + n) for n in range(6))
        at = {letter: 1 + 8 * step + n for n, letter in enumerate((w, e, v, u, p, d))}
        asked = {"centre": f"${e}$2", "context": f"${e}$3"}
        cells |= {(2, at[w]): "centre", (2, at[e]): centre, (3, at[w]): "context", (3, at[e]): context}
        cells[10, at[e]] = f"=INDEX({e}5:{e}8,MATCH({asked['centre']},{w}5:{w}8,0))"
        cells[11, at[e]] = f"=-LN(INDEX({p}5:{p}8,MATCH({asked['context']},{w}5:{w}8,0)))"
        cells[12, at[e]] = slope.format(p=d, v=v)
        for n, word in enumerate(words):
            r = 5 + n
            cells |= {(r, at[w]): word, (r, at[e]): f"=B{20 + n}" if step else 0.1 * n - 0.2,
                      (r, at[v]): f"=C{20 + n}" if step else 0.3 - 0.1 * n,
                      (r, at[u]): f"=EXP({v}{r}*{e}$10)", (r, at[p]): f"={u}{r}/SUM({u}$5:{u}$8)",
                      (r, at[d]): f"={p}{r}-IF({w}{r}={asked['context']},1,0)",
                      (20 + n, at[e]): f"=IF({w}{r}={asked[row]},{e}{r}-$B$1*{e}$12,{e}{r})",
                      (20 + n, at[v]): f"={v}{r}-$B$1*{d}{r}*{e}$10"}
    return _of(Book("made.xlsx", (Sheet("One", cells, {}),), {}))


@pytest.mark.slow
def test_what_is_looked_up_by_its_name_is_stepped_alone() -> None:
    assert _looked_up().verdict == "right"
    wrong = [one for one in _looked_up("=SUMPRODUCT({p}5:{p}8,{p}5:{p}8)").all_findings if one.severity == "wrong"]
    assert [one.cells for one in wrong] == ["B12, J12"], wrong
    assert _looked_up(row="context").verdict == "wrong"  # in one step the look-up may be meant otherwise as well


def test_classes_named_by_texts_may_be_copied_from_step_to_step() -> None:
    """Two classes by their names, copied into the second step: w goes up where it should go down, in both."""
    def report(sign: str) -> Report:
        cells: dict[tuple[int, int], str | float] = {(1, 1): "rate", (1, 2): 0.5}
        for top in (3, 13):
            last = top + 5
            cells |= {(top, 1): f"=A{top - 1}" if top > 3 else 0.2, (top, 2): f"=B{top - 1}" if top > 3 else 0.1}
            for n, (x, name) in enumerate(((0.3, "yes"), (0.8, "no"), (-0.4, "no"), (1.2, "yes")), top + 2):
                cells |= {(n, 1): f"=A{n - 10}" if top > 3 else x, (n, 2): f"=B{n - 10}" if top > 3 else name,
                          (n, 3): f"=1/(1+EXP(-($A${top}*A{n}+$B${top})))", (n, 4): f'=C{n}-IF(B{n}="yes",1,0)',
                          (n, 5): f'=-LN(IF(B{n}="yes",C{n},1-C{n}))'}
            cells |= {(top + 7, 5): f"=SUM(E{top + 2}:E{last})",
                      (top + 7, 1): f"=SUMPRODUCT(D{top + 2}:D{last},A{top + 2}:A{last})",
                      (top + 7, 2): f"=SUM(D{top + 2}:D{last})",
                      (top + 9, 1): f"=A{top}{sign}$B$1*A{top + 7}", (top + 9, 2): f"=B{top}-$B$1*B{top + 7}"}
        return _of(Book("made.xlsx", (Sheet("One", cells, {}),), {}))

    assert report("-").verdict == "right"
    assert [one.cells for one in report("+").all_findings] == ["A12, A22"]

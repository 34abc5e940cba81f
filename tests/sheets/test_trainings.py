"""The audit of trainings in any layout: what is right is right in all, and a slip is the same slip in all."""

from pathlib import Path

import pytest

from derive.walkthrough import load_walkthrough
from sheets.auditing.auditing import audit_cells
from sheets.auditing.findings import Finding, Report
from sheets.auditing.package import open_book
from sheets.auditing.training.trainings import audit_trainings

from .oracle import needs_libreoffice, recalculate
from .trainings import (
    ADAM,
    DECAY,
    LAYOUTS,
    LOGISTIC,
    MOMENTUM,
    NETWORK,
    PERCEPTRON,
    PLANS,
    REGRESSION,
    SOFTMAX,
    Plan,
    make_training,
)
from .worksheets import save


def _audited(plan: Plan, layout: str, **made: object) -> tuple[tuple[Finding, ...], str]:
    """What the graph says of a plan, and the method; every training of it is one."""
    found = audit_trainings(make_training(plan, layout, **made))  # type: ignore[arg-type]
    (training,) = found.reports
    assert found.findings == ()
    return training.findings, training.method


_SOME = [("a network", "blocks"), ("linear regression", "sheets"), ("softmax", "columns"), ("a perceptron", "rows"),
         ("a network with ReLU", "rows"), ("logistic regression", "blocks"), ("gradients within the updates", "sheets"),
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
    "another rate": (NETWORK.changed(v1="{v1}-{t}*{dE/dv1}"), "v1", "for the learning rate"),
    "half a gradient": (REGRESSION.changed(dE_ds="(" + "+".join(f"{{e{n}}}*{{x{n}}}" for n in range(1, 5)) + ")/4"),
                        "dE/ds", "half"),
    "a sample's other input": (
        REGRESSION.changed(dE_ds="2*({e1}*{x1}+{e2}*{x1}+{e3}*{x3}+{e4}*{x4})/4"), "dE/ds", "uses"),
    "LOG for LN": (LOGISTIC.changed(E="-{t}*LOG({p})-(1-{t})*LOG(1-{p})"), "E", "base 10"),
    "a forward pass with a wrong input": (
        NETWORK.changed(h2="{w3}*{i1}+{w4}*{i1}+{b}"), "dE/dw4", "; or, in"),  # either of the two is meant otherwise
    "another class": (SOFTMAX.changed(dE_dw3="({p2}-{t3})*{x}"), "dE/dw3", "uses"),
}
_FEW = {("another unit's activation", "blocks"), ("lost brackets", "rows"),
        ("an update uphill", "columns"), ("LOG for LN", "blocks"), ("half a gradient", "sheets"),
        ("another rate", "blocks")}
_EVERY = [pytest.param(slip, layout, marks=[] if (slip, layout) in _FEW else [pytest.mark.slow])
          for slip in _SLIPS for layout in LAYOUTS]


def _place(plan: Plan, layout: str, name: str) -> tuple[str, str]:
    from sheets.cells import letters

    cells, new = LAYOUTS[layout](plan, 3)
    sheet, row, column = new[0, name] if name in plan.start else cells[0, name]
    return sheet, f"{letters(column)}{row}"


@pytest.mark.parametrize(("slip", "layout"), _EVERY)
def test_a_slip_is_found_where_it_is_in_every_layout(slip: str, layout: str) -> None:
    plan, name, told = _SLIPS[slip]
    findings, _ = _audited(plan, layout)
    wrong = [f for f in findings if f.severity == "wrong"]
    sheet, address = _place(plan, layout, name)
    first = [f for f in wrong if f.sheet == sheet]
    assert [f.cells.replace(":", ", ").split(", ")[0] for f in first] == [address], [(f.cells, f.slip) for f in wrong]
    assert all(told in f.slip for f in wrong), wrong


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


_METHODS = {"gradient descent with momentum": MOMENTUM, "gradient descent with weight decay": DECAY, "Adam": ADAM}


@pytest.mark.parametrize("layout", ["rows", "sheets"])
@pytest.mark.parametrize("method", _METHODS)
def test_other_methods_are_known_by_what_they_compute(method: str, layout: str) -> None:
    assert _audited(_METHODS[method], layout) == ((), method)


def test_a_cause_is_told_with_what_follows_from_it() -> None:
    findings, _ = _audited(NETWORK.changed(D2="{D}*{v2}*{a1}*(1-{a1})"), "sheets", steps=1)
    (finding,) = findings
    assert len(finding.follows) >= 4  # the slopes of w3 and w4, and their new values
    assert finding.expected.startswith("=")


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


class TestLibreOffice:
    """Every formula of the fixtures, computed by LibreOffice, is what our reading of it gives."""

    pytestmark = [*needs_libreoffice, pytest.mark.slow]  # noqa: RUF012

    @pytest.mark.parametrize("plan", [*PLANS, *_METHODS])
    def test_what_it_computes_is_what_is_read(self, plan: str, tmp_path: Path) -> None:
        made = {**PLANS, **_METHODS}[plan]
        path = save(make_training(made, "sheets"), tmp_path / "made.xlsx")
        book = open_book(recalculate(path, tmp_path / "computed"))
        assert all(len(sheet.stored) > 5 for sheet in book.sheets)
        found = audit_trainings(book)
        assert found.findings == ()
        assert [f for report in found.reports for f in report.findings] == []

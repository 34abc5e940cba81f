"""Trainings row by row as people type them: each kind right, and with one slip of the hand."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from derive.walkthrough import load_walkthrough
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import Report

Given = Mapping[tuple[int, int], str | float]
Columns = Mapping[str, tuple[float | None, str]]
"""By its header what a column starts with, None where its formula does; `{r}` is a row, `{p}` that above."""

_RATE: Given = {(1, 1): "rate", (1, 2): 0.05}
_ROWS = 7


def _line(given: Given, first: int) -> Given:
    """Samples below each other, x and y."""
    return given | {(first + n, place): float(number) for n, sample in enumerate(
        ((0.5, 0), (1.2, 0), (1.9, 1), (2.4, 0), (3.3, 1), (3.8, 1))) for place, number in enumerate(sample, 1)}


_X, _Y, _P = "$A$20:$A$25", "$B$20:$B$25", "1/(1+EXP(-(A{r}+B{r}*$A$20:$A$25)))"
_LIKELIHOOD: Columns = {
    "b0": (0.1, "A{p}+$B$1*D{p}"), "b1": (0.0, "B{p}+$B$1*E{p}"),
    "how likely": (None, f"SUMPRODUCT({_Y}*LN({_P})+(1-{_Y})*LN(1-{_P}))"),
    "by b0": (None, f"SUMPRODUCT({_Y}-{_P})"), "by b1": (None, f"SUMPRODUCT(({_Y}-{_P})*{_X})")}
_COUNTS: Columns = {
    "b0": (0.0, "A{p}-$B$1*F{p}"), "b1": (0.1, "B{p}-$B$1*G{p}"), "mu1": (None, "EXP(A{r}+B{r}*$A$20)"),
    "mu2": (None, "EXP(A{r}+B{r}*$A$21)"), "D": (None, "C{r}-3*LN(C{r})+D{r}-5*LN(D{r})"),
    "by b0": (None, "(C{r}-3)+(D{r}-5)"), "by b1": (None, "(C{r}-3)*$A$20+(D{r}-5)*$A$21")}
_BOWL: Columns = {
    "x": (5.0, "A{p}-$B$1*F{r}"), "y": (2.0, "B{p}-$B$1*G{r}"), "f": (None, "A{r}^2+10*B{r}^2"),
    "fx": (None, "2*A{r}"), "fy": (None, "20*B{r}"), "vx": (0.0, "0.9*F{p}+D{p}"), "vy": (0.0, "0.9*G{p}+E{p}")}
_UNIT: Columns = {
    "w1": (0.3, "A{p}-$B$1*G{p}"), "w2": (-0.2, "B{p}-$B$1*H{p}"), "b": (0.1, "C{p}-$D$1*I{p}"),
    "out": (None, "1/(1+EXP(-(A{r}*0.7+B{r}*1.3+C{r})))"), "miss": (None, "0.5*(D{r}-0.9)^2"),
    "delta": (None, "(D{r}-0.9)*D{r}*(1-D{r})"), "by w1": (None, "F{r}*0.7"), "by w2": (None, "F{r}*1.3"),
    "by b": (None, "F{r}")}
_DECAYED: Columns = {
    "step": (0.0, "A{p}+1"), "lr": (None, "$B$1/(1+0.1*A{r})"), "x": (3.0, "C{p}-B{p}*E{p}"),
    "f": (None, "C{r}^4-4*C{r}"), "slope": (None, "4*C{r}^3-4")}
_LOOKED_UP: Columns = {
    "n": (1.0, "MOD(A{p},4)+1"), "x1": (None, "INDEX($A$20:$A$23,A{r})"), "x2": (None, "INDEX($A$22:$A$25,A{r})"),
    "t": (None, "INDEX($B$20:$B$23,A{r})"), "w1": (0.2, "E{p}-$B$1*H{p}*B{p}"), "w2": (0.4, "F{p}-$B$1*H{p}*C{p}"),
    "squared error": (None, "H{r}^2/2"), "e": (None, "E{r}*B{r}+F{r}*C{r}-D{r}")}
_RIDGE: Columns = {
    "w1": (0.1, "A{p}-$B$1*D{p}"), "w0": (0.0, "B{p}-$B$1*E{p}"),
    "J": (None, f"SUMPRODUCT((A{{r}}*{_X}+B{{r}}-{_Y})^2)/12+$D$1/2*A{{r}}^2"),
    "dJ/dw1": (None, f"SUMPRODUCT((A{{r}}*{_X}+B{{r}}-{_Y})*{_X})/6+$D$1*A{{r}}"),
    "dJ/dw0": (None, f"SUMPRODUCT(A{{r}}*{_X}+B{{r}}-{_Y})/6")}

_LINEAR: Columns = {
    "w": (0.3, "A{p}+$B$1*D{p}*$A$20"), "b": (0.1, "B{p}+$B$1*D{p}"), "y": (None, "A{r}*$A$20+B{r}"),
    "t - y": (None, "$D$1-C{r}")}
_STEP: Columns = {**_LINEAR, "y": (None, "IF(A{r}*$A$20+B{r}>0,1,0)")}
_CODED: Columns = {
    "n": (1.0, "MOD(A{p},4)+1"), "in": (None, "INDEX($A$20:$A$23,A{r})"), "out": (None, "INDEX($A$20:$A$23,A{r})"),
    "u": (0.2, "D{p}-$B$1*F{p}*E{p}*B{p}"), "v": (0.4, "E{p}-$B$1*F{p}*D{p}*B{p}"), "e": (None, "D{r}*E{r}*B{r}-C{r}"),
    "squared error": (None, "F{r}^2/2")}
_ENTROPY: Columns = {
    "w": (0.3, "A{p}-$B$1*E{p}"), "b": (0.1, "B{p}-$B$1*F{p}"), "p": (None, "1/(1+EXP(-(A{r}*$A$20+B{r})))"),
    "cross-entropy": (None, "-$D$1*LN(C{r})-(1-$D$1)*LN(1-C{r})"),
    "dw": (None, "(C{r}-$D$1)*$A$20"), "db": (None, "C{r}-$D$1")}

_KINDS: Mapping[str, tuple[Given, Columns, str]] = {
    "a cross-entropy": (_line(_RATE | {(1, 3): "t", (1, 4): 0.3}, 20), _ENTROPY, "right"),
    "a linear unit": (_line(_RATE | {(1, 3): "t", (1, 4): 0.9}, 20), _LINEAR, "right"),
    "a perceptron": (_line(_RATE | {(1, 3): "t", (1, 4): 1.0}, 20), _STEP, "right"),
    "what is put in shall come out": (_line(_RATE, 20), _CODED, "right"),
    "up a likelihood": (_line(_RATE, 20), _LIKELIHOOD, "right"),
    "counts, whose loss begins with a mean": (_line(_RATE, 20), _COUNTS, "right"),
    "a sum of a function of each": (_RATE, _BOWL, "right"),
    "a rate of its own for the bias": (_RATE | {(1, 3): "rate of b", (1, 4): 0.02}, _UNIT, "right"),
    "a rate that decays": (_RATE, _DECAYED, "right"),
    "data that are looked up": (_line(_RATE, 20), _LOOKED_UP, "right"),
    "a penalty beside a sum": (_line(_RATE, 20) | {(1, 3): "lambda", (1, 4): 0.1}, _RIDGE, "right"),
}
_SLIPS: Mapping[str, tuple[str, Mapping[str, str], str, str]] = {
    "down a likelihood": ("up a likelihood", {"b0": "A{p}-$B$1*D{p}", "b1": "B{p}-$B$1*E{p}"}, "wrong", "goes down"),
    "away from the target": ("a linear unit", {"w": "A{p}-$B$1*D{p}*$A$20", "b": "B{p}-$B$1*D{p}"}, "wrong",
                             "goes up along half the squared error instead of down"),
    "against the rule": ("a perceptron", {"w": "A{p}-$B$1*D{p}*$A$20", "b": "B{p}-$B$1*D{p}"}, "wrong",
                         "steps against the perceptron rule"),
    "up from counts": ("counts, whose loss begins with a mean",
                       {"b0": "A{p}+$B$1*F{p}", "b1": "B{p}+$B$1*G{p}"}, "wrong", "goes up"),
    "half of one slope": ("a sum of a function of each", {"fy": "10*B{r}"}, "wrong", "is 0.5 times the slope of"),
    "the rate of another": (
        "a rate of its own for the bias", {"w2": "B{p}-$D$1*H{p}"}, "wrong", "for the learning rate"),
    "a rate in vain": ("a rate that decays", {"x": "C{p}-$B$1*E{p}"}, "wrong", "no update takes it"),
    "the first rate for all": ("a rate that decays", {"x": "C{p}-$B$5*E{p}"}, "wrong", "no update takes it"),
    "the same twice": ("data that are looked up", {"x2": "INDEX($A$20:$A$23,A{r})"}, "incomplete", "looks up what x1"),
    "one logarithm twice": (
        "a cross-entropy", {"cross-entropy": "-$D$1*LN(C{r})-(1-$D$1)*LN(C{r})"}, "wrong", "LN((1 - C5 (p)))"),
    "a penalty with the other sign": (
        "a penalty beside a sum", {"dJ/dw1": _RIDGE["dJ/dw1"][1].replace("+$D$1", "-$D$1")}, "wrong", ""),
}


def _audited(given: Given, columns: Columns, changed: Given = MappingProxyType({})) -> Report:
    written = dict(given)
    for place, (header, (start, formula)) in enumerate(columns.items(), 1):
        written[4, place] = header
        for row in range(5, 5 + _ROWS):
            is_start = row == 5 and start is not None
            written[row, place] = start if is_start and start is not None else "=" + formula.format(r=row, p=row - 1)
    book = Book("made.xlsx", (Sheet("One", written | dict(changed), {}),), {})
    return audit_cells(book, (load_walkthrough("kanungo").network,))


@pytest.mark.parametrize("kind", _KINDS)
def test_what_is_right_is_right(kind: str) -> None:
    given, columns, verdict = _KINDS[kind]
    report = _audited(given, columns)
    assert report.verdict == verdict, report


@pytest.mark.parametrize("slip", _SLIPS)
def test_a_slip_is_told(slip: str) -> None:
    kind, changed, verdict, told = _SLIPS[slip]
    given, columns, _ = _KINDS[kind]
    report = _audited(given, {name: (start, changed.get(name, text)) for name, (start, text) in columns.items()})
    assert report.verdict == verdict, report
    assert any(told in one.slip for one in report.all_findings), report.all_findings


@pytest.mark.parametrize(("remark", "verdict"), [("", "wrong"), ("repeated on purpose", "right")])
def test_a_row_that_is_otherwise_may_be_meant_where_a_remark_stands_beside_it(remark: str, verdict: str) -> None:
    """The samples are taken from the last to the first, in one row another is."""
    columns: Columns = {
        "w": (0.3, "A{p}-$B$1*E{p}*C{p}"), "b": (0.1, "B{p}-$B$1*E{p}"), "x": (None, "INDEX($A$20:$A$25,1+$D$1)"),
        "y": (None, "INDEX($B$20:$B$25,1+$D$1)"), "e": (None, "A{r}*C{r}+B{r}-D{r}"), "squared": (None, "E{r}^2/2")}
    given = _line(_RATE | {(1, 3): "n", (1, 4): 2.0}, 20)
    report = _audited(given, columns, {(8, 3): "=INDEX($A$20:$A$25,2+$D$1)"} | ({(8, 8): remark} if remark else {}))
    assert report.verdict == verdict, report.all_findings

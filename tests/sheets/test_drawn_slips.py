"""Slips as people make them in trainings by hand: what once was called right, or was not judged, beside what is right.
"""

from math import exp

import pytest

from .drawn import drawn, repeated, wrong_cells


@pytest.mark.parametrize(("slope", "wrong"), [
    ("-C{r}/(1+EXP(C{r}*G{r}))", []), ("-1/(1+EXP(C{r}*G{r}))", ["I4:I9"]),
    ("C{r}/(1+EXP(C{r}*G{r}))", ["J4:J9", "K4:K9", "L4:L9"])])
def test_a_target_is_in_no_rate_and_a_bend_is_seen_from_far_away(slope: str, wrong: list[str]) -> None:
    """Marks of -1 and 1: a factor that all slopes lack makes no rate of it, and LN(1+EXP(-z)) has a bottom."""
    same = ("=D{r}*A{r}+E{r}*B{r}+F{r} | =LN(1+EXP(-C{r}*G{r})) | =" + slope + " | =D{r}-$B$1*I{r}*A{r} "
            "| =E{r}-$B$1*I{r}*B{r} | =F{r}-$B$1*I{r}")
    head = "rate | 0.5", "", "x1 | x2 | y | w1 | w2 | b | z | loss | slope | new w1 | new w2 | new b"
    report = drawn(repeated(head, "0.1 | 0.1 | 0", same, "=J{p} | =K{p} | =L{p}",
                            ("1 | 2 | 1", "2 | 0.5 | -1", "-1 | 1 | 1") * 2))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("decay", "wrong"), [("+$D$1*E{r}", []), ("", ["K4:K9"])])
def test_a_penalty_that_a_cell_adds_is_of_every_parameter_in_it(decay: str, wrong: list[str]) -> None:
    """A hinge and half the squares of both weights: one of them decays, the other may not be left out."""
    same = ("=C{r}*(D{r}*A{r}+E{r}*B{r}+F{r}) | =MAX(0,1-G{r}) | =H{r}+$D$1/2*(D{r}^2+E{r}^2) "
            "| =IF(G{r}<1,-C{r}*A{r},0)+$D$1*D{r} | =IF(G{r}<1,-C{r}*B{r},0)" + decay + " | =IF(G{r}<1,-C{r},0)")
    step = "=D{p}-$B$1*J{p} | =E{p}-$B$1*K{p} | =F{p}-$B$1*L{p}"
    head = "eta | 0.1 | lambda | 0.01", "", "x1 | x2 | y | w1 | w2 | b | margin | hinge | J | g1 | g2 | gb"
    report = drawn(repeated(head, "0 | 0.1 | 0", same, step, ("2 | 3 | 1", "3 | -3 | 1", "-1 | 2 | -1") * 2))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


_POINTS = ("1 | 2.2", "2 | 4.1", "3 | 6.2", " | ", "first | 0.02")
"""Three points in A2:B4, and a rate in B6, beside the lines of a training."""


@pytest.mark.parametrize(("rate", "wrong"), [("D{p}", []), ("$B$6", ["F3:F6"])])
def test_a_schedule_and_what_it_starts_with_are_not_one_rate(rate: str, wrong: list[str]) -> None:
    """The rate falls from epoch to epoch; in the first one it is what a parameter takes in all of them."""
    error = "(E{r}*$A$2:$A$4+F{r}-$B$2:$B$4)"
    same = f"=SUMPRODUCT({error}^2) | =2*SUMPRODUCT({error},$A$2:$A$4) | =2*SUMPRODUCT({error})"
    falls = [f"{point} | | =$B$6/(1+0.1*({row}-2))" for row, point in enumerate(_POINTS, start=2)]
    stored = {f"D{row}": 0.02 / (1 + 0.1 * (row - 2)) for row in range(2, 7)}
    report = drawn(repeated(("x | y | | rate | w | b | loss | by w | by b",), "0.1 | 0", same,
                            "=E{p}-D{p}*H{p} | =F{p}-" + rate + "*I{p}", falls), stored=stored)
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("mask", "wrong"), [("B{r}", []), ("A{r}", ["L4:L9"])])
def test_a_mask_may_change_in_one_row_alone(mask: str, wrong: list[str]) -> None:
    """Units that are left out by turns, one of them once."""
    same = ("=TANH(C{r}*$B$1)*A{r} | =TANH(D{r}*$B$1)*B{r} | =(E{r}*G{r}+F{r}*H{r}-$D$1)^2 "
            "| =2*(E{r}*G{r}+F{r}*H{r}-$D$1) | =J{r}*E{r}*A{r}*(1-TANH(C{r}*$B$1)^2)*$B$1 "
            "| =J{r}*F{r}*" + mask + "*(1-TANH(D{r}*$B$1)^2)*$B$1 "
            "| =J{r}*G{r} | =J{r}*H{r}")
    step = " | ".join(f"={w}{{p}}-$F$1*{slope}{{p}}" for w, slope in zip("CDEF", "KLMN", strict=True))
    head = ("x | 1.2 | y | 0.9 | rate | 0.05", "",
            "m1 | m2 | w1 | w2 | v1 | v2 | h1 | h2 | E | dE | dw1 | dw2 | dv1 | dv2")
    report = drawn(repeated(head, "0.5 | 0.3 | 0.4 | 0.7", same, step,
                            ("1 | 1", "0 | 1", "1 | 0", "1 | 1", "0 | 1", "1 | 1")))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


def _rounded(places: int, slope: str) -> dict[str, float]:
    """The stored values of a neuron that is worked out on paper."""
    stored, w, b = dict[str, float](), 0.6, 0.9
    for row in range(4, 8):
        z = round(2 * w + b, 4)
        a = round(1 / (1 + exp(-z)), places)
        by_z = (a - 1) * (z * (1 - z) if "D" in slope else a * (1 - a))
        values = w, b, z, a, (a - 1) ** 2 / 2, by_z, 2 * by_z
        stored |= {f"{column}{row}": value for column, value in zip("BCDEFGH", values, strict=True)}
        w, b = round(w - 0.5 * 2 * by_z, 4), round(b - 0.5 * by_z, 4)
    return stored


@pytest.mark.parametrize(("places", "slope", "verdict", "wrong"), [
    (4, "E{r}*(1-E{r})", "right", []), (0, "E{r}*(1-E{r})", "incomplete", []),
    (4, "D{r}*(1-D{r})", "wrong", ["G4:G7"])])
def test_every_number_may_be_rounded(places: int, slope: str, verdict: str, wrong: list[str]) -> None:
    """A neuron with its numbers as on paper; to whole ones they may be meant as steps, which is not judged."""
    same = (f"=ROUND(B{{r}}*$B$1+C{{r}},4) | =ROUND(1/(1+EXP(-D{{r}})),{places}) | =(E{{r}}-$D$1)^2/2 "
            f"| =(E{{r}}-$D$1)*{slope} | =G{{r}}*$B$1")
    lines = repeated(("x | 2 | y | 1 | rate | 0.5", "", "k | w | b | z | a | cost | slope by z | slope by w"),
                     "0.6 | 0.9", same, "=ROUND(B{p}-$F$1*H{p},4) | =ROUND(C{p}-$F$1*G{p},4)", "0123")
    report = drawn(lines, stored=_rounded(places, slope))
    assert (report.verdict, wrong_cells(report)) == (verdict, wrong), report.reason
    assert any(one.slip.startswith("is rounded to 4") for one in report.all_findings)


@pytest.mark.parametrize(("first", "second", "wrong"), [("E{p}", "F{p}", []), ("F{p}", "E{p}", ["B4:B8", "C4:C8"])])
def test_slopes_that_stand_in_cells_and_are_taken_for_each_other(first: str, second: str, wrong: list[str]) -> None:
    same = "=(1-B{r})^2+100*(C{r}-B{r}^2)^2 | =-2*(1-B{r})-400*B{r}*(C{r}-B{r}^2) | =200*(C{r}-B{r}^2)"
    report = drawn(repeated(("step size | 0.001", "n | x | y | f | by x | by y"), "-1 | 1.5", same,
                            f"=B{{p}}-$B$1*{first} | =C{{p}}-$B$1*{second}", "012345"))
    assert (report.verdict, sorted(wrong_cells(report))) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("exponent", "wrong"), [
    ("-", []), pytest.param("", ["G2:G6", "H2:H6"], marks=pytest.mark.slow)])
def test_a_slip_in_all_terms_of_all_slopes_is_one(exponent: str, wrong: list[str]) -> None:
    """The cross-entropy is right, and the slopes take the output for another, sample by sample."""
    p, taken = (f"1/(1+EXP({sign}(D{{r}}*$A$2:$A$5+E{{r}})))" for sign in ("-", exponent))
    same = (f"=-SUMPRODUCT($B$2:$B$5*LN({p})+(1-$B$2:$B$5)*LN(1-{p}))/4 "
            f"| =SUMPRODUCT(({taken}-$B$2:$B$5)*$A$2:$A$5)/4 | =SUMPRODUCT({taken}-$B$2:$B$5)/4")
    report = drawn(repeated(("x | y | | w | b | log loss | gw | gb",), "0.1 | 0.2", same,
                            "=D{p}-$B$6*G{p} | =E{p}-$B$6*H{p}",
                            ("0.5 | 0 | ", "1 | 1 | ", "2 | 0 | ", "3 | 1 | ", "rate | 0.3 | ")))
    assert (report.verdict, sorted(wrong_cells(report))) == ("wrong" if wrong else "right", wrong), report.reason
    assert not wrong or {one.slip for one in report.all_findings} == {
        "the sign of the exponent is reversed, for every sample"}


@pytest.mark.parametrize(("slope", "called", "verdict"), [
    ("2*B{r}-4", "f'(x)", "right"), ("2*B{r}+4", "f'(x)", "wrong"), ("2*B{r}+4", "pace", "incomplete")])
def test_a_parameter_alone_is_judged_where_its_slope_is_called_so(slope: str, called: str, verdict: str) -> None:
    report = drawn(repeated(("rate | 0.1", "", f"n | x | f(x) | {called}"), "10", "=B{r}^2-4*B{r}+5 | =" + slope,
                            "=B{p}-$B$1*D{p}", "012345"))
    assert (report.verdict, wrong_cells(report)) == (verdict, ["D4:D9"] if verdict == "wrong" else []), report.reason


@pytest.mark.parametrize(("by_w", "wrong"), [("+2*$B$5*C{r}", []), ("-2*$B$5*C{r}", ["H2:H5"])])
def test_of_a_loss_and_that_with_a_penalty_the_whole_is_stepped_along(by_w: str, wrong: list[str]) -> None:
    """Headers name the error, the penalty and their sum; what the slopes are of, no header says."""
    error = "(C{r}*$A$2:$A$4+D{r}-$B$2:$B$4)"
    same = (f"=SUMPRODUCT({error}^2)/3 | =$B$5*C{{r}}^2 | =E{{r}}+F{{r}} | =2*SUMPRODUCT({error},$A$2:$A$4)/3{by_w} "
            f"| =2*SUMPRODUCT({error})/3")
    report = drawn(repeated(("x | y | w1 | b | mse | penalty | J | dw1 | db",), "0.1 | 0", same,
                            "=C{p}-0.02*H{p} | =D{p}-0.02*I{p}", ("1 | 2.2", "2 | 4.1", "3 | 6.2", "lambda | 0.1")))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


def test_a_bias_need_not_decay_beside_what_a_method_takes_off() -> None:
    """Adam with all of it in the update, and a weight that decays beside it."""
    error = "(D{r}*$A$2:$A$4+E{r}-$B$2:$B$4)"
    first = f"=SUMPRODUCT({error}^2) | =2*SUMPRODUCT({error},$A$2:$A$4) | =2*SUMPRODUCT({error})"
    states = ("$B$7", "I", "G", ""), ("$B$7", "J", "H", ""), ("$B$8", "K", "G", "^2"), ("$B$8", "L", "H", "^2")
    same = " | ".join((first, *(f"={share}*{state}{{p}}+(1-{share})*{slope}{{r}}{power}"
                                for share, state, slope, power in states)))
    adam = "{m}{{p}}/(1-$B$7^C{{p}})/(SQRT({s}{{p}}/(1-$B$8^C{{p}}))+$B$9)"
    step = f"=D{{p}}-$B$5*({adam.format(m='I', s='K')}+$B$6*D{{p}}) | =E{{p}}-$B$5*{adam.format(m='J', s='L')}"
    data = ("1 | 2.2 | 1", "2 | 4.1 | 2", "3 | 6.2 | 3", "rate | 0.1 | 4", "decay | 0.01 | 5", "one | 0.9 | 6",
            "two | 0.99 | 7", "small | 0.00000001 | 8")
    lines = repeated(("x | y | t | w | b | loss | gw | gb | m w | m b | s w | s b",), "0.1 | 0", same, step, data)
    for share, state, *_ in states:
        lines[1] = lines[1].replace(f"={share}*{state}1+", "=")
    assert drawn(lines).verdict == "right"


def _by_hand(typed: tuple[float, float]) -> tuple[list[str], dict[str, float]]:
    """Two steps of a neuron below each other; where the second starts is typed."""
    lines: list[str] = []
    for w, b in ((0.5, 0.1), typed):
        lines += (f"w | {w}", f"b | {b}", "x | 1.5", "t | 0", *(f"{name} | =" + formula.format(
            w=f"B{len(lines) + 1}", b=f"B{len(lines) + 2}", x=f"B{len(lines) + 3}", t=f"B{len(lines) + 4}",
            o=f"B{len(lines) + 5}", by_w=f"B{len(lines) + 7}", by_b=f"B{len(lines) + 8}") for name, formula in (
                ("out", "1/(1+EXP(-({w}*{x}+{b})))"), ("E", "({o}-{t})^2/2"), ("by w", "({o}-{t})*{o}*(1-{o})*{x}"),
                ("by b", "({o}-{t})*{o}*(1-{o})"), ("new w", "{w}-0.5*{by_w}"), ("new b", "{b}-0.5*{by_b}"))), "")
    return lines, {"B9": 0.389780040478433, "B10": 0.0265200269856221}


@pytest.mark.parametrize(("typed", "wrong"), [
    ((0.3898, 0.0265), []), ((0.3897, 0.0265), []), ((0.6102, 0.0265), ["B12"]), ((0.3898, 0.1735), ["B13"])])
def test_a_start_that_is_typed_to_some_digits_is_the_new_value(typed: tuple[float, float], wrong: list[str]) -> None:
    """Rounded and cut off are both right; who starts elsewhere in all starts anew."""
    lines, stored = _by_hand(typed)
    report = drawn(lines, stored=stored)
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


def test_a_typed_start_among_those_that_are_brought_is_the_new_value() -> None:
    def report(second: str) -> list[str]:
        lines, stored = _by_hand((0.3898, 0.0265))
        lines[11], lines[12] = "w | =B9", f"b | {second}"
        return wrong_cells(drawn(lines, stored=stored))

    assert (report("0.0265"), report("0.1265")) == ([], ["B13"])


@pytest.mark.parametrize(("read", "wrong"), [("E{p}", []), ("D{p}", ["H3:H7"])])
def test_marks_that_are_looked_up_by_the_number_of_a_step_are_marks(read: str, wrong: list[str]) -> None:
    """The samples are picked by INDEX and MOD; the marks that IF asks for stand where they are looked up."""
    same = "=1/(1+EXP(-(G{r}*D{r}+H{r}*E{r}+I{r}))) | =-IF(F{r}=1,LN(J{r}),LN(1-J{r})) | =J{r}-F{r}"
    picked = [f"{row} | | =MOD(A{row},4)+1 | " + " | ".join(f"=INDEX(${c}$2:${c}$5,C{row})" for c in "MNO")
              for row in range(2, 8)]
    lines = repeated(("rate | 0.4 | row | x1 | x2 | y | w1 | w2 | b | p | loss | error | data",), "0.1 | 0.2 | 0", same,
                     f"=G{{p}}-$B$1*L{{p}}*D{{p}} | =H{{p}}-$B$1*L{{p}}*{read} | =I{{p}}-$B$1*L{{p}}", picked)
    samples = "0.1 | 0.9 | 1", "0.8 | 0.2 | 0", "0.4 | 0.7 | 1", "0.9 | 0.6 | 0"
    lines[1:5] = [f"{line} | {sample}" for line, sample in zip(lines[1:5], samples, strict=True)]
    report = drawn(lines)
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason

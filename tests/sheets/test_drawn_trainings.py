"""Trainings as people draw them by hand, each right and with a slip: the kinds that no layout of a plan has."""

import pytest

from sheets.auditing.findings import Report

from .drawn import drawn, repeated, wrong_cells


@pytest.mark.parametrize(("slope", "wrong"), [("delta*h", []), ("delta*w", ["C6"])])
def test_cells_may_be_called_by_names_alone(slope: str, wrong: list[str]) -> None:
    cells = {"eta": 0.5, "x": 0.8, "goal": 1, "w": 0.3, "b": 0.1, "v": 0.7, "h": "=1/(1+EXP(-(w*x+b)))",
             "p": "=1/(1+EXP(-v*h))", "loss": "=-goal*LN(p)-(1-goal)*LN(1-p)", "delta": "=p-goal"}
    new = {"w": "=w-eta*delta*v*h*(1-h)*x", "b": "=b-eta*delta*v*h*(1-h)", "v": f"=v-eta*{slope}"}
    lines = [f"{name} | {content} | {new.get(name, '')}" for name, content in cells.items()]
    report = drawn(lines, {name: f"One!$B${row}" for row, name in enumerate(cells, start=1)})
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong)


@pytest.mark.parametrize(("slope", "wrong"), [
    ("IF(E{r}>0,1,$D$1)", []), ("IF(E{r}>0,1,0)", ["K6:K9"]), ("IF(E{r}>0,$D$1,1)", ["K6:K9"])])
@pytest.mark.parametrize("leak", ["$D$1", pytest.param("0.1", marks=pytest.mark.slow)])
def test_a_leak_in_a_cell_bends_the_units_of_all_samples(slope: str, leak: str, wrong: list[str]) -> None:
    """Two leaky units over four samples, by MAX(a*z,z), which is leaky for the number alone that stands in the cell."""
    head = f"rate | 0.05 | {'leak | 0.1'}", "w1 | b1 | w2 | b2 | v1 | v2", "0.5 | 0.1 | -0.4 | -0.1 | 0.7 | -0.5", "", \
        "x | y | | z1 | z2 | h1 | h2 | p | e | d1 | d2 | w1 | b1 | w2 | b2 | v1 | v2"
    same = ("=A$3*A{r}+B$3 | =C$3*A{r}+D$3 | =MAX(" + leak + "*D{r},D{r}) | =MAX(" + leak + "*E{r},E{r}) "
            "| =E$3*F{r}+F$3*G{r} | =(H{r}-B{r})^2 | =2*(H{r}-B{r})*E$3*IF(D{r}>0,1,$D$1) "
            "| =2*(H{r}-B{r})*F$3*" + slope + " | =J{r}*A{r} | =J{r} | =K{r}*A{r} | =K{r} | =2*(H{r}-B{r})*F{r} "
            "| =2*(H{r}-B{r})*G{r}").replace("$D$1" if leak != "$D$1" else "", leak if leak != "$D$1" else "")
    lines = [f"{x} | {y} | | {same}".format(r=row) for row, (x, y) in enumerate(
        ((1, 1), (-1, 0.3), (0.4, -0.5), (-0.6, 0.1)), start=6)]
    feet = " | " * 8 + " | ".join(["=AVERAGE(I6:I9)", "", "", *(f"=AVERAGE({c}6:{c}9)" for c in "LMNOPQ")])
    new = " | ".join(f"={start}3-$B$1*{slope}10" for start, slope in zip("ABCDEF", "LMNOPQ", strict=True))
    report = drawn((*head, *lines, feet, new))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("mask", "wrong"), [("*(D3:D5>0)", []), ("", ["H3:H5"])])
def test_an_array_of_slopes_may_lack_the_bend_of_its_units(mask: str, wrong: list[str]) -> None:
    """Three samples of one unit that is bent, all as arrays, each entry by INDEX as it is read from a file."""
    def array(formula: str, rows: int = 3) -> list[str]:
        return [f"=INDEX({formula},{row},1)" for row in range(1, rows + 1)]

    lines = [" | ".join(line) for line in zip(
        "123", "425", "132", array("MMULT(A3:B5,A7:A8)"), array("IF(D3:D5>0,D3:D5,0)"), array("A9*E3:E5"),
        array("F3:F5-C3:C5"), array(f"G3:G5*A9{mask}"), strict=True)]
    slopes = [*array("MMULT(TRANSPOSE(A3:B5),H3:H5)", 2), "=SUMPRODUCT(G3:G5,E3:E5)"]
    steps = [f"{w} | | {slope} | | =A{row}-$B$1*C{row}" for row, w, slope in zip(
        (7, 8, 9), ("0.1", "0.2", "0.3"), slopes, strict=True)]
    report = drawn(("rate | 0.05 | loss | =SUMXMY2(F3:F5,C3:C5)/2", "", *lines, "", *steps))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
    assert not wrong or report.reason.endswith("is missing")


@pytest.mark.parametrize(("start", "wrong"), [("A6:B6", []), ("A3:B3", ["F6, G6"])])
def test_an_array_may_bring_the_new_values_to_the_next_step(start: str, wrong: list[str]) -> None:
    """Two weights and a bias, the weights as arrays; in one step these go on from where the step before started."""
    def array(formula: str) -> str:
        return " | ".join(f"=INDEX({formula},1,{column})" for column in (1, 2))

    error = "(A{r}*$A$1+B{r}*$B$1+C{r}-$C$1)"
    lines = [f"{array(f'F{r - 3}:G{r - 3}') + f' | =H{r - 3}' if n > 1 else '0.3 | -0.2 | 0.1'} | "
             + f"={error}^2 | =2*{error} | ".replace("{r}", str(r))
             + array(f"{start if n == 2 else f'A{r}:B{r}'}-$D$1*E{r}*$A$1:$B$1") + f" | =C{r}-$D$1*E{r}"
             for n in (1, 2, 3, 4) for r in (3 * n,)]
    report = drawn(("0.6 | 0.9 | 1 | 0.1", "", *(row for line in lines for row in (line, "", ""))))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
    assert report.trainings[0].updates == 3


@pytest.mark.parametrize(("kept", "wrong"), [("$D$1", []), ("D{q}", ["E7:E9"])])
def test_a_constant_that_slides_into_empty_cells_is_not_anchored(kept: str, wrong: list[str]) -> None:
    """The share of the velocity is fixed in one column, and slides away in the other."""
    head = "rate | 0.1 | share | 0.9", "", "", "a | b | E | va | vb | ga | gb"
    lines = [("{start} | =(A{r}*0.5+B{r}-1)^2 | =$D$1*D{p}+F{r} | =" + kept + "*E{p}+G{r} | =(A{r}*0.5+B{r}-1) "
              "| =2*(A{r}*0.5+B{r}-1)").format(
        r=row, p=row - 1, q=row - 5,
        start=f"=A{row - 1}-$B$1*D{row - 1} | =B{row - 1}-$B$1*E{row - 1}" if row > 5 else "0.2 | 0.3")
        for row in range(5, 10)]
    lines[0] = lines[0].replace("=$D$1*D4+", "=").replace(f"={kept.format(q=0)}*E4+", "=")
    report = drawn((*head, *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("by_u", "wrong"), [
    ("G{r}*$B$9", []), pytest.param("G{r}", ["I3", "I4", "I5", "I6"], marks=pytest.mark.slow)])
def test_marks_of_two_kinds_may_stand_beside_each_other(by_u: str, wrong: list[str]) -> None:
    """Two words of four are looked up, and one is to be found: their marks are no classes of rows."""
    marks, u = ("0 | 0", "1 | 0", "0 | 1", "1 | 0"), ("0.3", "-0.1", "0.2", "0.4")
    lines = [f"0.{row} | {mark} | {u[row - 3]} | =D{row}*$B$9 | =EXP(E{row})/SUMPRODUCT(EXP(E$3:E$6)) | =F{row}-C{row} "
             f"| =A{row}-$B$1*$B$10*B{row}/SUM(B$3:B$6) | =D{row}-$B$1*{by_u}".format(r=row)
             for row, mark in enumerate(marks, start=3)]
    report = drawn(("rate | 0.2", "v | context | target | u | z | p | e | new v | new u", *lines, "", "",
                     "h | =SUMPRODUCT(A3:A6,B3:B6)/SUM(B3:B6)", "slope by h | =SUMPRODUCT(G3:G6,D3:D6)",
                     "loss | =-LN(SUMPRODUCT(F3:F6,C3:C6))"))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


def test_a_bias_that_stays_as_it_is_is_said() -> None:
    def report(step: str) -> Report:
        lines = [f"{x1} | {x2} | {int(x1 and x2)} | {start} | =IF(A{r}*D{r}+B{r}*E{r}+F{r}>=0.5,1,0) | =C{r}-G{r}"
                 for r, (x1, x2) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)) * 2, start=4)
                 for start in ["0.4 | -0.1 | 0.2" if r == 4 else
                               f"=D{r - 1}+$B$1*H{r - 1}*A{r - 1} | =E{r - 1}+$B$1*H{r - 1}*B{r - 1} "
                               f"| =F{r - 1}{step.format(p=r - 1)}"]]
        return drawn(("rate | 0.2", "", "x1 | x2 | t | w1 | w2 | bias | out | err", *lines))

    assert "stays as it is" not in report("+$B$1*H{p}").reason
    forgotten = report("")
    assert forgotten.verdict == "right"
    assert forgotten.reason.endswith("F4 (bias) is copied from step to step, and stays as it is")


@pytest.mark.parametrize(("by_x", "by_y", "wrong"), [
    ("2*A{r}-B{r}", "6*B{r}-A{r}", []), ("3*A{r}-B{r}", "6*B{r}-A{r}", ["D4:D8"]),
    ("2*A{r}-B{r}+0.1*A{r}", "6*B{r}-A{r}+0.1*B{r}", []), ("2*A{r}-B{r}", "7*B{r}-A{r}", ["E4:E8"])])
def test_a_wrong_number_in_a_slope_is_no_decay(by_x: str, by_y: str, wrong: list[str]) -> None:
    """The gradient of x^2 + 3y^2 - xy, which holds what it is taken of, as a decay would."""
    lines = [f"{start} | =A{r}^2+3*B{r}^2-A{r}*B{r} | ={by_x} | ={by_y}".format(r=r) for r in range(4, 9)
             for start in ["3 | 2" if r == 4 else f"=A{r - 1}-$B$1*D{r - 1} | =B{r - 1}-$B$1*E{r - 1}"]]
    report = drawn(("rate | 0.05", "", "x | y | f | by x | by y", *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
    assert all("where" in one.slip for one in report.all_findings)


@pytest.mark.parametrize(("penalty", "wrong"), [("+2*$D$1*B{r}", []), ("", ["E4:E8"])])
def test_a_penalty_that_is_lost_in_one_slope_is_named(penalty: str, wrong: list[str]) -> None:
    loss, by_w, by_b = ("+".join(f"(A{{r}}*{x}+B{{r}}-{y}){more}" for x, y in ((0.5, 1.2), (1.5, 2.1), (-0.4, 0.3))
                                 for more in [what.replace("x", f"{x}")]) for what in ("^2", "*x", ""))
    same = f"={loss}+$D$1*(A{{r}}^2+B{{r}}^2) | =2*({by_w})+2*$D$1*A{{r}} | =2*({by_b}){penalty}"
    lines = [f"{start} | {same.format(r=r)}" for r in range(4, 9) for start in [
                 "0.5 | 0.2" if r == 4 else f"=A{r - 1}-$B$1*D{r - 1} | =B{r - 1}-$B$1*E{r - 1}"]]
    report = drawn(("rate | 0.05 | share | 0.1", "", "w | b | loss | by w | by b", *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
    assert not wrong or "the term 2*" in report.reason


def test_a_logarithm_to_base_10_is_named_where_the_slopes_stand_in_the_updates() -> None:
    def report(ln: str) -> Report:
        lines = [f"{start} | 0.8 | 1 | =1/(1+EXP(-(A{r}*C{r}+B{r}))) | =-D{r}*{ln}(E{r})-(1-D{r})*{ln}(1-E{r})"
                 for r in range(4, 8) for start in [
                     "0.4 | 0.1" if r == 4 else
                     f"=A{r - 1}-$B$1*(E{r - 1}-D{r - 1})*C{r - 1} | =B{r - 1}-$B$1*(E{r - 1}-D{r - 1})"]]
        return drawn(("rate | 0.5", "", "w | b | x | t | p | E", *lines))

    assert report("LN").verdict == "right"
    assert [(one.cells, one.severity) for one in report("LOG").all_findings] == [("F4:F7", "wrong")]


@pytest.mark.parametrize(("times", "wrong"), [("2*", []), ("", ["E4", "E5:E7"])])
def test_a_method_that_no_scale_changes_is_held_against_the_loss(times: str, wrong: list[str]) -> None:
    """Adam steps as far along half a slope; that which is the slope of the loss is right."""
    loss, by_w, by_b = ("+".join(f"(B{{r}}*{x}+C{{r}}-{y}){more}" for x, y, more in (
        (0.3, 0.9, what.replace("x", "0.3")), (0.8, 1.4, what.replace("x", "0.8")))) for what in ("^2", "*x", ""))
    lines = []
    for r in range(4, 8):
        shares = ("$D$1", "$D$1", "$F$1", "$F$1")
        kept = [f"{share}*{state}{r - 1}+" if r > 4 else "" for share, state in zip(shares, "GHIJ", strict=True)]
        step = [f"={w}{r - 1}-$B$1*{m}{r - 1}/(1-$D$1^A{r - 1})/(SQRT({v}{r - 1}/(1-$F$1^A{r - 1}))+$H$1)"
                for w, m, v in ("BGI", "CHJ")] if r > 4 else ["0.2", "0.1"]
        lines.append(" | ".join([f"{r - 3}", *step, f"={loss}", f"={times}({by_w})", f"=2*({by_b})", *(
            f"={old}(1-{share})*{slope}" for old, share, slope in zip(
                kept, shares, ("E{r}", "F{r}", "E{r}^2", "F{r}^2"), strict=True))]).format(r=r))
    report = drawn(("rate | 0.1 | b1 | 0.9 | b2 | 0.999 | eps | 0.00000001", "",
                     "t | w | b | E | by w | by b | mw | mb | vw | vb", *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("column", "rate", "wrong"), [
    ("2", "0.9", []), ("3", "0.9", ["C7"]), ("2", "0.5", [])])
def test_what_brings_data_otherwise_in_one_row_is_wrong_and_a_rate_may_be_lowered(
        column: str, rate: str, wrong: list[str]) -> None:
    """Sample after sample, each looked up by its number; the rate goes down from row to row."""
    data = ("1 | 0.3 | 0.5", "2 | 0.8 | 0.9", "3 | 1.2 | 1.6")
    lines = []
    for r in range(4, 11):
        start = "0.2 | 0.1" if r == 4 else "=D{p}-B{p}*G{p}*C{p} | =E{p}-B{p}*G{p}"
        share = rate if r == 8 else "0.9"
        own = column if r == 7 else "2"
        lines.append((f"{(r - 4) % 3 + 1} | {'0.1' if r == 4 else f'=B{{p}}*{share}'} "
                      f"| =VLOOKUP($A{{r}},$K$4:$M$6,{own},FALSE) | {start} | =VLOOKUP($A{{r}},$K$4:$M$6,3,FALSE) "
                      "| =D{r}*C{r}+E{r}-F{r} | =G{r}^2/2 | | " + (f"| {data[r - 4]}" if r < 7 else "")).format(
                          r=r, p=r - 1))
    report = drawn(("", "", "sample | rate | x | w | b | y | e | loss | | | n | x | y", *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("second", "told"), [
    ("LN(1-p)", ""), ("(1-p)", "where its logarithm belongs"), ("LN(1+p)^2", "another function with logarithms")])
def test_a_cross_entropy_of_all_samples_that_is_none_is_told(second: str, told: str) -> None:
    """One epoch a row, the samples' outputs beside each other; the slopes are those of the cross-entropy."""
    data, lines = {"C": 0.5, "D": 1.5, "E": -0.3}, []
    for r in range(4, 8):
        start = "0.1 | 0" if r == 4 else f"=A{r - 1}-$B$1*G{r - 1} | =B{r - 1}-$B$1*H{r - 1}"
        p = [f"=1/(1+EXP(-(A{r}*{x}+B{r})))" for x in data.values()]
        loss = "+".join(f"{c}$2*LN({c}{r})+(1-{c}$2)*{second.replace('p', f'{c}{r}')}" for c in data)
        by_w, by_b = ("+".join(f"({c}{r}-{c}$2)*{x}" for c, x in own.items()) for own in (data, dict.fromkeys(data, 1)))
        lines.append(f"{start} | {' | '.join(p)} | =-({loss}) | ={by_w} | ={by_b}")
    report = drawn(("rate | 0.5", "t | | 0 | 1 | 1", "w | b | p | p | p | loss | by w | by b", *lines))
    assert report.verdict == ("right" if not told else "incomplete" if "another" in told else "wrong"), report.reason
    assert all(told in one.slip and one.cells.startswith("F4") for one in report.all_findings), report.reason


_ALONE = {
    "Newton's method": ("=A{r}^4-3*A{r}^3 | =4*A{r}^3-9*A{r}^2 | =12*A{r}^2-18*A{r}", "", "=A{p}-C{p}/D{p}"),
    "RMSprop": ("=3*A{r}^2-6*A{r} | =6*A{r}-6 | {kept}(1-$D$1)*C{r}^2", "$D$1*D{p}+",
                "=A{p}-$B$1*C{p}/(SQRT(D{p})+$F$1)"),
}
"""Methods on a function of one number: the function, its slope and a third column; what that keeps; the step."""


@pytest.mark.parametrize(("method", "stands", "instead", "wrong"), [
    ("Newton's method", "", "", []), ("Newton's method", "12*", "6*", ["D4:D9"]),
    ("RMSprop", "", "", []), ("RMSprop", "SQRT(D{p})", "D{p}", ["A5:A9"]),
    ("RMSprop", "6*A{r}-6", "3*A{r}-6", ["C4:C9"]), ("RMSprop", "C{r}^2", "C{r}", ["D4", "D5:D8"])])
def test_a_method_on_a_function_of_one_number_is_held_against_its_slope(
        method: str, stands: str, instead: str, wrong: list[str]) -> None:
    same, kept, step = (text.replace(stands, instead) if stands else text for text in _ALONE[method])
    lines = [f"{step if r > 4 else '5'} | {same}".format(r=r, p=r - 1, kept=f"={kept if r > 4 else ''}".format(p=r - 1))
             for r in range(4, 10)]
    report = drawn(("rate | 0.1 | keep | 0.9 | small | 0.000001", "", "x | f | slope | third", *lines))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong)
    assert [one.method for one in report.trainings] == [method]


@pytest.mark.slow
def test_what_a_slope_lacks_is_no_decay_of_a_method() -> None:
    """The slope of x^2 - 4*x as 2*x - 2, which is half of it and x. Nothing is left for a first step, rightly."""
    for slope, verdicts in (("2*A{r}-2", {"incomplete", "wrong"}), ("2*A{r}-4", {"incomplete", "right"})):
        lines = [f"{'=A{p}-$B$1*F{p}/(SQRT(H{p})+$D$1)' if r > 4 else '5'} | =A{{r}}^2-4*A{{r}} | ={slope} "
                 f"| ={'0.9*D{p}+' * (r > 4)}0.1*C{{r}} | ={'0.999*E{p}+' * (r > 4)}0.001*C{{r}}^2 "
                 f"| =D{{r}}/(1-0.9^G{{r}}) | {r - 3} | =E{{r}}/(1-0.999^G{{r}})".format(r=r, p=r - 1)
                 for r in range(4, 10)]
        report = drawn(("rate | 0.1 | small | 0.00000001", "", "x | f | slope | m | v | m^ | t | v^", *lines))
        assert report.verdict in verdicts, report.reason


@pytest.mark.parametrize(("ahead", "slope", "wrong"), [
    ("+", "F{r}*2+G{r}", []), ("+", "F{r}*2+C{r}", ["I4:I8"]), ("-", "F{r}*2+G{r}", None)])
def test_slopes_may_be_taken_ahead_of_where_a_step_stands(ahead: str, slope: str, wrong: list[str] | None) -> None:
    """Nesterov's momentum on two parameters, the error worked out where the step stands."""
    same = (f"=B{{r}}{ahead}$D$1*D{{r}} | =C{{r}}{ahead}$D$1*E{{r}} | =2*(F{{r}}*2+G{{r}}-3)*2 | =2*({slope}-3) "
            "| =(B{r}*2+C{r}-3)^2")
    moved = "=B{p}+D{r} | =C{p}+E{r} | =$D$1*D{p}-$B$1*H{p} | =$D$1*E{p}-$B$1*I{p}"
    lines = [f"{r - 4} | {moved if r > 4 else '0.2 | 0.1 | 0 | 0'} | {same}".format(r=r, p=r - 1) for r in range(4, 10)]
    report = drawn(("rate | 0.01 | keep | 0.9", "", "step | w | b | vw | vb | wa | ba | gw | gb | loss", *lines))
    if wrong is None:
        assert report.verdict != "right"
    else:
        assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
        assert report.trainings[0].method.endswith("Nesterov's momentum")


@pytest.mark.parametrize(("mask", "wrong"), [
    ("G{r}>0", False), pytest.param("F{r}>0", True, marks=pytest.mark.slow)])
def test_what_a_unit_gives_is_above_0_where_what_it_is_taken_of_is(mask: str, wrong: bool) -> None:
    """Three units that are bent over five samples, their slopes by what they give."""
    start = [f"{w} | {b} | {v}" for w, b, v in ((0.4, 0.1, 0.5), (-0.2, 0.3, -0.4), (0.6, -0.1, 0.7))]
    units = " | ".join(f"=MAX(0,$A${n}*A{{r}}+$B${n})" for n in (3, 4, 5))
    slopes = " | ".join(f"=IF({unit},I{{r}}*$C${n},0)" for n, unit in ((3, "F{r}>0"), (4, mask), (5, "H{r}>0")))
    same = f"{units} | =F{{r}}*$C$3+G{{r}}*$C$4+H{{r}}*$C$5-B{{r}} | {slopes} | =I{{r}}^2/2"
    lines = [f"{x} | {y} | | | | {same}".format(r=r) for r, (x, y) in enumerate(
        ((0.5, 1), (1.5, 0.2), (-0.4, 0.9), (1, 0.1), (-1.2, 0.4)), start=9)]
    new = [f"=A{n}-$B$1*SUMPRODUCT({g}9:{g}13,A9:A13) | =B{n}-$B$1*SUM({g}9:{g}13) "
           f"| =C{n}-$B$1*SUMPRODUCT(I9:I13,{h}9:{h}13)" for n, h, g in zip((3, 4, 5), "FGH", "JKL", strict=True)]
    report = drawn(("rate | 0.1", "", *start, "", "", "", *lines, " | " * 12 + "=SUM(M9:M13)", "", *new))
    assert report.verdict == ("wrong" if wrong else "right"), report.reason


def test_an_input_that_a_wrong_slope_is_multiplied_with_is_no_rate() -> None:
    """Two units without a cell for the rate, the slope of one taken at what the other gives."""
    lines = ["2 | -1 | 1", "", "0.5 | -0.3 | =A3*A1+B3*B1 | =1/(1+EXP(-C3)) | =2*(A5*D3+B5*D4-C1)*A5*D3*(1-D3)",
             "0.2 | 0.8 | =A4*A1+B4*B1 | =1/(1+EXP(-C4)) | =2*(A5*D3+B5*D4-C1)*B5*D3*(1-D3)",
             "0.7 | -0.6 | =(C1-A5*D3-B5*D4)^2 | | =2*(A5*D3+B5*D4-C1)", "",
             "=A3-0.1*E3*A1 | =B3-0.1*E3*B1", "=A4-0.1*E4*A1 | =B4-0.1*E4*B1", "=A5-0.1*E5*D3 | =B5-0.1*E5*D4"]
    assert wrong_cells(drawn(lines)) == ["E4"]


@pytest.mark.parametrize(("by", "wrong"), [("Q{p}", []), ("P{p}", ["H3:H6"])])
def test_an_input_that_happens_to_be_1_marks_no_class(by: str, wrong: list[str]) -> None:
    """One sample a line, its class marked right beside its inputs, of which one is 1."""
    data = ("0.5 | 1 | 1 | 0 | 0", "1 | 0.2 | 0 | 1 | 0", "0.1 | 0.9 | 0 | 0 | 1", "0.8 | 0.7 | 1 | 0 | 0",
            "0.3 | 0.4 | 0 | 0 | 1")
    same = ("=EXP(F{r}*A{r}+G{r}*B{r}) | =EXP(H{r}*A{r}+I{r}*B{r}) | =EXP(J{r}*A{r}+K{r}*B{r}) | =SUM(L{r}:N{r}) "
            "| =L{r}/O{r}-C{r} | =M{r}/O{r}-D{r} | =N{r}/O{r}-E{r} "
            "| =-C{r}*LN(L{r}/O{r})-D{r}*LN(M{r}/O{r})-E{r}*LN(N{r}/O{r})")
    step = ("=F{p}-$B$1*P{p}*A{p} | =G{p}-$B$1*P{p}*B{p} | =H{p}-$B$1*Q{p}*A{p} | =I{p}-$B$1*Q{p}*B{p} "
            "| =J{p}-$B$1*R{p}*A{p} | =K{p}-$B$1*R{p}*B{p}").replace("=H{p}-$B$1*Q{p}", f"=H{{p}}-$B$1*{by}")
    report = drawn(repeated(("rate | 0.2",), "0.1 | 0.2 | -0.2 | 0.1 | 0.3 | -0.1", same, step, data))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("by", "verdict"), [("$D$1", "right"), ("$F$1", "incomplete"), ("$H$1", "right")])
def test_a_rate_that_is_worked_out_of_a_target_is_not_called_right(by: str, verdict: str) -> None:
    """Of a number for it, or of an input that the error is worked out with, a rate may be."""
    same = "=(B{r}*$H$1+C{r}-$F$1)^2 | =2*(B{r}*$H$1+C{r}-$F$1)*$H$1 | =2*(B{r}*$H$1+C{r}-$F$1)"
    step = f"=$B$1/(1+{by}*{{r}}) | =B{{p}}-A{{p}}*E{{p}} | =C{{p}}-A{{p}}*F{{p}}"
    lines = repeated(("first | 0.3 | slower | 0.05 | target | 2.5 | input | 1.4", "rate | w | b | E | dw | db"),
                      f"=$B$1/(1+{by}*{{r}}) | 0.2 | 0.1", same, step, [""] * 5)
    lines = [line.removeprefix(" | ") for line in lines]
    assert drawn(lines).verdict == verdict


@pytest.mark.parametrize(("last", "verdict"), [(7, "right"), (6, "incomplete")])
def test_a_sample_that_all_sums_leave_out_alike_is_told(last: int, verdict: str) -> None:
    lines = ["rate | 0.01"]
    for epoch in range(3):
        top = 1 + len(lines)
        start = "0.5" if not epoch else f"=B{top - 7}-$B$1*D{top - 7}"
        first, end = top + 2, top + last - 1
        lines += [(f"s | {start} | by s | =2*SUMPRODUCT(D{first}:D{end},A{first}:A{end})/5 | loss "
                  f"| =SUMSQ(D{first}:D{end})/5"), "x | y | p | e"]
        lines += [f"{x} | {2 * x + 0.3} | =B${top}*A{top + n} | =C{top + n}-B{top + n}"
                  for n, x in enumerate((1, 2, 3, 4, 5), start=2)]
    report = drawn(lines)
    assert (report.verdict, wrong_cells(report)) == (verdict, []), report.reason


@pytest.mark.parametrize(("x", "y", "verdict"), [("F{r}", "G{r}", "right"), ("B{r}", "C{r}", "incomplete")])
def test_a_place_ahead_that_nothing_reads_is_told(x: str, y: str, verdict: str) -> None:
    same = f"=B{{r}}+$D$1*D{{r}} | =C{{r}}+$D$1*E{{r}} | =B{{r}}^2+10*C{{r}}^2 | =2*{x} | =20*{y}"
    step = "=B{p}+D{r} | =C{p}+E{r} | =$D$1*D{p}-$B$1*I{p} | =$D$1*E{p}-$B$1*J{p}"
    report = drawn(repeated(("rate | 0.04 | keep | 0.8", "k | x | y | vx | vy | ahead x | ahead y | f | dx | dy"),
                              "2 | 1 | 0 | 0", same, step, "123456"))
    assert (report.verdict, wrong_cells(report)) == (verdict, []), report.reason


@pytest.mark.parametrize(("slope", "wrong"), [("*F3:F5*(1-F3:F5)", []), ("*F3:F5", ["G3:G5"])])
def test_a_factor_that_all_entries_of_an_array_lack_is_named(slope: str, wrong: list[str]) -> None:
    """No cell holds a slope by a weight: it is worked out within the array of the new weights."""
    def array(formula: str, rows: int = 3) -> list[str]:
        return [f"=INDEX({formula},{row},1)" for row in range(1, rows + 1)]

    lines = [" | ".join(line) for line in zip(
        "123", "425", "101", array("MMULT(A3:B5,A7:A8)"), ("", "", ""), array("1/(1+EXP(-D3:D5))"),
        array(f"(F3:F5-C3:C5){slope}"), strict=True)]
    steps = [f"{w} | | {new}" for w, new in zip(
        ("0.1", "-0.2"), array("A7:A8-$B$1*MMULT(TRANSPOSE(A3:B5),G3:G5)", 2), strict=True)]
    report = drawn(("rate | 0.05 | loss | =SUMXMY2(F3:F5,C3:C5)/2", "", *lines, "", *steps))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason
    assert not wrong or report.reason.endswith("is missing")


@pytest.mark.parametrize(("unit", "wrong"), [("D", []), ("C", ["J5:J8"])])
def test_units_that_bend_alike_at_most_numbers_are_told_apart(unit: str, wrong: list[str]) -> None:
    """Too many cases to decide, and at numbers of one sign all are the same."""
    head = "rate | 0.05", "w1 | w2 | v1 | v2", "0.8 | 0.5 | 0.6 | -0.4", "x | y | z1 | z2 | h1 | h2 | p | e | w1 | w2"
    same = ("=A$3*A{r} | =B$3*A{r} | =MAX(0,C{r}) | =MAX(0,D{r}) | =C$3*E{r}+D$3*F{r} | =(G{r}-B{r})^2 "
            "| =2*(G{r}-B{r})*C$3*IF(C{r}>0,1,0)*A{r} | =2*(G{r}-B{r})*D$3*IF(" + unit + "{r}>0,1,0)*A{r} "
            "| =2*(G{r}-B{r})*E{r} | =2*(G{r}-B{r})*F{r}")
    lines = [f"{x} | {y} | {same}".format(r=row) for row, (x, y) in enumerate(
        ((0.2, 0.5), (0.5, 0.9), (0.9, 1.6), (1.3, 1.7)), start=5)]
    feet = " | " * 7 + " | ".join(f"=AVERAGE({c}5:{c}8)" for c in "HIJKL")
    new = " | ".join(f"={start}3-$B$1*{slope}9" for start, slope in zip("ABCD", "IJKL", strict=True))
    report = drawn((*head, *lines, feet, new))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("slope", "wrong"), [("H{p}", []), ("G{p}", ["E4:E8"])])
def test_a_velocity_may_take_the_slope_by_what_acts_on_the_same_loss(slope: str, wrong: list[str]) -> None:
    """The loss is all that the two have in common: neither slope rests on the other number."""
    same = "=B{r}^2+10*C{r}^2 | =2*B{r} | =20*C{r}"
    step = "=B{p}+D{r} | =C{p}+E{r} | =$D$1*D{p}-$B$1*G{p} | =$D$1*E{p}-$B$1*" + slope
    report = drawn(repeated(("rate | 0.04 | keep | 0.8", "k | x | y | vx | vy | f | dx | dy"),
                              "2 | 1 | 0 | 0", same, step, "123456"))
    assert (report.verdict, wrong_cells(report)) == ("wrong" if wrong else "right", wrong), report.reason


@pytest.mark.parametrize(("old", "new", "verdict"), [
    ("", "", "right"), ("=B{p}-$B$1", "=B{p}-$A$1", "incomplete"), ("=B{p}-", "=A{p}-", "incomplete")])
def test_a_parameter_that_is_lost_among_others_is_not_called_right(old: str, new: str, verdict: str) -> None:
    """An update that takes the word beside the rate for it, and one that starts from another parameter."""
    same, step = "=A{r}+B{r}*1.5-2.5 | =C{r}^2 | =2*C{r} | =2*C{r}*1.5", "=A{p}-$B$1*E{p} | =B{p}-$B$1*F{p}"
    lines = repeated(("rate | 0.1", "a | b | e | E | ga | gb"), "0.2 | 0.3", same, step.replace(old, new, 1), [""] * 5)
    report = drawn(line.removeprefix(" | ") for line in lines)
    assert (report.verdict, wrong_cells(report)) == (verdict, []), report.reason


def test_one_number_that_goes_up_beside_another_is_not_called_right() -> None:
    same = "=B{r}^2+10*C{r}^2 | =2*B{r} | =20*C{r}"
    step = "=B{p}-D{r} | =C{p}+E{r} | =$D$1*D{p}-$B$1*G{p} | =$D$1*E{p}-$B$1*H{p}"
    report = drawn(repeated(("rate | 0.04 | keep | 0.8", "k | x | y | vx | vy | f | dx | dy"),
                              "2 | 1 | 0 | 0", same, step, "123456"))
    assert report.verdict in ("wrong", "incomplete"), report.reason


@pytest.mark.parametrize(("start", "verdict"), [("F{p}+", "right"), ("G{p}+", "incomplete"), ("F{p}-", "wrong")])
def test_a_bias_that_goes_on_from_a_net_value_is_not_called_right(start: str, verdict: str) -> None:
    same = "=D{r}*A{r}+E{r}*B{r}+F{r} | =IF(G{r}>=0,1,0) | =C{r}-H{r}"
    step = "=D{p}+$B$1*I{p}*A{p} | =E{p}+$B$1*I{p}*B{p} | =" + start + "$B$1*I{p}"
    data = ("0 | 0 | 0", "0 | 1 | 0", "1 | 0 | 0", "1 | 1 | 1") * 2
    report = drawn(repeated(("rate | 0.1", "x1 | x2 | t | w1 | w2 | bias | net | out | err"), "0.05 | -0.12 | 0.03",
                              same, step, data))
    assert (report.verdict, wrong_cells(report)) == (verdict, ["F4:F10"] if verdict == "wrong" else []), report.reason


@pytest.mark.parametrize("kept", ["=B{p}-", "=B$4-"])
def test_steps_that_all_start_anew_are_no_fault_of_the_program(kept: str) -> None:
    same = "=A{r}+B{r}*1.5-2.5 | =C{r}^2 | =2*C{r} | =2*C{r}*1.5"
    lines = repeated(("rate | 0.1", "", "a | b | e | E | ga | gb"), "0.2 | 0.3", same,
                      "=A{p}-$B$1*E{p} | " + kept + "$B$1*F{p}", [""] * 5)
    report = drawn(line.removeprefix(" | ") for line in lines)
    assert report.verdict == "right" if kept == "=B{p}-" else report.verdict in ("wrong", "incomplete"), report.reason

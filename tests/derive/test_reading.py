"""Documents read and judged: by their own definitions, in every layout, and nothing ever escapes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.checking import Report, check, check_files, check_snippets
from derive.walkthrough import load_walkthrough
from tests.laws import examples, seconds

KANUNGO = load_walkthrough("kanungo")
OPEN = pytest.mark.xfail(strict=True, reason="not judged so yet")
PARTS = (
    "∂ E E1 / w5 w1i1 = == ( ) [ ] { } ^ ** ² ½ σ σ( ' exp e e^ - + * \\frac{ }{ \\partial $ $$ \\( \\) ` | \n ; . "
    ".. , 1 2.5 1e99 a_o1 a_01 out_h1 h1 x d δ Δ η <sub> </sub> <br> &part; & \\\\ \\begin{align} \\end{align} \\text{ "
    "\\left( _ _{ # - > ? ≈ and loss w_new ⁺ ∑ \\newcommand{\\p}{\\partial} \\p ![ ]( log ln|x| sqrt(-1) 1/0 0^0 σ' "
    "¡2 ₕ₁ 𝝈 __import__('os')"
).split(" ")


@examples(50)
@given(st.lists(st.sampled_from(PARTS), max_size=30).map(" ".join) | st.text(max_size=80))
def test_no_text_makes_checking_fail(text: str) -> None:
    """Whatever stands in a document, its equalities come out with verdicts that can be printed as JSON."""
    for one in check(text, KANUNGO):
        assert one.verdict in ("proved", "refuted", "undecided", "definition", "not-understood")
        assert 1 <= one.line <= text.count("\n") + 1
        json.dumps(one.as_json())


def test_a_document_defines_its_own_network() -> None:
    """z1 and h1 are here what elsewhere is h1 and out_h1, and the weights are numbered the other way round."""
    text = """
z1 = w1 x1 + w3 x2
z2 = w2 x1 + w4 x2
h1 = sigmoid(z1)
h2 = sigmoid(z2)
∂h1/∂z1 = h1(1 - h1)
∂z1/∂w3 = x2
∂z1/∂w2 = 0
"""
    assert [one.verdict for one in check(text, KANUNGO)] == ["definition"] * 4 + ["proved"] * 3


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("z = w1x1 + w2x2 + b\na = σ(z)\n∂a/∂z = a(1-a)\nda/dz = 1 - z^2", "definition definition proved refuted"),
        ("s = e^x/(e^x+e^y)\nds/dx = s(1-s)\nds/dy = -s(1-s)", "definition proved proved"),
        ("E1 = (t1 - out_o1)^2\n∂E1/∂out_o1 = 2*(out_o1 - t1)\n∂E1/∂out_o1 = out_o1 - t1", "definition proved refuted"),
        ("h1 = w1*i1 + w2 + i2\n\n∂h1/∂w2 = i2", "definition refuted"),
        pytest.param("δ_h1 = (δ_o1*w5 + δ_o2*w7)*out_h1*(1 - out_h1)\n∂E/∂w1 = δ_h1 * i1", "definition proved",
                     marks=OPEN),
        ("p = q + 1\nq = p + 1", "definition refuted"),
        ("∂o1/∂w5\n= out_h1\n= out_h2", "proved refuted"),
        ("$\\frac{\\partial h_1}{\\partial w_1} = i_1$\n$-\\frac{1}{2}\\cdot 4 = -2$", "proved proved"),
        ("LR=0.1\nLR=0.5", "definition definition"),
    ],
)
def test_a_document_is_read_by_its_own_names_and_definitions(text: str, verdicts: str) -> None:
    """What a document defines for itself counts, as far as its other lines do not contradict it."""
    assert [one.verdict for one in check(text, KANUNGO)] == verdicts.split()


def test_numbers_are_checked_to_the_digits_shown() -> None:
    """The values of the document count, and those of the walkthrough whose start values they are."""
    text = """
w1 = 0.15, w2 = 0.2, i1 = 0.05, i2 = 0.1, b1 = 0.35
net_h1 = w1*i1 + w2*i2 + b1 = 0.3775
out_h1 = 1/(1 + e^-net_h1) = 0.593269992
out_h1 = 0.593269982
"""
    found = check(text, KANUNGO)
    assert [one.verdict for one in found[-5:]] == ["definition", "proved", "definition", "proved", "refuted"]


def test_a_tower_of_powers_is_not_computed() -> None:
    """No line makes checking work for ever."""
    found = check("w1 = 0.1\nw1 = 9^9^9^9\n9^9^9^9 = e^e^e^e^5", KANUNGO)
    assert [one.verdict for one in found] == ["definition", "definition", "undecided"]


def test_a_chain_over_several_lines_is_one_chain_and_stands_where_its_members_stand() -> None:
    found = check("∂E1/∂o1 = ∂E1/∂out_o1 * ∂out_o1/∂o1\n        = (out_o1 - t1) * out_o1*(1 - out_o1)\n", KANUNGO)
    assert [(one.line, one.column, one.verdict) for one in found] == [(1, 11, "proved"), (2, 11, "proved")]


def test_rows_of_displayed_latex_are_claims_with_the_lines_of_their_right_members() -> None:
    text = "$$\n\\begin{aligned}\n\\frac{\\partial E_1}{\\partial o_1} &= \\frac{\\partial E_1}{\\partial out_{o1}}\n"
    text += (
        "\\cdot \\frac{\\partial out_{o1}}{\\partial o_1} \\\\\n&= (out_{o1} - t_1) \\cdot out_{o1} (1 - out_{o1})\n"
    )
    text += "\\end{aligned}\n$$\n"
    assert [(one.line, one.verdict) for one in check(text, KANUNGO)] == [(3, "proved"), (5, "proved")]


def test_macros_of_a_file_are_written_out() -> None:
    text = "\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}\n$\\pd{o_1}{w_5} = out_{h1}$"
    assert [one.verdict for one in check(text, KANUNGO)] == ["proved"]


def test_a_table_of_markdown_has_a_claim_in_each_cell() -> None:
    text = "|Equation|Result|\n|---|---|\n|∂o1/∂w5 = out_h1|∂o1/∂w6 = out_h2|\n"
    assert [(one.line, one.verdict) for one in check(text, KANUNGO)] == [(3, "proved"), (3, "proved")]


def test_snippets_are_judged_together_and_answered_one_by_one() -> None:
    """A definition in one cell holds for the next; places count within each."""
    found = check_snippets(["a note", "z1 = w1 x1 + w2 x2", "h1 = σ(z1)", "x = 1\n∂h1/∂z1 = h1(1 - h1)"], KANUNGO)
    assert [[one.verdict for one in each] for each in found][:3] == [[], ["definition"], ["definition"]]
    assert (found[3][-1].line, found[3][-1].verdict) == (2, "proved")


@pytest.mark.slow
def test_five_megabytes_of_brackets_end_at_once_with_a_clear_line(tmp_path: "pytest.TempPathFactory") -> None:
    path = f"{tmp_path}/brackets.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write("(" * 2_500_000 + ")" * 2_500_000)
    reports: list[Report] = []
    assert seconds(lambda: reports.append(check_files([path], KANUNGO))) < 10
    assert reports[0].exit_code == 2
    assert "5,000,000" in reports[0].faults[0]


def test_one_unreadable_file_among_several_is_told_and_the_others_are_checked(
    tmp_path: "pytest.TempPathFactory",
) -> None:
    good = f"{tmp_path}/good.md"
    with open(good, "w", encoding="utf-8") as file:
        file.write("∂o1/∂w5 = out_h1\n")
    report = check_files([good, f"{tmp_path}/none.md"], KANUNGO)
    assert [one.verdict for one in report.checked] == ["proved"]
    assert len(report.faults) == 1
    assert report.exit_code == 1
    assert check_files([good], KANUNGO).exit_code == 0

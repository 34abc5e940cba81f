"""Reading: laws of the tokens and the documents, what is refused and in which words, and that nothing ever escapes."""

import json
import time

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.checking import check, check_files, check_snippets
from derive.errors import DeriveError
from derive.formulas import Names, read_formula, read_free
from derive.names import symbol
from derive.reading.latex import linear
from derive.reading.markup import read_lines
from derive.reading.sources import decoded, read_source
from derive.reading.traced import Lines, Traced
from derive.walkthrough import load_walkthrough
from tests.laws import examples

KANUNGO = load_walkthrough("kanungo")
NAMES = Names.of(["w1", "i1", "w2", "i2", "h1", "out_h1", "t1", "E1"])
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


@examples(60)
@given(st.text(max_size=200))
def test_every_character_of_a_line_knows_its_place(text: str) -> None:
    """Undoing markup never loses where a character came from."""
    for line in read_lines(text):
        assert len(line.text) == len(line.at)
        assert all(0 <= place < len(text) for place in line.at)


@examples(60)
@given(st.text(alphabet="\\{}_^&ab1 fractextpil()", max_size=60))
def test_latex_of_any_kind_is_taken(text: str) -> None:
    """No nesting and no lost brace of LaTeX makes the conversion fail."""
    assert linear(Traced.of(text)) is not None


@pytest.mark.parametrize("char", ["𝝈", "∂", "𝜕", "Ә", "–", "×", "½", "₁", "²"])
def test_a_look_alike_does_not_move_what_follows(char: str) -> None:
    """Every sign is exchanged one for one, so that columns stay."""
    from derive.reading.notation import canonical

    assert len(canonical(char)) == 1


def test_places_are_lines_and_columns_from_one() -> None:
    assert [Lines.of("ab\nc\n").place(offset) for offset in (0, 1, 3, 4)] == [(1, 1), (1, 2), (2, 1), (2, 2)]


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
    ],
)
def test_free_formulas_are_read_as_people_mean_them(text: str, same: sp.Expr) -> None:
    assert sp.simplify(read_free(text) - same) == 0


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


def test_a_wrong_definition_is_a_finding_and_later_lines_are_judged_by_what_is_meant() -> None:
    found = check("h1 = w1*i1 + w2 + i2\n\n∂h1/∂w2 = i2", KANUNGO)
    assert [one.verdict for one in found] == ["refuted", "proved"]
    assert (found[0].slip or "").startswith("definition-slip")


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("z = w1x1 + w2x2 + b\na = σ(z)\n∂a/∂z = a(1-a)\nda/dz = 1 - z^2", "definition definition proved refuted"),
        ("s = e^x/(e^x+e^y)\nds/dx = s(1-s)\nds/dy = -s(1-s)", "definition proved proved"),
        ("E1 = (t1 - out_o1)^2\n∂E1/∂out_o1 = 2*(out_o1 - t1)\n∂E1/∂out_o1 = out_o1 - t1", "definition proved refuted"),
        ("δ_h1 = (δ_o1*w5 + δ_o2*w7)*out_h1*(1 - out_h1)\n∂E/∂w1 = δ_h1 * i1", "definition proved"),
        ("p = q + 1\nq = p + 1", "definition definition"),
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
    assert [one.verdict for one in found] == ["definition", "undecided", "undecided"]


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    text = "dE1/dw5 = dE1/do1 * out_h1\n" * 3
    assert decoded(text.encode(encoding), "a file") == text


def test_windows_1252_is_found_out() -> None:
    assert decoded("E1 = ½*(t1 – out_o1)²".encode("cp1252"), "a file") == "E1 = ½*(t1 – out_o1)²"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "is not a text"),
        (b"%PDF-1.7\n", "is not a text"),
        (b"PK\x03\x04\x14\x00\x06", "is not a text"),
        (b"a" * 8_000_001, "is larger than 8 MB"),
        (b"\xff\xfea", "is not valid utf-16"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(content: bytes, told: str) -> None:
    with pytest.raises(DeriveError) as error:
        decoded(content, "x.md")
    assert str(error.value).startswith(f"x.md: {told}")


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: "pytest.TempPathFactory") -> None:
    with pytest.raises(DeriveError, match="is a folder"):
        read_source(str(tmp_path))
    with pytest.raises(DeriveError, match="no such file"):
        read_source(f"{tmp_path}/none.md")


def test_five_megabytes_of_brackets_end_at_once_with_a_clear_line(tmp_path: "pytest.TempPathFactory") -> None:
    path = f"{tmp_path}/brackets.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write("(" * 2_500_000 + ")" * 2_500_000)
    start = time.perf_counter()
    report = check_files([path], KANUNGO)
    assert report.exit_code == 2
    assert "5,000,000" in report.faults[0]
    assert time.perf_counter() - start < 10


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

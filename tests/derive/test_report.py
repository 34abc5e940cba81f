"""What a person reads of a check: the network as read, carets, what belongs there, what follows from a slip."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import derive
from derive.checking import Checked, Report, check, check_files, examine, lenders
from derive.checking.report import Summary, plural
from derive.checking.terminal import report_lines
from derive.documents import read_layout
from derive.formats import FORMATS
from tests.laws import examples

NETWORK = """z = w*x + b
a = 1/(1 + e^-z)
L = 1/2*(a - y)^2
"""


def shown(text: str, width: int | None = 80, *, file: str = "", verbose: bool = False, hints: int = 3) -> list[str]:
    """The report on a text."""
    report = Report((examine(text, read_layout(text, file), lenders(None), file),)).hinted(hints)
    return [line for _, line in report_lines(report, width, verbose=verbose)]


def last(text: str) -> Checked:
    """The last verdict on a text."""
    return check(text)[-1]


def test_the_network_as_it_was_read_comes_first() -> None:
    """Each definition with its line, as it stands."""
    lines = shown(f"{NETWORK}∂L/∂a = y - a\n")
    assert lines[1:4] == ["    line 1  z = w*x + b", "    line 2  a = 1/(1 + e^-z)", "    line 3  L = 1/2*(a - y)^2"]


def test_what_is_right_is_counted_and_listed_where_it_is_asked_for() -> None:
    """-v lists each right line."""
    text = f"{NETWORK}∂L/∂a = a - y\n"
    assert "1 of 1 equality right (-v lists them)." in shown(text)
    assert "    line 4  ∂L/∂a = a - y" in shown(text, verbose=True)


def test_the_caret_stands_under_the_part_that_the_slip_names() -> None:
    """The second a, not the first, and only it."""
    lines = shown(f"{NETWORK}∂a/∂z = a*(1 + a)\n")
    place = lines.index("    ∂a/∂z = a*(1 + a)")
    assert lines[place + 1] == "                   ^"
    assert lines[place + 2 : place + 4] == ["    The sign of a is wrong.", "    what belongs there: a * (1 - a)"]


@pytest.mark.parametrize(
    ("hints", "told"),
    [(1, (None, None, None)), (2, ("sign: the sign of a is wrong", None, (15, 16))), (3, ("sign: the sign of a is wrong", "a * (1 - a)", (15, 16)))],  # noqa: E501
)
def test_hints_tell_the_place_then_the_slip_then_the_answer(hints: int, told: tuple[object, ...]) -> None:
    """In every form of the report, since the verdicts themselves are cut."""
    found = last(f"{NETWORK}∂a/∂z = a*(1 + a)\n").hinted(hints)
    assert (found.slip, found.correct, found.culprit) == told
    assert found.verdict == "refuted"


@pytest.mark.parametrize("format_", ["json", "github", "sarif", "junit"])
def test_no_form_of_the_report_gives_away_what_is_held_back(format_: str) -> None:
    """With one hint the right form stands nowhere."""
    text = f"{NETWORK}∂a/∂z = a*(1 + a)\n"
    report = Report((examine(text, read_layout(text), lenders(None), "a.txt"),))
    whole, held = FORMATS[format_](report), FORMATS[format_](report.hinted(1))
    assert "a * (1 - a)" in whole
    assert "a * (1 - a)" not in held
    assert "sign of a" not in held


def test_what_follows_rightly_from_a_slip_is_not_refuted_anew() -> None:
    """The chain rule over a wrong factor: right, given that line."""
    *_, slip, chain = check(f"{NETWORK}∂L/∂a = y - a\n∂L/∂z = (y - a)*a*(1 - a)\n")
    assert (slip.verdict, slip.given) == ("refuted", None)
    assert (chain.verdict, chain.given) == ("undecided", (4,))
    assert (chain.reason or "").startswith("right, given line 4")


def test_two_slips_can_bear_one_line() -> None:
    """It rests on both, and both are named."""
    text = "u = a*x\nv = b*x\ns = u*v\n∂u/∂x = 2*a\n∂v/∂x = 3*b\n∂s/∂x = 2*a*v + 3*b*u\n"
    assert last(text).given == (4, 5)


@pytest.mark.slow
@examples(6)
@given(st.integers(2, 9), st.integers(2, 9))
def test_what_does_not_follow_is_refuted(factor: int, other: int) -> None:
    """A line is excused by a slip only if it holds with it."""
    found = check(f"{NETWORK}∂L/∂a = {factor}*(a - y)\n∂L/∂z = {other}*(a - y)*a*(1 - a)\n")[-1]
    assert found.verdict == ("undecided" if factor == other else "refuted")


@pytest.mark.parametrize(
    ("text", "correct"),
    [
        ("ŷ_1 = w_1 x\nL = (ŷ_1 - t)^2\n∂L/∂ŷ_1 = ŷ_1 - t", "2 * (ŷ_1 - t)"),
        (r"$\hat{y}_1 = w_1 x$" + "\n\n" + r"$L = (\hat{y}_1 - t)^2$" + "\n\n" + r"$\frac{\partial L}{\partial \hat{y}_1} = \hat{y}_1 - t$",  # noqa: E501
         r"2 \cdot (\hat{y}_1 - t)"),
    ],
)  # fmt: skip
def test_names_and_formulas_are_the_author_s_own(text: str, correct: str) -> None:
    """No key of ours: a name is spelled as the document spells it, and LaTeX is answered in LaTeX."""
    assert last(text).correct == correct


@pytest.mark.slow
def test_a_report_fits_the_terminal() -> None:
    """No line is wider than 80 columns, whatever stands in the document."""
    long = " + ".join(f"weight_{n}*input_{n}" for n in range(40))
    lines = shown(f"{NETWORK}s = {long}\n∂s/∂weight_3 = input_4\n∂L/∂a = a + y\n" + r"$q = \sum_i x_i \foo$" + "\n", verbose=True)  # noqa: E501
    assert max(map(len, lines)) <= 80


def test_what_is_not_understood_is_said_once_with_its_lines() -> None:
    """Two lines with the same sign: one sentence."""
    lines = shown(f"{NETWORK}r = w ★ x\ns = w ★ b\n")
    assert any(line.startswith("2 equalities not understood") for line in lines)
    assert sum("★" in line for line in lines) == 1
    assert any("lines 4, 5" in line for line in lines)


@pytest.mark.parametrize(("count", "told"), [(0, "0 equalities"), (1, "1 equality"), (2, "2 equalities")])
def test_one_thing_is_told_in_the_singular(count: int, told: str) -> None:
    """1 equality, 2 equalities."""
    assert plural(count, "equality") == told
    assert str(Summary(count, 0, 0, 0, 0)).startswith(told)


def test_json_has_the_keys_of_the_contract() -> None:
    """And the new ones beside them."""
    found = json.loads(json.dumps(last(f"{NETWORK}∂L/∂a = y - a\n").as_json()))
    contract = {"file", "line", "column", "text", "verdict", "left", "right", "reading", "correct", "slip", "witness",
    "reason"}
    assert contract | {"either", "imprecise", "given", "cell", "sizes"} <= found.keys()
    assert found["numbers"].keys() == {"left", "right", "at"}


def test_a_folder_stands_for_the_documents_in_it(tmp_path: Path) -> None:
    """Hidden ones, other kinds and those without an equality are passed over; each is read once."""
    (tmp_path / "deep").mkdir()
    (tmp_path / ".git").mkdir()
    for name, text in {"a.md": NETWORK, "deep/b.txt": NETWORK, ".git/c.md": NETWORK, "d.csv": NETWORK, "e.md": "words"}.items():  # noqa: E501
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = check_files([str(tmp_path), str(tmp_path / "a.md")])
    assert [Path(one.file).name for one in report.examined] == ["a.md", "b.txt"]
    assert not report.faults


def test_a_folder_without_documents_is_a_fault(tmp_path: Path) -> None:
    """It says what would be read."""
    report = check_files([str(tmp_path)])
    assert report.exit_code == 2
    assert ".md" in report.faults[0]


def test_a_notebook_s_places_are_cell_and_line(tmp_path: Path) -> None:
    """The line within the cell, beside the line of the file."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "\n", "$z = w x$\n"]},
             {"cell_type": "markdown", "metadata": {}, "source": ["words\n", "\n", "$\\frac{dz}{dw} = w$\n"]}]  # fmt: skip  # noqa: E501
    file = tmp_path / "n.ipynb"
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1), encoding="utf-8")  # noqa: E501
    found = check_files([str(file)]).checked[-1]
    assert (found.cell, found.cell_line) == (2, 3)


@pytest.mark.slow
def test_no_line_is_folded_or_cut_where_there_is_no_width() -> None:
    """As a pipe gets it: the author's whole line, and the carets below its part."""
    terms = " + ".join(f"a_long_name_{n}" for n in range(40))
    text = f"s = {terms}\n∂s/∂a_long_name_1 = {terms}\n"
    lines = shown(text, None, verbose=True)
    assert f"    line 1  s = {terms}" in lines
    assert f"    ∂s/∂a_long_name_1 = {terms}" in lines
    assert max(map(len, shown(text, 80, verbose=True))) <= 80


def test_the_summary_counts_every_equality_once() -> None:
    """Each verdict with another count, so that none stands for another."""
    words = ("proved", "definition", "refuted", "undecided", "not-understood")
    one = last("a = b\n")
    found = Summary.of(tuple(replace(one, verdict=word) for n, word in enumerate(words) for _ in range(2**n)))
    assert found == Summary(1, 2, 4, 8, 16)
    assert str(found) == "31 equalities: 1 right, 2 definitions, 4 wrong, 8 undecided, 16 not understood"


@pytest.mark.parametrize(("name", "content"), [("a.md", "nothing"), ("b.ipynb", "{")])
def test_a_fault_names_its_file_once(name: str, content: str, tmp_path: Path) -> None:
    """Whoever found it, and whether or not it knew the file's name."""
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    (fault,) = check_files([str(file)]).faults
    assert (fault.startswith(f"{file}: "), fault.count(name)) == (True, 1)


def test_what_is_off_in_the_last_digit_is_listed_up_to_a_dozen() -> None:
    """All of it where everything is asked for."""
    text = "".join(f"{n}/17 = {n / 17 + 1e-4:.4f}\n" for n in range(1, 33))
    few, every = ([line for line in shown(text, verbose=one) if "for the last digit" in line] for one in (False, True))
    assert len(few) == 12 < len(every)


def test_places_in_a_notebook_are_told_by_the_cell_and_a_path_is_its_file(tmp_path: Path) -> None:
    """In a file of one line, where the number of the line tells nothing."""
    cells = ("E = 1/2*(t - y)^2\ny = w*x", "∂E/∂y = (y-t)*2\n∂E/∂w = 2*(y-t)*x", "y = w*x + 1")
    found = [{"cell_type": "markdown", "metadata": {}, "source": cell} for cell in cells]
    path = tmp_path / "notes.ipynb"
    path.write_text(json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    lines = [line for _, line in report_lines(check_files([str(path)]), None)]
    assert [line.split("  ")[2] for line in lines[1:3]] == ["cell 1, line 1", "cell 1, line 2"]
    told = derive.check(path)
    assert told[3].reason == "right, given cell 2, line 1: it follows from what is wrong there"
    assert "either this line or cell 1, line 2 is meant otherwise" in (told[4].reason or "")
    assert told == derive.check(path.read_text(), file=str(path))
    with pytest.raises(derive.DeriveError, match=r"nowhere\.txt: cannot be read"):
        derive.check(tmp_path / "nowhere.txt")


CHANGED = """
def slope(Z, y):
    N = len(y)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    loss = -np.log(P[range(N), y]).mean()
    dZ = P.copy()
    dZ[range(N), y] -= 1
    dZ /= N
    dZ[Z < 0] *= 2
"""


def test_a_statement_that_changes_entries_is_shown_with_its_own_sign() -> None:
    found = examine(CHANGED, read_layout(CHANGED, "net.py"), lenders(None), "net.py")
    assert [claim.text.partition(" ")[2] for claim in found.checked[4:]] == ["y] -= 1", "/= N", "< 0] *= 2"]
    assert found.understood.same == ()

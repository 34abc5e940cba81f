"""Nothing is judged that is not read whole: a formula ends at prose or punctuation, never at a sign that is unknown."""

import time

import pytest

from derive.checking import Checked, check
from derive.formulas.runs.ends import ENDS
from derive.walkthrough import load_walkthrough

KANUNGO = load_walkthrough("kanungo")
TRUE = "dE/dw5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1"
"""Proved as it stands; so every verdict on a part of a longer formula would be `proved`."""


def only(line: str) -> Checked:
    """The one verdict of a line."""
    (found,) = check(line, KANUNGO)
    return found


def test_the_line_is_proved_where_nothing_is_behind_it() -> None:
    """Else the tests below would show nothing."""
    assert only(TRUE).verdict == "proved"


@pytest.mark.parametrize(
    ("behind", "named"),
    [
        (" ⊠ W", "⊠"),
        (" % W", "%"),
        (" // W", "//"),
        (" & W", "&"),
        (" ~ W", "~"),
        (" ★ W", "★"),
        (" ⋆ W", "⋆"),
        (" ⊕ W", "⊕"),
        (" £ W", "£"),
        ("! / 2", "!"),
        (" * ...", "..."),
        (" * …", "…"),
        (" + ... + w5", "..."),
        (".shape", ".shape"),
        (".item()", ".item"),
        (" foo(3)", "foo"),
        (" * foo(3)", "foo"),
        (r" \star w_5", r"\star"),
        (r" \foo w_5", r"\foo"),
    ],
)
def test_an_unknown_sign_command_or_call_behind_a_formula_is_named(behind: str, named: str) -> None:
    """The line is not understood, and its reason names what was not."""
    for line in (TRUE + behind, f"We get {TRUE}{behind}, hence it falls", f"`{TRUE}{behind}`"):
        found = only(line)
        assert found.verdict == "not-understood"
        assert f'"{named}"' in (found.reason or "")


@pytest.mark.parametrize(
    "line",
    [
        "J = J ⊠ w / n",
        "σ(z) = 1/(1 + e^-z) ⊠ W",
        r"$\sigma(z) = \frac{1}{1+e^{-z}} \star W$",
        r"$\sigma(z) = \frac{1}{1+e^{-z}} \foo x$",
        r"$\sigma(z) = \left[\frac{1}{1+e^{-z}}\right]_b W$",
        "σ(z) = [1/(1 + e^-z)]_b W",
        "σ(z) = (1/(1 + e^-z)).sum()",
        "out_h1 = σ(h1) if h1 else 0",
        "out_h1 = σ(h1) if h1 < 0",
        "out_h1 = 0 when h1 <= 0",
        "foo(dE/dw5) = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1",
        "foo(3) * dE/dw5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1",
        "E = E1[:, 0]",
        "E1 = E1 != 0",
        f"{TRUE.replace(' =', ' ⊠ W =')}",
        f"W ⊠ {TRUE}",
    ],
)
def test_a_formula_that_is_not_read_whole_is_not_understood(line: str) -> None:
    """Whatever could be read of it, nothing is said about a part."""
    assert {one.verdict for one in check(line, KANUNGO)} == {"not-understood"}


@pytest.mark.parametrize(
    "line", ["J = J @ w / n", "σ(z) = 1/(1 + e^-z) @ W", f"{TRUE} @ W", f"W @ {TRUE}", f"{TRUE}.T"]
)
def test_signs_of_arrays_belong_to_the_formula(line: str) -> None:
    """They are read, so that no part is judged without them."""
    assert {one.verdict for one in check(line, KANUNGO)}.isdisjoint(("proved", "refuted"))


def test_a_case_that_is_read_whole_is_judged() -> None:
    """A condition with both of its values is a formula."""
    assert only("out_h1 = σ(h1) if h1 > 0 else 0").verdict == "definition"


@pytest.mark.parametrize("name", ENDS)
def test_each_kind_of_end_ends_its_one_example_and_belongs_to_the_other(name: str) -> None:
    """A row of the table of ends is shown by its own examples."""
    for line, is_read in ((ENDS[name].ends, True), (ENDS[name].belongs, False)):
        assert (only(line).verdict == "not-understood") is not is_read


@pytest.mark.parametrize(
    "line",
    [
        f"{TRUE}.",
        f"{TRUE}!",
        f"{TRUE}; so it falls",
        f"{TRUE}: the first gradient",
        f"{TRUE}, as before...",
        f"{TRUE} ... and so on",
        f"{TRUE} & then we go on",
        f"{TRUE} → down",
        f"{TRUE} \\\\",
        f"{TRUE} ✓",
        f"{TRUE} # the first gradient",
        f"{TRUE} // the first gradient",
        f"{TRUE} (the path over E2 is not used)",
        f"{TRUE} [3]",
        f'"{TRUE}"',
        f"• {TRUE}",
        f"🎉 {TRUE} 🎉",
        rf"\item {TRUE}",
        rf"${TRUE.replace('*', ' ')}$ \qed",
    ],
)
def test_prose_and_punctuation_end_a_formula(line: str) -> None:
    """What is known to be no part of a formula changes nothing."""
    assert only(line).verdict == "proved"


@pytest.mark.slow
def test_brackets_in_brackets_are_told_in_a_time_that_grows_as_they_do() -> None:
    began = time.process_time()
    found = only(f"y = {'(' * 50_000}x{')' * 50_000}")
    assert (found.verdict, time.process_time() - began < 30) == ("not-understood", True)  # minutes, where it squares

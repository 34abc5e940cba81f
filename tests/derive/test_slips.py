"""Each row of SLIPS finds the mistake of its own smallest example; nothing is found where nothing is wrong."""

from pathlib import Path

import pytest

from derive.checking import check
from derive.checking.slips import SLIPS

NETWORK = """h1 = w1*i1 + w2*i2
h2 = w3*i1 + w4*i2
out_h1 = σ(h1)
out_h2 = σ(h2)
o1 = w5*out_h1 + w6*out_h2
o2 = w7*out_h1 + w8*out_h2
out_o1 = σ(o1)
out_o2 = σ(o2)
E1 = 1/2*(t1 - out_o1)^2
E2 = 1/2*(t2 - out_o2)^2
E = E1 + E2
"""


TELLS = "∂E1/∂out_o1 = out_o1 - t1"
"""A line that rests on the network's E1: where an example says otherwise of E1, it tells which of the two is meant."""


@pytest.mark.parametrize("name", SLIPS)
def test_each_row_names_the_mistake_of_its_own_example(name: str) -> None:
    """The smallest example of a slip, between the network that it is about and a line that rests on it, is refuted,
    with that slip.
    """
    *network, found, rests = check(f"{NETWORK}\n{SLIPS[name].example}\n\n{TELLS}\n")
    assert {one.verdict for one in network} == {"definition"}
    assert rests.verdict == "proved"
    assert found.verdict == "refuted"
    assert (found.slip or "").partition(":")[0] == name


@pytest.mark.parametrize("name", ["duplicate-label", "exponent"])
def test_a_second_definition_on_which_nothing_rests_is_undecided(name: str) -> None:
    """Nothing tells which of the two is meant: both are shown."""
    *network, found = check(f"{NETWORK}\n{SLIPS[name].example}\n")
    assert {one.verdict for one in network} == {"definition"}
    assert (found.verdict, found.either) == ("undecided", 9)


def test_the_commands_page_names_every_kind_of_slip() -> None:
    """Programs that read the report know the names from there."""
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    further = ("definition-slip", "update", "numeric-substitution", "numeric-wrong")
    assert [name for name in (*SLIPS, *further) if f"`{name}`" not in page] == []


def test_a_wrong_line_that_is_no_ones_neighbour_has_no_slip() -> None:
    """A slip is never guessed."""
    *_, found = check(f"{NETWORK}\n∂E/∂w5 = t1*t2*w1*w2*i2*out_o2 + i1\n")
    assert (found.verdict, found.slip) == ("refuted", None)


@pytest.mark.parametrize(
    ("line", "slip", "correct"),
    [
        ("dy/dx = 3*x", "missing-factor: the factor x is missing", "3 * x²"),
        ("d^2y/dx^2 = 6*x^2", "exponent: the exponent 2 should be 1", "6 * x"),
        ("f'(x) = 3*x", "missing-factor: the factor x is missing", "3 * x²"),
        ("f''(x) = 6*x^2", "exponent: the exponent 2 should be 1", "6 * x"),
        ("f'(x) = -3*x^2", "sign: the sign is wrong", "3 * x²"),
    ],
)
def test_a_derivative_in_one_variable_has_its_slip(line: str, slip: str, correct: str) -> None:
    """A power too many or too few is in what is said of the derivative, however that is written."""
    *_, found = check(f"y = x^3\nf(x) = x^3\n{line}\n")
    assert (found.verdict, found.slip, found.correct) == ("refuted", slip, correct)

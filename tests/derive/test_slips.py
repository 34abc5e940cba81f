"""Each row of SLIPS finds the mistake of its own smallest example; nothing is found where nothing is wrong."""

import pytest

from derive.checking import check
from derive.slips import SLIPS
from derive.walkthrough import load_walkthrough

KANUNGO = load_walkthrough("kanungo")


@pytest.mark.parametrize("name", SLIPS)
def test_each_row_names_the_mistake_of_its_own_example(name: str) -> None:
    """The smallest example of a slip is refuted, with that slip."""
    (found,) = check(SLIPS[name].example, KANUNGO)
    assert found.verdict == "refuted"
    assert (found.slip or "").partition(":")[0] in (name, "definition-slip")


def test_a_wrong_line_that_is_no_ones_neighbour_has_no_slip() -> None:
    """A slip is never guessed."""
    (found,) = check("∂E/∂w5 = t1*t2*w1*w2*i2*out_o2 + i1", KANUNGO)
    assert (found.verdict, found.slip) == ("refuted", None)

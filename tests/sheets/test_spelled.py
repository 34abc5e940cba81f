"""Numbers put into a text for its names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.building.companions.spelled import put_in, with_values

VALUES = {"out_o1": -0.25, "x": 3.0, "∂E/∂h1": 0.5}


def test_a_name_is_replaced_before_an_exponent_too() -> None:
    assert with_values("(1 - out_o1²) * x³ * ∂E/∂h1 + x1", VALUES) == "(1 - (-0.25)²) * 3³ * 0.5 + x1"
    assert put_in("1 - out_o1²", {"out_o1": "$F$1"}) == '"1 - "&$F$1&"²"'


@pytest.mark.slow
@given(st.lists(st.sampled_from([*VALUES, "y", "h12"]), min_size=1), st.sampled_from("²³⁴ *+)"))
def test_every_name_that_has_a_value_is_replaced_and_no_other(names: list[str], behind: str) -> None:
    shown = with_values("".join(f"a * {name}{behind} - " for name in names), VALUES)
    assert not any(name in shown for name in VALUES)
    assert all(shown.count(f"a * {name}{behind}") == names.count(name) for name in ("y", "h12"))

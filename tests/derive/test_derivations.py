"""Every walkthrough carries the hand derivation that its article gives or implies, and it holds."""

import pytest

from derive.checking import check
from derive.walkthrough import built_in, load_walkthrough


@pytest.mark.parametrize("name", sorted({*built_in()} - {"kanungo"}))
def test_every_equality_of_the_derivation_is_proved(name: str) -> None:
    """Kanungo's slips are checked elsewhere; the others' articles have none, or give no formula to slip in."""
    walkthrough = load_walkthrough(name)
    verdicts = check(walkthrough.derivation, walkthrough)
    assert {one.verdict for one in verdicts} == {"proved"}, [one for one in verdicts if one.verdict != "proved"]
    stated = {one.left for one in verdicts}
    assert {f"∂E/∂{parameter}" for parameter in walkthrough.network.parameters} <= stated

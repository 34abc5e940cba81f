"""Numbers as they are printed: right where they are the value rounded or cut off at their digits, and else not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.checking import check
from derive.formulas.printed import Printed, coarsest
from tests.laws import examples

PLACES = st.integers(0, 5)
VALUES = st.integers(-10**9, 10**9).map(lambda whole: Fraction(whole, 10**6))


def printed(value: Fraction, places: int, *, cut: bool = False) -> Printed:
    """A value as it is printed to so many places."""
    unit = Fraction(1, 10**places)
    times = value / unit
    return Printed((int(times) if cut else round(times)) * unit, unit, 0)


@examples(40)
@given(VALUES, PLACES, st.booleans())
def test_a_value_rounded_or_cut_off_is_right(value: Fraction, places: int, cut: bool) -> None:
    assert printed(value, places, cut=cut).is_of(float(value))


@examples(40)
@given(VALUES, PLACES, st.integers(1, 9), st.booleans())
def test_a_value_a_digit_off_is_not(value: Fraction, places: int, more: int, up: bool) -> None:
    """Neither above nor below, from one unit beyond what is rounded on."""
    number = printed(value, places)
    off = number.unit * more * (1 if up else -1)
    moved = Printed(number.value + off, number.unit, 0)
    away = abs(moved.value - value)
    is_cut = away < number.unit and abs(moved.value) <= abs(value)
    assert moved.is_of(float(value)) == (is_cut or away <= number.unit / 2)


@examples(20)
@given(VALUES, PLACES)
def test_nothing_is_rounded_where_the_digits_are_enough(value: Fraction, places: int) -> None:
    number = printed(value, places)
    assert number.is_enough_for(float(value)) == (number.value == value)


def test_the_number_of_fewest_digits_stands_for_the_others() -> None:
    short, long, whole = (Printed(Fraction(1), Fraction(1, 10**n) if n else Fraction(0), 1) for n in (1, 3, 0))
    assert coarsest((long, short, None)) is short
    assert coarsest((whole, long)) is long
    assert coarsest((None, None)) is None
    assert coarsest((long, other := Printed(Fraction(2), long.unit, 1))) is other


@pytest.mark.parametrize(
    ("line", "verdict", "imprecise"),
    [
        ("0.33 = 0.3333", "proved", False),
        ("0.339 = 0.33", "proved", False),
        ("0.5 = 0.6", "proved", True),  # was right without a word: each may be off by half a unit
        ("0.5 = 0.7", "refuted", False),
        ("2 = 1.99", "refuted", False),
        ("0.5 + 0.25 = 0.76", "refuted", False),
        ("2/3 = 0.666", "proved", False),
        ("2/3 = 0.665", "refuted", False),
    ],
)
def test_a_line_of_numbers_is_held_to_the_fewer_digits(line: str, verdict: str, imprecise: bool) -> None:
    (found,) = check(line)
    assert (found.verdict, found.imprecise) == (verdict, imprecise)

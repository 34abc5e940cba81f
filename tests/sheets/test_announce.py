"""What `sheets build` says at its end."""

from math import nan

from derive.checking import check
from derive.walkthrough import Walkthrough
from sheets.building.announce import announce, verdict_line
from sheets.building.curve import Watched


def test_the_articles_gradients_are_proved_and_its_false_sigmas_refuted(kanungo: Walkthrough) -> None:
    assert list(verdict_line(check(kanungo.derivation, kanungo))) == [
        ("refuted", "Its hand derivation: 18 of 21 lines right, 3 wrong (4, 11, 16); see the sheet Summary")]


def test_without_a_derivation_there_is_no_line() -> None:
    assert list(verdict_line(())) == []


def test_each_sheet_has_its_first_and_last_loss() -> None:
    seen = Watched(0.25, 0.125, None, (), None, (), ())
    assert list(announce("a.xlsx", "E", 1001, [("LR=0.5", seen)])) == [
        "a.xlsx: 1 table of 1,001 rows", "  LR=0.5     E 0.25 → 0.125",
    ]


def test_a_training_that_saturates_beyond_a_spreadsheets_exp_does_not_diverge() -> None:
    seen = Watched(155.5, nan, None, (155.5, nan, nan), 1, (), ())
    assert list(announce("a.xlsx", "E", 3, [("Rate 2", seen)]))[1] == (
        "  Rate 2     E 155.5 → no number from update 1 on")


def test_a_training_that_leaves_the_numbers_says_at_which_update() -> None:
    seen = Watched(0.25, nan, None, (), 1234, (), ())
    assert list(announce("a.xlsx", "E", 2001, [("LR=50", seen)]))[1] == (
        "  LR=50      E 0.25 → diverges at update 1,234")

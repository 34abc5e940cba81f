"""What `sheets build` says at its end."""

from math import nan

from derive.checking import check
from derive.walkthrough import Walkthrough
from sheets.announce import announce, verdict_table
from sheets.curve import Watched

TABLE = """\
The walkthrough's own derivation, 21 lines: 18 proved, 3 refuted
    1  ӘE/Әw5                    proved
    2  ӘE1/Әw5                   proved
    3  (ӘE1/Әout_o1)             proved
    4  (Әout_o1/Әo1)             refuted: right is out_o1 * (1 - out_o1)
    5  (Әo1/Әw5)                 proved
    6  ӘE/Әw5                    proved
    7  ӘE/Әw6                    proved
    8  ӘE/Әw7                    proved
    9  ӘE/Әw8                    proved
   10  ӘE/Әw1                    proved
   11  (Әout_o1/Әo1)             refuted: right is out_o1 * (1 - out_o1)
   12  (Әo1/Әout_h1)             proved
   13  (Әout_h1/Әh1)             proved
   14  (Әh1/Әw1)                 proved
   15  (ӘE2/Әout_o2)             proved
   16  (Әout_o2/Әo2)             refuted: right is out_o2 * (1 - out_o2)
   17  (Әo2/Әout_h1)             proved
   18  ӘE/Әw1                    proved
   19  ӘE/Әw2                    proved
   20  ӘE/Әw3                    proved
   21  ӘE/Әw4                    proved"""


def test_the_articles_gradients_are_proved_and_its_false_sigmas_refuted(kanungo: Walkthrough) -> None:
    assert "\n".join(line for _, line in verdict_table(check(kanungo.derivation, kanungo))) == TABLE


def test_without_a_derivation_there_is_no_table() -> None:
    assert list(verdict_table(())) == []


def test_each_sheet_has_its_first_and_last_loss() -> None:
    seen = Watched(0.25, 0.125, None, (), None, (), ())
    assert list(announce("a.xlsx", "E", 1001, [("LR=0.5", seen)])) == [
        "a.xlsx: 1 table of 1,001 rows", "  LR=0.5     E 0.2500000000 → 0.1250000000",
    ]


def test_a_training_that_leaves_the_numbers_says_at_which_update() -> None:
    seen = Watched(0.25, nan, None, (), 1234, (), ())
    assert list(announce("a.xlsx", "E", 2001, [("LR=50", seen)]))[1] == (
        "  LR=50      E 0.2500000000 → no number: a value is no number at update 1,234")

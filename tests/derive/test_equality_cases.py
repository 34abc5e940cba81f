"""The table of equalities: what is proved, with its note on domains, what is refuted, and what stays open."""

import csv
from pathlib import Path

import pytest

from derive.equal import decide
from derive.equality import Refuted, Undecided
from derive.formulas import read_free
from tests.derive.numeric import value_at

with (Path(__file__).parent.parent / "cases" / "equality.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['left']} = {row['right']}")
def test_the_verdict_and_its_note_are_those_of_the_table(row: dict[str, str]) -> None:
    verdict = decide(row["left"], row["right"])
    note = "" if isinstance(verdict, Undecided) else verdict.note
    assert (type(verdict).__name__.lower(), note) == (row["verdict"], row["note"] or ""), verdict


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['right']} = {row['left']}")
def test_the_verdict_is_the_same_with_the_sides_swapped(row: dict[str, str]) -> None:
    assert type(decide(row["right"], row["left"])) is type(decide(row["left"], row["right"]))


@pytest.mark.parametrize("row", [row for row in ROWS if row["verdict"] == "refuted" and "9^9" not in row["left"]],
                         ids=lambda row: f"{row['left']} = {row['right']}")
def test_a_witness_can_be_checked_with_a_calculator(row: dict[str, str]) -> None:
    verdict = decide(row["left"], row["right"])
    assert isinstance(verdict, Refuted)
    point = {name: value.numerator / value.denominator for name, value in verdict.witness}
    for side in ("left", "right"):
        ends = [float(end) for end in getattr(verdict, side).strip("[]").split(", ")]
        value = float(value_at(read_free(row[side]), point))
        assert min(ends) - 1e-7 * abs(value) <= value <= max(ends) + 1e-7 * abs(value)

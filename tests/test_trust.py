"""A small part of the trust report (`python -m tests.trust`), with every run."""

import random

import pytest

from tests.trust.decisions import tally
from tests.trust.fuzz import EXCEL, LATEX, TARGETS
from tests.trust.gradients import networks, wrong_gradients

FOUND = {
    "excel": (b"3-3=(A3)^3-3@=(A3)^33=(A3)^3-3@=(A3)^3-3@=(A3)^3^2%-3@=(A3)^3^2%", *EXCEL),
    "latex": (b"\\begin{cases}", b"\\frac{}{}^^^", b"\\def\\a{\\a}\\a", b"{" * 3000, *LATEX),
    "text": (b"\xff\xfe", b"a slope BLANKof its own letter\td\xcf\x83(x)/dx = \xcf\x83(x", b"\x1b[31mE = 1", b"=" * 99),
    "formula": (b"x\tx", b"9^9^9^9\t1", b"((((((\t", b"e^e^e^e^e^e\te^e^e^e^e^x"),
    "certificate": (b"\xde\xad", b"[" * 4000, b"{}", b"[]", b"null", b'{"format": "derive-certificate-1"}'),
    "toml": (b"", b"title = 1", b"[[", b"equations = ['E = E']", b"learning_rates = [nan]"),
    "workbook": (b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18),
    "sheet": (b"", b"<worksheet/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"),
}
"""Hostile inputs, those that fuzzing found among them: each is answered, or told with a DeriveError."""


@pytest.mark.slow
@pytest.mark.parametrize("target", FOUND)
def test_hostile_input_is_answered_or_told(target: str) -> None:
    assert FOUND.keys() == TARGETS.keys()
    run, _ = TARGETS[target]
    for content in FOUND[target]:
        run(content)


@pytest.mark.slow
def test_random_decisions_are_right_and_replayed() -> None:
    found = tally(seed=20261128, count=60)
    assert (found.mistakes, found.unreplayed) == ([], [])
    assert found.proved > 20
    assert found.refuted > 20
    assert len(found.undecided) <= 1


def test_gradients_are_the_slopes_of_the_loss() -> None:
    for network in networks(seed=7, count=3):
        looked, wrong = wrong_gradients(network, random.Random(7))
        assert looked
        assert wrong == []

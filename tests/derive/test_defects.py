"""An error that nobody foresaw is told apart from a text that is too much, and no test passes over it."""

import os

import pytest

import derive
from derive.checking.evidence import weighing
from derive.defects import TOO_MUCH, TRACEBACK, left_open, reported
from derive.small_models.weighing import judge

NUMBERS = "L = (a - y)^2\n∂L/∂a = 2*(a - y)\n"
ARRAYS = r"$$L = \sum_i (a_i - y_i)^2$$ and so $$\sum_i (a_i - y_i) = \sum_j a_j - \sum_k y_k$$"
WHERE = [(weighing, "_decided", NUMBERS), (judge.Judge, "_judged", ARRAYS)]


def test_our_tests_pass_over_no_defect() -> None:
    assert os.environ[TRACEBACK]
    with pytest.raises(AttributeError):
        left_open(AttributeError("no such thing"))


@pytest.mark.parametrize("error", TOO_MUCH)
def test_what_is_too_much_is_told_in_our_words(error: type[Exception]) -> None:
    assert left_open(error("of Python's")) == TOO_MUCH[error]


def test_a_defect_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACEBACK)
    assert reported(KeyError("w1")).startswith("a fault of this program, not yours: KeyError: 'w1' — please report it")
    assert "\n" not in reported(ValueError("two\nlines"))


@pytest.mark.parametrize(("owner", "act", "text"), WHERE)
def test_a_defect_in_one_claim_is_seen_by_tests_and_costs_its_user_that_claim_alone(
    owner: object, act: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise AttributeError("no such thing")

    monkeypatch.setattr(owner, act, broken)
    with pytest.raises(AttributeError):
        derive.check(text)
    monkeypatch.delenv(TRACEBACK)
    first, last = derive.check(text)
    assert (first.verdict, last.verdict) == ("definition", "undecided")
    assert last.reason.startswith("a fault of this program, not yours: AttributeError: no such thing — please report")


@pytest.mark.parametrize(("owner", "act", "text"), WHERE)
def test_a_claim_that_is_too_much_is_no_defect(
    owner: object, act: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RecursionError

    monkeypatch.setattr(owner, act, broken)
    assert derive.check(text)[-1].reason == "it is nested deeper than this program follows"

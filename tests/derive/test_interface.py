"""What a program may ask for, and what it is told at once where that is none of it."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import derive
import sheets

ASKED: dict[str, tuple[Callable[[], Any], str]] = {
    "a text": (lambda: derive.check(3), "text: 3 is given — a text"),  # type: ignore[arg-type]
    "a walkthrough to lend": (lambda: derive.check("a = b", 3), "walkthrough: 3 is given"),  # type: ignore[arg-type]
    "a formula": (lambda: derive.decide("x", 3), "right: 3 is given — a formula"),  # type: ignore[arg-type]
    "a name": (lambda: derive.load_walkthrough(None), "walkthrough: None is given"),  # type: ignore[arg-type]
    "a network": (lambda: derive.derive_gradients([]), "walkthrough: [] is given"),  # type: ignore[arg-type]
    "LaTeX": (lambda: derive.to_latex(3), "walkthrough: 3 is given"),  # type: ignore[arg-type]
    "a rate": (lambda: derive.train("mazur", "x"), "learning_rate: 'x' is given"),  # type: ignore[arg-type]
    "a negative rate": (lambda: derive.train("mazur", -1), "learning_rate: -1 is no learning rate — a positive number"),
    "no rate": (lambda: derive.train("mazur", float("nan")), "learning_rate: nan is no learning rate"),
    "a workbook": (lambda: sheets.audit(3), "path: 3 is given"),  # type: ignore[arg-type]
    "a target": (lambda: sheets.build("mazur", None), "target: None is given"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("kind", ASKED)
def test_what_is_none_of_what_is_asked_for_is_told_at_once(kind: str) -> None:
    ask, told = ASKED[kind]
    with pytest.raises(derive.DeriveError) as caught:
        ask()
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("rate", [1, 0.5, Decimal("0.5"), Fraction(1, 2)])
def test_any_positive_number_is_a_rate(rate: Any) -> None:
    assert next(iter(derive.train("mazur", rate).rows))


def test_a_walkthrough_lends_by_its_path_too(tmp_path: Path) -> None:
    from derive.walkthrough import BUILT_IN

    line = "∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1"
    assert derive.check(line, BUILT_IN / "kanungo.toml") == derive.check(line, "kanungo")

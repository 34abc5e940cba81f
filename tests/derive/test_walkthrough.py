"""A walkthrough file is read exactly, or refused in one line that names the file and the key."""

from decimal import Decimal
from pathlib import Path

import pytest
import sympy as sp

from derive.errors import DeriveError
from derive.walkthrough import BUILT_IN, Walkthrough, built_in, load_walkthrough, with_changes

KANUNGO = (BUILT_IN / "kanungo.toml").read_text(encoding="utf-8")


def test_decimals_are_exact(kanungo: Walkthrough) -> None:
    assert kanungo.start["w6"] == sp.Rational(-3, 5)
    assert kanungo.learning_rates == tuple(map(Decimal, ("0.1", "0.2", "0.5", "0.8", "1.0", "2.0")))
    assert [str(rate) for rate in kanungo.learning_rates][-2:] == ["1.0", "2.0"]


def test_every_built_in_walkthrough_loads() -> None:
    assert "kanungo" in built_in()
    for name in built_in():
        assert load_walkthrough(name).name == name


def test_equations_keep_the_order_in_which_they_were_written(kanungo: Walkthrough) -> None:
    first = kanungo.network.by_name["h1"].expression
    assert [factor.name for term in first.args for factor in term.args] == ["w1", "i1", "w2", "i2"]


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("updates = 282", "updates = -1", "mine.toml: updates: -1 updates — give a number from 1 to 1,048,573"),
    ("updates = 282", "updates = 2000000", "mine.toml: updates: 2,000,000 updates"),
    ("updates = 282", 'updates = "x"', "mine.toml: updates: a text in quotes stands there — write a whole number"),
    ("updates = 282", "update = 282", 'mine.toml: the file: "update" is no key of it — did you mean updates?'),
    ("updates = 282", "frob = 282", 'mine.toml: the file: "frob" is no key of it — one of title, inputs, '),
    ("updates = 282", "", "mine.toml: the file: updates is missing — updates: how many updates each training makes"),
    ("= [0.1, 0.2,", '= ["fast", 0.2,', "mine.toml: learning_rates[0]: a text stands there that is no number — write"),
    ("title = \"", "title = \"\\uFFFE", "mine.toml: title: it holds the character U+FFFE — take it out"),
    ("title = \"", "title = \"\\u0001", "mine.toml: title: it holds the character U+0001 — take it out"),
    ("i1 = 0.05", "i1 = nan", "mine.toml: "),
    ("i1 = 0.05", "i1 = true", "mine.toml: "),
    ("i1 = 0.05", "i1 = 1e999", "mine.toml: i1: no workbook can hold 1E+999 — 0, or a size from 2.3E-308 to 9.9E+307"),
    ("i1 = 0.05", "i1 = -1e999999999", "mine.toml: i1: no workbook can hold -1E+999999999"),
    ("i1 = 0.05", "i1 = 1e-400", "mine.toml: i1: no workbook can hold 1E-400"),
    ("title = \"", "title = \"\" # ", "mine.toml: title: nothing stands there — one line that names the walkthrough"),
    ("title = \"", "title = \"two\\nlines\" # ", "mine.toml: title: more than one line stands there"),
    ("i1 = 0.05", "sig = 0.05", 'mine.toml: names: "sig" cannot name a quantity'),
    ("i1 = 0.05", "e = 0.05", 'mine.toml: names: "e" is a number of its own and cannot name a quantity'),
    ("i1 = 0.05", "pi = 0.05", 'mine.toml: names: "pi" is a number of its own and cannot name a quantity'),
    ("h1 = w1*i1 + w2*i2", "h1 = w1*i1 + w9*i2", 'mine.toml: equations[1] (h1): "w9" is not a declared name'),
    ("h1 = w1*i1 + w2*i2", "h1 = w1*i1 +", "mine.toml: equations[1] (h1): "),
    ("h1 = w1*i1 + w2*i2", "h1: w1*i1", 'mine.toml: equations[1]: "h1: w1*i1" is not one equation'),
    ("h1 = w1*i1 + w2*i2", "h1 = w1*out_o1", "the equations go in a circle"),
    ("title =", "title = =", "mine.toml: this is not TOML: "),
    ("i1 = 0.05", "i1 = 0,05", "mine.toml, line 50: 0,05 has a decimal comma — write 0.05"),
    ("i1 = 0.05", "i0 = { a = 1, b = 0,05, c = 2 }\ni1 = 0.05", ": 0,05 has a decimal comma — write 0.05"),
    ("= [0.1, 0.2,", "= [0.1, 0.1,", "mine.toml: learning_rates: 0.1 stands there twice"),
    ("= [0.1, 0.2,", "= [0.1, 0.12345678901234567890123456789,", "too long to name a sheet — write it with at most 28"),
    ("= [0.1, 0.2,", "= [0.1, 1e400,", "mine.toml: learning_rates: 1E+400 is no learning rate"),
    ("= [0.1, 0.2,", "= [0.1, 1e-400,", "mine.toml: learning_rates: 1E-400 is no learning rate"),
    ("= [0.1, 0.2,", "= [0.1, -0.2,", "mine.toml: learning_rates: -0.2 is no learning rate"),
    ('loss = "E_Total"', 'loss = "E"', 'mine.toml: loss: "E" is not defined by an equation — one of E_Total'),
])
def test_a_fault_is_told_in_one_line_with_file_and_key(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in KANUNGO
    path = tmp_path / "mine.toml"
    path.write_text(KANUNGO.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(DeriveError) as caught:
        load_walkthrough(path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


SHAPED = """title = "t"
layers = [1, 2, 1]
loss = "binary cross-entropy"
learning_rates = [0.5]
updates = 1
inputs = { x = [0, 1] }
targets = { y = [0, 1] }
draw = { seed = 7, low = -1, high = 1 }
"""


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("y = [0, 1]", "y = [0, 2]", "mine.toml: targets.y: 2 is no target of binary cross-entropy — a number from 0 to 1"),
    ("y = [0, 1]", "y = [-1, 1]", "mine.toml: targets.y: -1 is no target of binary cross-entropy"),
    ("low = -1", "low = 3", "mine.toml: draw.high: 1 is below low, 3 — exchange the two"),
])
def test_a_number_that_does_not_fit_the_others_is_refused(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SHAPED, encoding="utf-8")
    assert load_walkthrough(path).shape is not None
    path.write_text(SHAPED.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DeriveError) as caught:
        load_walkthrough(path)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", None])
def test_what_is_no_text_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DeriveError, match="not UTF-8|no such walkthrough"):
        load_walkthrough(path)


def test_rates_and_updates_can_be_changed(kanungo: Walkthrough) -> None:
    changed = with_changes(kanungo, learning_rates=[Decimal("0.3")], updates=5)
    assert (changed.learning_rates, changed.updates) == ((Decimal("0.3"),), 5)
    with pytest.raises(DeriveError, match="--epochs"):
        with_changes(kanungo, updates=0)
    with pytest.raises(DeriveError, match="--rates"):
        with_changes(kanungo, learning_rates=[Decimal("nan")])


def test_a_mark_before_the_text_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(KANUNGO, encoding="utf-8-sig")
    assert load_walkthrough(path).title == load_walkthrough("kanungo").title

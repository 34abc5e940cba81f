"""What headers name, in every spelling that was seen."""

import pytest

from sheets.auditing.labels import Key, Named, key_of, read_labels

_BESIDE = ("t1", "i1", "w1", "w5", "h1", "a_h1", "o1", "out_o1", "E1")
_LOSS = Key("loss", "")


@pytest.mark.parametrize(("label", "kind", "which"), [
    ("t1 ", "target", "1"), ("T1", "target", "1"), ("I2", "input", "2"), ("x1", "input", "1"), ("w₁", "weight", "1"),
    ("W8", "weight", "8"), ("b1", "bias", "1"), ("h1", "sum", "h1"), ("net_h1", "sum", "h1"), ("O2", "sum", "o2"),
    ("a_h1", "act", "h1"), ("out_h1", "act", "h1"), ("act_h2", "act", "h2"), ("a_01", "act", "o1"),
    ("ah1", "act", "h1"), ("E1", "loss", "1"), ("e2", "loss", "2"), ("E_tot", "loss", ""), ("E_T", "loss", ""),
    ("E-total", "loss", ""), ("Etotal", "loss", ""), ("E Total", "loss", ""), ("E_TOTAL", "loss", ""),
    ("Total Error", "loss", ""), ("Loss", "loss", ""), ("MSE", "loss", ""), ("η", "rate", ""), ("L.R.", "rate", ""),
    ("learning rate =", "rate", ""), ("lr=", "rate", ""), ("learning rate(theta)", "rate", ""),
    ("E_0.1", "name", "e_0.1"), ("Epoch", "name", "epoch"), ("A", "name", "a"), ("η = 0.1", "name", "η=0.1"),
])  # fmt: skip
def test_a_header_names_its_quantity(label: str, kind: str, which: str) -> None:
    assert key_of(label) == Key(kind, which)


@pytest.mark.parametrize("label", [
    "∂E/∂w1", "E∂w1", "∂E_T/∂w1", "∂E_total/∂W1", "∂(E_total)/∂w1", "dE_total / dw1", "dE/dw1", "Edw1", "Etotaldw1",
    "dw1", "δE_total/δw1", "𝟃E/𝟃w1", "𝝏E/𝝏w1", "ӘE/Әw1", "E𝝏w1", "∂E∂W1", "∂E_t/∂W1 ", "grad w1", "w1_grad",
])  # fmt: skip
def test_a_gradient_is_one_quantity_however_it_is_spelled(label: str) -> None:
    assert read_labels((*_BESIDE, label))[-1] == Named(Key("name", read_labels((*_BESIDE, label))[-1].key.which), _LOSS,
                                                       Key("weight", "1"))


@pytest.mark.parametrize(("label", "of", "by"), [
    ("∂E1/∂w5", Key("loss", "1"), Key("weight", "5")), ("dE/da_h1", _LOSS, Key("act", "h1")),
    ("∂out_o1/∂o1", Key("act", "o1"), Key("sum", "o1")),
])  # fmt: skip
def test_other_derivatives_name_their_two_ends(label: str, of: Key, by: Key) -> None:
    found = read_labels((*_BESIDE, label))[-1]
    assert (found.of, found.by) == (of, by)


@pytest.mark.parametrize("label", ["Δw1", "delta_o1", "δ_o1", "E_0.1", "Epoch", "A", "D", "dE/dw9", "old w1", ""])
def test_what_names_no_known_derivative_is_none(label: str) -> None:
    assert read_labels((*_BESIDE, label))[-1].by is None

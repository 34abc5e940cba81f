"""The table of slips in lines about arrays: each is named, and what a slip explains is right without it."""

import pytest

from derive.checking import check
from derive.small_models.weighing.slips import SLIPS

DENSE = r"$z = W x + b$, $a = \sigma(z)$, $L = \frac12 \lVert a - y \rVert^2$, $W$ a matrix."
ERROR = r"(a - y) \odot a \odot (1 - a)"
MEAN = r"$L = \frac{1}{m} \sum_{i=1}^m (w^T x_i - y_i)^2$"
LAYER = r"$z_j = \sum_k w_{jk} x_k$, $a_j = \sigma(z_j)$, $E = \frac12 \sum_j (a_j - t_j)^2$"
LEAST = r"$L = \lVert X w - y \rVert^2$, $X$ a matrix."

MATRICES = r"$Z = X W$, $A = \sigma(Z)$, $L = \frac12 \lVert A - Y \rVert^2$, all are $n \times n$ matrices."
SAMPLES = r"$z^{(i)} = \sum_j w_j x_j^{(i)}$, $L = \frac1m \sum_{i=1}^m (z^{(i)} - y^{(i)})^2$"

CASES = [
    ("transpose", DENSE, rf"\nabla_x L = W^T ({ERROR})", rf"\nabla_x L = W ({ERROR})", "W stands where its transpose"),
    ("transpose", LEAST, r"\nabla_w L = 2 X^T (X w - y)", r"\nabla_w L = 2 X (X w - y)", "X stands where its transp"),
    ("order", DENSE, rf"\frac{{\partial L}}{{\partial W}} = ({ERROR}) x^T",
     rf"\frac{{\partial L}}{{\partial W}} = x ({ERROR})^T", "the right side is the transpose"),
    ("missing-factor", DENSE, rf"\nabla_b L = {ERROR}", r"\nabla_b L = (a - y) \odot a", "the factor 1 - a is missing"),
    ("missing-factor", DENSE, rf"\nabla_b L = {ERROR}", r"\nabla_b L = a - y", "the factor a (1 - a) is missing"),
    ("missing-factor", LEAST, r"\nabla_w L = 2 X^T (X w - y)", r"\nabla_w L = X^T (X w - y)", "the factor 2 is miss"),
    ("extra-factor", DENSE, rf"\nabla_b L = {ERROR}", rf"\nabla_b L = {ERROR} \odot a", "the factor a is one too many"),
    ("missing-factor", MEAN, r"\nabla_w L = \frac{2}{m} \sum_{i=1}^m (w^T x_i - y_i) x_i",
     r"\nabla_w L = 2 \sum_{i=1}^m (w^T x_i - y_i) x_i", "the factor 1/m is missing"),
    ("missing-factor", SAMPLES,
     r"\frac{\partial L}{\partial w_j} = \frac{2}{m} \sum_{i=1}^m (z^{(i)} - y^{(i)}) x_j^{(i)}",
     r"\frac{\partial L}{\partial w_j} = \frac{2}{m} \sum_{i=1}^m (z^{(i)} - y^{(i)})", "x_j^{(i)} is missing"),
    ("sign", LEAST, r"\nabla_w L = 2 X^T (X w - y)", r"\nabla_w L = -2 X^T (X w - y)", "the sign is wrong"),
    ("sign", LEAST, r"\nabla_w L = 2 X^T (X w - y)", r"\nabla_w L = 2 X^T (X w + y)", "the sign of y is wrong"),
    ("entrywise", MATRICES, r"\nabla_Z L = (A - Y) \odot A \odot (1 - A)",
     r"\nabla_Z L = ((A - Y) \odot A) (1 - A)", "are to be multiplied entry by entry"),
    ("entrywise", MATRICES, r"\nabla_W L = X^T ((A - Y) \odot A \odot (1 - A))",
     r"\nabla_W L = X^T \odot ((A - Y) \odot A \odot (1 - A))", "are to be multiplied as matrices"),
    ("extra-sum", SAMPLES, r"\frac{\partial L}{\partial z^{(i)}} = \frac{2}{m} (z^{(i)} - y^{(i)})",
     r"\frac{\partial L}{\partial z^{(i)}} = \frac{2}{m} \sum_{i=1}^m (z^{(i)} - y^{(i)})", "the sum is one too many"),
    ("wrong-index", LAYER, r"\frac{\partial E}{\partial w_{jk}} = (a_j - t_j) a_j (1 - a_j) x_k",
     r"\frac{\partial E}{\partial w_{jk}} = (a_j - t_j) a_j (1 - a_k) x_k", "a_k has the index k where j belongs"),
    ("wrong-variable", MATRICES, r"\nabla_Z L = (A - Y) \odot A \odot (1 - A)",
     r"\nabla_Z L = (Z - Y) \odot A \odot (1 - A)", "Z stands where A belongs"),
]  # fmt: skip

PROGRAM = """
import numpy as np
X = np.random.randn(5, 3)
W = np.random.randn(3, 3)
Y = np.random.randn(5, 3)
Z = X @ W
A = 1/(1+np.exp(-Z))
loss = 0.5*np.sum((A - Y)**2)
dA = A - Y
dZ = dA * A * (1 - A)
"""


@pytest.mark.parametrize(("kind", "given", "right", "wrong", "told"), CASES)
def test_a_slip_is_named_and_the_right_line_is_proved(kind: str, given: str, right: str, wrong: str, told: str) -> None:
    *_, found = check(f"{given}\n\n$${right}$$")
    assert found.verdict == "proved", found.reason
    *_, found = check(f"{given}\n\n$${wrong}$$")
    assert found.verdict == "refuted", found.reason
    assert found.slip is not None
    assert found.slip.startswith(f"{kind}: ")
    assert told in found.slip


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("dW = X.T @ dZ", "dW = X @ dZ", "transpose: X stands where its transpose belongs"),
    ("dX = dZ @ W.T", "dX = dZ @ W", "transpose: W stands where its transpose belongs"),
    ("dX = dZ @ W.T", "dX = -dZ @ W.T", "sign: the sign is wrong"),
])  # fmt: skip
def test_a_slip_of_a_backward_pass_is_named(right: str, wrong: str, told: str) -> None:
    *_, found = check(f"```python{PROGRAM}{right}\n```")
    assert found.verdict == "proved"
    *_, found = check(f"```python{PROGRAM}{wrong}\n```")
    assert (found.verdict, found.slip) == ("refuted", told)


def test_every_kind_has_a_case() -> None:
    assert {kind for kind, *_ in CASES} == set(SLIPS)

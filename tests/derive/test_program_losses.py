"""The gradients of programs, held against the losses that the same programs tell; each right, and with one mistake."""

import pytest

from derive import check

LINEAR = """
import numpy as np
m, n = X.shape
w = np.zeros((n, 1))
y_hat = X @ w
loss = np.mean((y_hat - y) ** 2){}
dw = {}
w -= 0.1 * dw
"""
TIED = """
import numpy as np
W = np.random.randn(5, 3)
H = np.tanh(X @ W)
Y = H @ W.T
loss = 0.5 * np.sum((Y - X) ** 2)
dY = Y - X
dH = dY @ W
dZ = dH * (1 - H ** 2)
dW = {}
W -= 0.1 * dW
"""
ONES = """
import numpy as np
X = np.random.randn(50, 3)
y = np.random.randn(50)
w = np.zeros(3)
loss = np.mean((X @ w - y) ** 2)
grad_w = {}
w -= 0.1 * grad_w
"""
RIDGE = " + lam * np.sum(w ** 2)"
LOSSES_OF_PROGRAMS = [
    (LINEAR.format("", "{}"), "2 * X.T @ (y_hat - y) / m", True),
    (LINEAR.format("", "{}"), "2 / m * X.T @ (y_hat - y)", True),
    (LINEAR.format("", "{}"), "2 * np.dot(X.T, y_hat - y) / len(y)", True),
    (LINEAR.format("", "{}"), "X.T @ (y_hat - y) / m", False),
    (LINEAR.format("", "{}"), "2 * X.T @ (y - y_hat) / m", False),
    (LINEAR.format("", "{}"), "2 * X.T @ (y_hat - y) / m / m", False),
    (LINEAR.format(RIDGE, "{}"), "2 * X.T @ (y_hat - y) / m + 2 * lam * w", True),
    (LINEAR.format(RIDGE, "{}"), "2 * (X.T @ (y_hat - y) / m + lam * w)", True),
    (LINEAR.format(RIDGE, "{}"), "2 * X.T @ (y_hat - y) / m", False),
    (LINEAR.format(RIDGE, "{}"), "2 * X.T @ (y_hat - y) / m + lam * w", False),
    (LINEAR.format(RIDGE, "{}"), "2 * X.T @ (y_hat - y) / m - 2 * lam * w", False),
    (TIED, "X.T @ dZ + dY.T @ H", True),
    (TIED, "X.T @ dZ", False),
    (TIED, "dY.T @ H", False),
    (ONES, "2 * X.T @ (X @ w - y) / len(y)", True),
    (ONES, "X.T @ (X @ w - y) / len(y)", False),
]


@pytest.mark.parametrize(("program", "gradient", "is_right"), LOSSES_OF_PROGRAMS)
def test_a_gradient_is_held_against_the_loss_that_a_program_tells(program: str, gradient: str, is_right: bool) -> None:
    """Without any other derivative that would show that the names mean what they say."""
    found = {one.left: one for one in check(f"```python{program.format(gradient)}```\n")}
    one = next(found[name] for name in ("dw", "dW", "grad_w") if name in found)
    assert one.verdict == ("proved" if is_right else "refuted"), one
    assert is_right or one.witness, one


SOLVED = """
import numpy as np
X = np.random.randn(50, 3)
y = np.random.randn(50)
w = {}
loss = np.sum((X @ w - y) ** 2)
"""


@pytest.mark.parametrize(
    ("solution", "verdict"),
    [
        ("np.linalg.inv(X.T @ X) @ X.T @ y", "proved"),
        ("np.linalg.solve(X.T @ X, X.T @ y)", "proved"),
        ("np.linalg.inv(X.T.dot(X)).dot(X.T).dot(y)", "proved"),
        ("np.linalg.inv(X.T @ X) @ X @ y", "refuted"),
        ("np.linalg.inv(X @ X.T) @ X @ y", "refuted"),
        ("2 * np.linalg.inv(X.T @ X) @ X.T @ y", "refuted"),
        ("np.linalg.solve(X.T @ X, X @ y)", "refuted"),
    ],
)
def test_least_squares_are_held_against_the_loss_that_they_make_smallest(solution: str, verdict: str) -> None:
    found = {one.left: one for one in check(f"```python{SOLVED.format(solution)}```\n")}
    assert found["w"].verdict == verdict, found["w"]
    assert {one.verdict for name, one in found.items() if name != "w"} == {"definition"}


def test_a_solution_of_another_loss_is_left_open() -> None:
    """What the solution lacks, a penalty or a bias, may be left out for a reason."""
    for loss in ("np.sum((X @ w - y) ** 2) + lam * np.sum(w ** 2)", "np.sum((X @ w + c - y) ** 2)"):
        program = SOLVED.replace("np.sum((X @ w - y) ** 2)", loss).format("np.linalg.inv(X.T @ X) @ X.T @ y")
        assert "refuted" not in {one.verdict for one in check(f"```python{program}```\n")}


def test_both_sizes_that_a_shape_gives_are_read() -> None:
    program = LINEAR.format("", "{}").format("2 * X.T @ (y_hat - y) / m")
    found = check(f"```python{program}```\n")
    assert [one.left for one in found][:2] == ["m", "n"]
    wrong = check("```python" + program.replace("/ m", "/ n") + "```\n")
    assert next(one for one in wrong if one.left == "dw").verdict == "refuted"

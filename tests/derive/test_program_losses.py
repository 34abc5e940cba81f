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


ONE_UNIT = """
z = {} + b
L = 0.5 * (z - t) ** 2
dz = z - t
dw = {}
db = {}
w -= lr * dw
b -= lr * db
"""
ONE_HIDDEN_LAYER = """
import numpy as np
h = np.tanh(W @ x + b)
o = v @ h + c
L = 0.5 * (o - t) ** 2
do = o - t
dv = {}
dc = {}
dh = {}
db = {}
dW = {}
"""
ONE_SIGMOID = """
a = sigmoid(np.dot(W1, x) + b1)
y = sigmoid(np.dot(W2, a) + b2)
loss = 0.5 * np.sum((y - t) ** 2)
dy = y - t
dz2 = dy * y * (1 - y)
dW2 = {}
db2 = dz2
da = {}
db1 = {}
dW1 = {}
"""
OF_ONE_SAMPLE = [
    (ONE_HIDDEN_LAYER, ("do * h", "do", "do * v", "dh * (1 - h ** 2)", "np.outer(db, x)")),
    (ONE_HIDDEN_LAYER, ("h * do", "do", "np.dot(v, do)", "(1 - h * h) * dh", "np.outer(db, x)")),
    (ONE_SIGMOID, ("np.outer(dz2, a)", "W2.T @ dz2", "da * a * (1 - a)", "np.outer(db1, x)")),
    (ONE_SIGMOID, ("np.outer(dz2, a)", "dz2 @ W2", "da * a * (1 - a)", "np.outer(db1, x)")),
    *((ONE_UNIT, (z, "dz * x", "dz")) for z in ("w @ x", "np.dot(w, x)", "x.dot(w)", "w.T @ x", "np.sum(w * x)")),
    (f"w = np.array([0.1, 0.2])\nx = np.array([1.0, 2.0])\nb = 0.5\n{ONE_UNIT}", ("w @ x", "dz * x", "dz")),
]
MISTAKES_OF_ONE_SAMPLE = [
    (0, 0, "do * v"),
    (0, 0, "h"),
    (0, 1, "2 * do"),
    (0, 2, "do * h"),
    (0, 2, "v"),
    (0, 3, "dh * h ** 2"),
    (0, 3, "dh"),
    (0, 4, "np.outer(x, db)"),
    (0, 4, "np.outer(dh, x)"),
    (2, 0, "np.outer(a, dz2)"),
    (2, 1, "W2 @ dz2"),
    (2, 1, "W1.T @ dz2"),
    (2, 2, "da * (1 - a ** 2)"),
    (2, 3, "np.outer(db1, a)"),
    *((unit, 1, wrong) for unit in range(4, 9) for wrong in ("dz * w", "x", "2 * dz * x")),
    (9, 1, "dz * w"),
    (9, 1, "2 * dz * x"),
]
_QUICK = {0, 2, 4, 5, 8, 9, 11, 13, 14, 15, 16, 18, 22, 26, 29}
"""A mistake of each line, and one of each way to write it; the others are for the slow sweep."""


@pytest.mark.slow
@pytest.mark.parametrize(("program", "lines"), OF_ONE_SAMPLE)
def test_a_program_on_one_sample_has_arrays_of_one_dimension(program: str, lines: tuple[str, ...]) -> None:
    """w @ x is a number there, W @ x has one dimension, and np.outer makes the only matrices."""
    for text in (program.format(*lines), _within_a_function(program.format(*lines))):
        found = [one for one in check(f"```python\n{text}```\n") if one.left[:1] == "d"]
        assert {one.verdict for one in found} <= {"proved", "definition"}, found
        assert [one.verdict for one in found].count("proved") >= len(lines) - 2, found


@pytest.mark.slow
@pytest.mark.parametrize(("program", "place", "wrong"), [
    pytest.param(*one, marks=[] if place in _QUICK else pytest.mark.slow)
    for place, one in enumerate(MISTAKES_OF_ONE_SAMPLE)
])  # fmt: skip
def test_a_wrong_line_of_a_program_on_one_sample_is_refuted_alone(program: int, place: int, wrong: str) -> None:
    text, lines = OF_ONE_SAMPLE[program]
    mistaken = text.format(*lines[:place], wrong, *lines[place + 1 :])
    found = [one for one in check(f"```python\n{mistaken}```\n") if one.left[:1] == "d"]
    assert [one.right for one in found if one.verdict == "refuted"] == [wrong], found


def _within_a_function(lines: str) -> str:
    return "def step(W, w, b, v, c, x, t, lr):\n" + "".join(f"    {line}\n" for line in lines.strip().splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("line", ["dv = do @ h", "dh = v.T @ do"])
def test_a_line_that_one_sample_does_not_have_leaves_the_others_open(line: str) -> None:
    """@ refuses a number: what is right of one sample is neither called right nor wrong then."""
    _, lines = OF_ONE_SAMPLE[0]
    text = ONE_HIDDEN_LAYER.format(*lines)
    own = next(other for other in text.splitlines() if other.startswith(line[:4]))
    found = {one.left: one.verdict for one in check(f"```python\n{text.replace(own, line)}```\n")}
    assert "refuted" not in found.values(), found
    assert found[{"dv": "dh", "dh": "dv"}[line[:2]]] == "undecided", found


COLUMNS = """
h = np.tanh(W @ x + b)
o = v @ h + c
L = 0.5 * (o - t) ** 2
do = o - t
dv = {}
dh = v.T @ do
"""


def test_a_program_that_shows_columns_is_not_read_as_one_of_arrays_of_one_dimension() -> None:
    """do * h has not the shape of v there."""
    made = "import numpy as np\nW = np.random.randn(4, 3)\nx = np.random.randn(3, 1)\n"
    for dv, verdict in (("do @ h.T", "proved"), ("do * h", "refuted")):
        found = {one.left: one.verdict for one in check(f"```python\n{made}{COLUMNS.format(dv)}```\n")}
        assert found["dv"] == verdict, found


NORMALISED = """
N, D = x.shape
mu = 1. / N * np.sum(x, axis=0)
xmu = x - mu
sq = xmu ** 2
var = 1. / N * np.sum(sq, axis=0)
sqrtvar = np.sqrt(var + eps)
ivar = 1. / sqrtvar
xhat = xmu * ivar
gammax = gamma * xhat
out = gammax + beta
"""
BACK_TO_MU = """
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
dsqrtvar = -1. / {} * divar
dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
dsq = 1. / N * np.ones((N, D)) * dvar
dxmu2 = 2 * xmu * dsq
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
dx2 = 1. / N * np.ones((N, D)) * dmu
dx = dxmu1 + dxmu2 + dx2
"""


@pytest.mark.slow
@pytest.mark.parametrize(("forward", "is_told"), [(NORMALISED, True), ("N, D = dout.shape\n", False)])
def test_batch_normalisation_backwards_step_by_step(forward: str, is_told: bool) -> None:
    """What np.ones makes of dvar cannot be read, and so refutes nothing; all before it is held against the forward
    pass.
    """
    right, wrong = (
        {one.left: one.verdict for one in check(f"```python\nimport numpy as np\n{forward}{text}```\n")}
        for text in (BACK_TO_MU.format("sqrtvar ** 2"), BACK_TO_MU.format("sqrtvar"))
    )
    assert "refuted" not in right.values(), right
    assert wrong["dsqrtvar"] == ("refuted" if is_told else "definition"), wrong
    assert wrong["dmu"] not in ("proved", "refuted"), wrong
    if is_told:
        assert [right[name] for name in ("dxhat", "divar", "dsqrtvar", "dvar")] == ["proved"] * 4, right


AFFINE = """
def affine_forward(x, w, b):
    out = x.dot(w) + b
    return out, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db
"""
BATCH_NORM = """
def forward(x, gamma, beta, eps):
    N, D = x.shape
    std = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / std
    out = gamma * xhat + beta
    return out

def backward(dout):
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dx = (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / N / std
    return dx, dgamma, dbeta
"""
STEP = """
def step_forward(x, h, U, W, b):
    s = np.tanh(x @ U + h @ W + b)
    return s

def step_backward(ds, x, h, U, W, s):
    dU = x.T @ (ds * (1 - s ** 2))
    dW = h.T @ (ds * (1 - s ** 2))
    dh = (ds * (1 - s ** 2)) @ W.T
    db = np.sum(ds * (1 - s ** 2), axis=0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("program", [AFFINE, BATCH_NORM, STEP], ids=["affine", "batch norm", "recurrent step"])
@pytest.mark.parametrize("edit", ["{}", "2 * ({})", "-({})"])
def test_what_a_given_gradient_makes_of_those_behind_it(program: str, edit: str) -> None:
    """Of any loss: right as it is, wrong with a factor or a sign, and what rests on a wrong line is not wrong again."""
    lines = program.splitlines()
    for place, line in enumerate(lines):
        name, sign, formula = line.strip().partition(" = ")
        if not sign or not name.startswith("d"):
            continue
        written = [*lines[:place], f"    {name} = {edit.format(formula)}", *lines[place + 1 :]]
        found = {one.left: one.verdict for one in check("```python\n" + "\n".join(written) + "\n```\n")}
        assert found[name] == ("proved" if edit == "{}" else "refuted"), (name, found)
        assert "refuted" not in {verdict for left, verdict in found.items() if left != name}, (name, found)

"""Sums, indices, vectors and matrices: the classic texts whole, laws, and NumPy beside our own elaboration."""

import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from derive import check
from derive.documents import read_layout
from derive.formulas.claims import read_claims
from derive.small_models.notation import signs_of
from derive.small_models.worlds.homonyms import told_apart
from derive.small_models.worlds.sides import nodes_of, sides_of
from derive.small_models.worlds.words import words_of
from derive.walkthrough import load_walkthrough

np = pytest.importorskip("numpy")

NIELSEN = r"""
The weighted input is $z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$ and the activation $a^l_j = \sigma(z^l_j)$.
The error is $\delta^l_j = \frac{\partial C}{\partial z^l_j}$. Then
$$\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)$$
$$\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)$$
$$\frac{\partial C}{\partial b^l_j} = \delta^l_j$$
$$\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j$$
and as vectors
$$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$
"""

SOFTMAX_INDEXED = r"""
$L = -\sum_i y_i \log p_i$ with $p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$, where $y$ is one-hot: $\sum_i y_i = 1$.
$$\frac{\partial p_i}{\partial o_k} = p_i(\delta_{ik} - p_k)$$
$$\frac{\partial L}{\partial o_k} = -\sum_i \frac{y_i}{p_i} \frac{\partial p_i}{\partial o_k} = p_k - y_k$$
"""

SOFTMAX_MATRIX = r"""
$$\hat{y} = \text{softmax}(z)$$
$$z = W x + b$$
$$L = -\sum_i y_i \log \hat{y}_i$$
$$\frac{\partial L}{\partial z} = \hat{y} - y$$
$$\frac{\partial L}{\partial W} = (\hat{y} - y) x^T$$
$$\frac{\partial L}{\partial b} = \hat{y} - y$$
"""

LOGISTIC = r"""
$$a^{(i)} = \sigma(\sum_j w_j x_j^{(i)} + b)$$
$$J = -\frac{1}{m} \sum_{i=1}^{m} \left( y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}) \right)$$
$$\frac{\partial J}{\partial w_j} = \frac{1}{m} \sum_{i=1}^{m} (a^{(i)} - y^{(i)}) x_j^{(i)}$$
$$\frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^{m} (a^{(i)} - y^{(i)})$$
"""

LEAST_SQUARES = r"""
$$L(w) = \|y - Xw\|^2$$
$$L(w) = (y - Xw)^T (y - Xw)$$
$$\nabla_w L = 2 X^T (X w - y)$$
"""

CLASSICS = {
    "nielsen": NIELSEN,
    "softmax, indexed": SOFTMAX_INDEXED,
    "softmax, matrices": SOFTMAX_MATRIX,
    "logistic": LOGISTIC,
    "least squares": LEAST_SQUARES,
}


def verdicts(text: str) -> list[tuple[str, str]]:
    """Every claim's text and verdict."""
    return [(one.text, one.verdict) for one in check(text)]


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSICS)
def test_every_line_of_a_classic_text_is_proved(name: str) -> None:
    """No claim is left over, and at least one is proved."""
    found = verdicts(CLASSICS[name])
    assert {verdict for _, verdict in found} == {"proved", "definition"}, found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("nielsen", r"w^{l+1}_{kj} \delta^{l+1}_k", r"w^{l+1}_{jk} \delta^{l+1}_k"),  # the index of the wrong end
        ("nielsen", r"a^{l-1}_k \delta^l_j", r"a^{l}_k \delta^l_j"),  # the wrong layer
        ("nielsen", r"a^{l-1}_k \delta^l_j", r"a^{l-1}_j \delta^l_k"),
        ("nielsen", r"(w^{l+1})^T \delta^{l+1}", r"w^{l+1} \delta^{l+1}"),  # a transpose missing
        ("nielsen", r"\odot \sigma'(z^l)", r"\odot \sigma'(z^{l+1})"),
        ("softmax, indexed", r"p_i(\delta_{ik} - p_k)", r"p_i(\delta_{ik} - p_i)"),
        ("softmax, indexed", r"= p_k - y_k", r"= y_k - p_k"),  # the sign
        ("softmax, indexed", r"= -\sum_i \frac{y_i}{p_i}", r"= \sum_i \frac{y_i}{p_i}"),
        ("softmax, matrices", r"\partial z} = \hat{y} - y", r"\partial z} = y - \hat{y}"),
        ("logistic", r"w_j} = \frac{1}{m} \sum", r"w_j} = \sum"),  # 1/m missing
        ("logistic", r"(a^{(i)} - y^{(i)}) x_j^{(i)}", r"(y^{(i)} - a^{(i)}) x_j^{(i)}"),
        ("logistic", r"(a^{(i)} - y^{(i)}) x_j^{(i)}", r"(a^{(i)} - y^{(i)})"),  # a factor left out
        ("least squares", r"2 X^T (X w - y)", r"X^T (X w - y)"),
        ("least squares", r"2 X^T (X w - y)", r"2 X^T (y - X w)"),
    ],
)  # fmt: skip
def test_one_mistake_in_a_classic_text_is_refuted_alone(name: str, right: str, wrong: str) -> None:
    """The mutated claim is refuted; of the others none is."""
    text = CLASSICS[name]
    assert text.count(right) == 1, right
    before, after = check(text), check(text.replace(right, wrong))
    assert len(before) == len(after)
    changed = [new for old, new in zip(before, after, strict=True) if old.text != new.text]
    assert "refuted" in [new.verdict for new in changed], [(new.text, new.verdict, new.reason) for new in changed]
    assert [
        new.text for old, new in zip(before, after, strict=True) if old.text == new.text and new.verdict == "refuted"
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nielsen", "softmax, indexed", "logistic"])
def test_renaming_of_indices_changes_nothing(name: str) -> None:
    """i, j, k become p, q, r where they stand below or as the index of a sum."""
    table = dict(zip("ijk", "stu", strict=True))

    def renamed(match: re.Match[str]) -> str:
        return match[1] + "".join(table.get(char, char) for char in match[2])

    text = CLASSICS[name]
    other = re.sub(r"([_^])(\{[^{}]*\}|[ijk])", renamed, text)
    assert other != text
    assert [v for _, v in verdicts(text)] == [v for _, v in verdicts(other)]


LAYERED = r"""
{}, and $a^l = \sigma(z^l)$. The error is $\delta^l = \frac{{\partial C}}{{\partial z^l}}$,
a column with as many entries as the layer, $\|\delta^l\|^2 = (\delta^l)^T \delta^l$.
$${}$$
"""
AHEAD = (
    r"$z^{l+1} = W^{l+1} a^l + b^{l+1}$",
    r"$z^l = W^l a^{l-1} + b^l$",
    r"$z^{(l)} = \Theta^{(l)} a^{(l-1)} + b^{(l)}$",
)
BACK = (
    (
        r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
        r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)",
    ),
    (
        r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T",
        r"\frac{\partial C}{\partial W^l} = (a^{l-1})^T \delta^l",
    ),
    (
        r"\frac{\partial C}{\partial a^l} = (W^{l+1})^T \delta^{l+1}",
        r"\frac{\partial C}{\partial a^l} = W^{l+1} \delta^{l+1}",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("forward", AHEAD)
@pytest.mark.parametrize("pair", BACK)
def test_matrices_of_a_layer_are_not_made_numbers_to_prove_a_line(forward: str, pair: tuple[str, str]) -> None:
    """Vectors read as rows would make W a number, which needs no transpose."""
    for line, verdict in zip(pair, ("proved", "refuted"), strict=True):
        if r"\Theta" in forward:
            line = line.replace("W", r"\Theta ").replace("^l", "^{(l)}").replace("^{l", "^{(l").replace("1}", "1)}")
        *_, found = check(LAYERED.format(forward, line))
        assert found.verdict == verdict, found
        assert verdict == "proved" or "nothing fits" in (found.reason or ""), found


FOUR = r"""
$$\delta^L = \nabla_a C \odot \sigma'(z^L)$$
$$\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$
$$\frac{\partial C}{\partial b^l} = \delta^l$$
$$\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T$$
"""


@pytest.mark.slow
def test_the_four_equations_by_themselves_are_proved() -> None:
    assert {one.verdict for one in check(FOUR)} == {"proved"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("((W^{l+1})^T", "(W^{l+1}"),
        (r"\delta^{l+1}) \odot \sigma'(z^l)", r"\delta^{l+1})"),
        (r"\delta^l (a^{l-1})^T", r"(a^{l-1})^T \delta^l"),
        (r"\delta^l (a^{l-1})^T", r"\delta^l (a^l)^T"),
    ],
)
def test_of_the_four_equations_by_themselves_the_wrong_one_is_refuted(right: str, wrong: str) -> None:
    """The forward pass and δ are lent: the others explain more so than if the wrong one defined δ."""
    assert right in FOUR
    verdicts = [one.verdict for one in check(FOUR.replace(right, wrong))]
    assert sorted(verdicts) == ["proved", "proved", "proved", "refuted"], verdicts


def test_each_layer_has_a_width_of_its_own_where_arrays_are_whole() -> None:
    """What needs two layers to be alike does not hold: one layer's error is no other's."""
    forward, (line, _) = AHEAD[1], BACK[0]
    *_, found = check(LAYERED.format(forward, line))
    assert "3 layers" in (found.reason or ""), found
    *_, found = check(LAYERED.format(forward, r"\delta^l = \delta^{l-1}"))
    assert found.verdict == "refuted", found
    assert "on the left" in (found.reason or ""), found


def test_what_holds_at_small_sizes_only_is_refuted() -> None:
    """Products of differences vanish where there are too few indices to be all distinct."""
    for count, letters in ((2, "ij"), (3, "ijk")):
        differences = " ".join(f"(x_{a} - x_{b})" for place, a in enumerate(letters) for b in letters[place + 1 :])
        sums = " ".join(rf"\sum_{letter}" for letter in letters)
        odd = " ".join(f"{name}_{letter}" for name, letter in zip("uvw", letters, strict=False))
        (found,) = check(rf"$${sums} {differences} {odd} = -{sums} {differences} {odd}$$")
        assert found.verdict == "refuted", found
        assert dict(found.sizes or ()), found
        assert max(dict(found.sizes or ()).values()) >= count


def test_a_refutation_names_sizes_and_values() -> None:
    """The witness can be put in by hand."""
    found = [
        one for one in check(LOGISTIC.replace(r"w_j} = \frac{1}{m} \sum", r"w_j} = \sum")) if one.verdict == "refuted"
    ]
    (one,) = found
    assert one.witness
    assert one.sizes


def test_a_sum_over_the_index_on_the_left_is_told() -> None:
    """∑_j w_jk a_k with j free: the sum must run over k; what follows is read so."""
    text = r"$z_j = \sum_j w_{jk} a_k + b_j$ gives $$\frac{\partial z_j}{\partial w_{jk}} = a_k$$"
    first, second = check(text)
    assert first.verdict == "refuted"
    assert "sum runs over j" in (first.reason or "")
    assert second.verdict == "proved"


def test_undefined_names_are_no_ground_for_a_refutation() -> None:
    """Nothing says what J is, or how it rests on b."""
    text = r"""$$\frac{\partial J}{\partial b_2} = \sum_i \frac{\partial J}{\partial z_i}$$
    $$\frac{\partial J}{\partial W_{jk}} = x_k \delta_j$$"""
    assert "refuted" not in [verdict for _, verdict in verdicts(text)]


def test_the_last_line_makes_a_gradient_known_as_any_other() -> None:
    """dW1 is held against J whether W1 is first used in the first line or in the last."""
    forward, loss, gradient = "a = W1 @ x", "J = np.sum((a - y)**2)", "dW1 = 2 * (a - y) @ x.T"
    for lines in ((forward, loss, gradient), (loss, gradient, forward)):
        found = dict(verdicts("```python\n" + "\n".join(lines) + "\n```\n"))
        assert found[gradient] == "proved", found


@pytest.mark.parametrize(
    ("text", "there", "gone"),
    [
        (r"$\frac{\partial p_i}{\partial o_k} = p_i(\delta_{ik} - p_k)$", {"kronecker"}, {"δ"}),
        (r"$\delta_{ik} = p_i q_k$ and $x_i = \sum_k \delta_{ik} y_k$", {"δ"}, {"kronecker"}),
        (r"$L = \frac{1}{m} \sum_{i=1}^m L_i$", {"L()", "L"}, set()),
        (r"$o_j = \sigma(z_j)$ and $z_j = \sum_i w_{ij} o_i$", {"o", "o·"}, set()),
        (r"$z^l_j = \sum_k w^l_{jk} a^{l-1}_k$ and $z^l = W^l a^{l-1}$", {"w"}, {"W"}),
        (r"$z^l_j = \sum_k W^l_{jk} w_k a^{l-1}_k$ and $z^l = W^l a^{l-1}$", {"w", "W"}, set()),
    ],
)
def test_homonyms_are_told_apart_and_synonyms_put_together(text: str, there: set[str], gone: set[str]) -> None:
    """The names of a document once each stands for one thing."""
    document = read_claims(read_layout(text, ""))
    trees = [member.readings[0].tree for claim in document.claims for member in (claim.left, claim.right)]
    claims = told_apart(sides_of(document, signs_of(trees, {})))
    names = {node.value for node in nodes_of(claims) if node.kind == "name"}
    assert there <= names, names
    assert not gone & names, names


# NumPy beside our own elaboration


def sigmoid(z: "np.ndarray") -> "np.ndarray":
    """1/(1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


def slopes(function: object, at: "np.ndarray") -> "np.ndarray":
    """Central differences of a function by every entry of an array."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        found[place] = (function(up) - function(down)) / 2e-6  # type: ignore[operator]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_proved_gradients_agree_with_central_differences_at_larger_sizes(seed: int) -> None:
    """What the classic texts prove, written by hand in NumPy at sizes that nobody looked at."""
    random = np.random.default_rng(seed)
    n, m = 5, 7
    o, y = random.normal(size=n), np.eye(n)[2]

    def entropy(scores: "np.ndarray") -> float:
        return float(-np.sum(y * np.log(np.exp(scores) / np.exp(scores).sum())))

    assert np.allclose(slopes(entropy, o), np.exp(o) / np.exp(o).sum() - y, atol=1e-7)
    x, w, b, t = random.normal(size=(m, n)), random.normal(size=n), 0.3, random.integers(0, 2, size=m)

    def cost(weights: "np.ndarray") -> float:
        a = sigmoid(x @ weights + b)
        return float(-np.mean(t * np.log(a) + (1 - t) * np.log(1 - a)))

    assert np.allclose(slopes(cost, w), x.T @ (sigmoid(x @ w + b) - t) / m, atol=1e-7)
    target = random.normal(size=m)
    assert np.allclose(slopes(lambda v: float(np.sum((target - x @ v) ** 2)), w), 2 * x.T @ (x @ w - target), atol=1e-5)


# names, letters and slips of a document

LAYERS_BY_LETTERS = r"""
$$z_k = \sum_i w_{ki} x_i$$
$$h_k = \tanh(z_k)$$
$$y_m = \sum_k w_{mk} h_k$$
$$E = \frac12 \sum_m (y_m - t_m)^2$$
$$\delta_m = y_m - t_m$$
$$\delta_k = (1 - h_k^2) \sum_m w_{mk} \delta_m$$
$$\frac{\partial E}{\partial w_{mk}} = \delta_m h_k$$
$$\frac{\partial E}{\partial w_{ki}} = \delta_k x_i$$
"""


@pytest.mark.slow
def test_letters_may_tell_layers() -> None:
    """w_mk and w_ki are two matrices, δ_m and δ_k two errors; with a slip, what it makes wrong is refuted alone."""
    found = verdicts(LAYERS_BY_LETTERS)
    assert [verdict for _, verdict in found[-2:]] == ["proved", "proved"], found
    assert "refuted" not in dict(found).values()
    slips = ((r"\delta_m h_k", r"\delta_m x_i"), (r"= (1 - h_k^2) \sum", r"= \sum"), ("y_m - t_m$", "t_m - y_m$"))
    for right, wrong in slips:
        changed = verdicts(LAYERS_BY_LETTERS.replace(right, wrong))
        assert "refuted" in dict(changed).values(), (wrong, changed)


def test_what_follows_from_a_refuted_line_is_right_given_it() -> None:
    """s_i = z_i / τ has the slope -z_i/τ^2; the line that uses the wrong one names it and is not refuted."""
    text = r"""
$$s_i = \frac{z_i}{\tau}$$
$$F = \sum_i s_i^2$$
$$\frac{\partial s_i}{\partial \tau} = \frac{z_i}{\tau^2}$$
$$\frac{\partial F}{\partial \tau} = \sum_j 2 s_j \frac{\partial s_j}{\partial \tau} = \frac{2}{\tau^2} \sum_j s_j z_j$$
"""
    *_, wrong, right, follows = check(text)
    assert [wrong.verdict, right.verdict, follows.verdict] == ["refuted", "proved", "undecided"]
    assert follows.kind == "given"
    assert follows.given == (wrong.line,)
    again = check(text.replace(r"\sum_j s_j z_j$$", r"\sum_j s_j z_j^2$$"))[-1]
    assert again.verdict == "refuted"


def test_a_wrong_line_said_again_is_wrong_again() -> None:
    """Taken at its word it would prove itself."""
    text = r"$$s_i = \sum_j w_{ij} x_j$$ $$\frac{\partial s_i}{\partial w_{ij}} = w_{ij}$$"
    again = r"$$\frac{\partial s_k}{\partial w_{kj}} = w_{kj}$$"
    assert [one.verdict for one in check(text + "\n\n" + again)] == ["definition", "refuted", "refuted"]


ATTENTION = """
S = Q @ K.T / np.sqrt(d)
P = activation(S)
O = P @ V
dV = P.T @ dO
dP = dO @ V.T
dS = dP * slope
dQ = dS @ K / np.sqrt(d)
dK = dS.T @ Q / np.sqrt(d)
"""


@pytest.mark.slow
def test_a_name_of_a_program_is_no_product() -> None:
    """dV is the gradient of V though d is a number; K is a matrix where it is transposed."""
    program = f"```python\nd = Q.shape[1]{ATTENTION}```\n"
    found = dict(verdicts(program))
    assert "refuted" not in found.values(), found
    assert found["dK = dS.T @ Q / np.sqrt(d)"] == "proved", found
    wrong = dict(verdicts(program.replace("dK = dS.T @ Q", "dK = dS @ Q")))
    assert wrong["dK = dS @ Q / np.sqrt(d)"] == "refuted", wrong


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$R\{a_j\} = \sum_i v_{ji} x_i$, $z_j = h(a_j)$, $$R\{z_j\} = h'(a_j) R\{a_j\}$$", {"not-understood"}),
        (r"$\hat y = \sigma(W x)$ and $$D X = X^T D$$", {"undecided"}),
        (r"$$A B = B^T A$$", {"refuted"}),
        (r"$g(x): \mathbb{R}^2 \rightarrow \mathbb{R} = \sum_i x_i^2$", {"definition"}),
        (r"$z_j = \sum_i w_{ij} x_i$ and $$\bullet$$ $$\frac{\partial z_j}{\partial w_{ij}} = x_i$$", {"proved"}),
    ],
)  # fmt: skip
def test_what_nobody_can_tell_is_not_refuted(text: str, verdict: set[str]) -> None:
    """Operators, names of which nothing is said, the spaces of a function, the mark of a list."""
    assert check(text)[-1].verdict in verdict, check(text)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial z_i} = s_i - 1", "refuted"),
        (r"\frac{\partial L}{\partial z_i} = s_i - \mathbb{1}[i = c]", "proved"),
        (r"\frac{\partial L}{\partial z_c} = s_c - 1", "proved"),
        (r"\frac{\partial L}{\partial z_i} = s_i \quad (i \ne c)", "proved"),
        (r"\frac{\partial L}{\partial z_i} = s_i + 1 \quad (i \ne c)", "refuted"),
        (r"\frac{\partial L}{\partial z_i} = s_i - 1 \quad \text{if } i = c", "proved"),
    ],
)
def test_one_class_is_any_other_or_the_same(line: str, verdict: str) -> None:
    """The c of L = -log s_c stands in no gradient; i is c, or it is not."""
    before = r"Softmax: $s_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ and $L = -\log s_c$."
    found = check(f"{before}\n\n$${line}$$")
    assert found[2].verdict == verdict, found


TWO_CLASSES = """
p1 = exp(z1)/(exp(z1) + exp(z2))
p2 = exp(z2)/(exp(z1) + exp(z2))
L = -(y1*ln(p1) + y2*ln(p2))
"""


def test_a_sum_that_the_document_states_is_used_and_named() -> None:
    """y1 + y2 = 1 makes p1 - y1 of the slope; without that line it is another, and with it p1 - y2 still is."""
    right, turned, wrong = check(f"y1 + y2 = 1\n{TWO_CLASSES}dL/dz1 = p1 - y1\ndL/dz2 = y1 - p1\ndL/dz1 = p1 - y2\n")[
        -3:
    ]
    assert [right.verdict, turned.verdict, wrong.verdict] == ["proved", "proved", "refuted"]
    assert "y1 + y2 = 1" in right.reason
    assert check(f"{TWO_CLASSES}dL/dz1 = p1 - y1\n")[-1].verdict == "refuted"


def test_what_a_networks_targets_add_up_to_is_lent_with_it(tmp_path: Path) -> None:
    """One-hot targets add up to 1, as the derivation shown says; 0.5 and 1 do not."""
    toml = """
title = "two classes"
layers = [1, 2]
activation = "softmax"
loss = "categorical cross-entropy"
learning_rates = [0.1]
updates = 1
draw = { seed = 1, low = -0.5, high = 0.5 }
inputs = { a = 0.3 }
targets = { y1 = 1, y2 = 0 }
"""
    lines = "dE/do1 = out_o1 - y1\ndE/do2 = out_o2 - y1\n"
    soft, half = tmp_path / "soft.toml", tmp_path / "half.toml"
    soft.write_text(toml)
    half.write_text(toml.replace("y1 = 1,", "y1 = 0.5,"))
    right, wrong = check(lines, load_walkthrough(soft))
    assert (right.verdict, wrong.verdict) == ("proved", "refuted")
    assert "y1 + y2 = 1" in right.reason
    assert check(lines, load_walkthrough(half))[0].verdict == "refuted"


def test_a_weight_before_a_vector_beside_an_entrywise_product_is_a_matrix() -> None:
    """(w δ) ⊙ σ'(z) lacks its transpose; where w were a number, it would need none."""
    text = r"""
$z^l = w^l a^{l-1}$, $a^l = \sigma(z^l)$, $\delta^l = \partial C/\partial z^l$

$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$
"""
    assert check(text)[-1].verdict == "proved"
    assert check(text.replace("(w^{l+1})^T", "w^{l+1}"))[-1].verdict == "refuted"


def test_what_is_true_of_numbers_alone_is_not_right_of_a_matrix() -> None:
    """The shape tells that W is a matrix: W (z - y) lacks its transpose."""
    text = r"""
$z = W h + b$ with $W \in \mathbb{R}^{3\times2}$, $h\in\mathbb{R}^2$, $L = \frac12\|z-y\|^2$.

$\frac{\partial L}{\partial h} = W^T (z-y)$
"""
    assert check(text)[-1].verdict == "proved"
    wrong = check(text.replace("W^T", "W"))[-1]
    assert wrong.verdict == "refuted"
    assert "a product of 3 × 2 and 3 × 1" in wrong.reason
    untold = check(text.replace("W^T", "W").replace(r"\in \mathbb{R}^{3\times2}", "a matrix"))[-1]
    assert untold.verdict == "undecided"
    assert "true of numbers, not of matrices" in untold.reason


def test_a_proof_that_is_cut_off_was_looked_at_at_every_smaller_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ranges: where nothing larger than 2 can be compared, the square of 2 and 2 is among what was compared."""
    from derive.small_models.weighing import comparison

    seen: list[dict[str, int]] = []
    instances = comparison._Comparison._instances

    def watched(self: comparison._Comparison, sizes: Mapping[str, int]) -> Any:
        seen.append(dict(sizes))
        return instances(self, sizes)

    monkeypatch.setattr(comparison._Comparison, "_instances", watched)
    monkeypatch.setattr(comparison, "_MANY_PARTS", 0)
    cube = r"\sum_{i=1}^n \sum_{k=1}^n \sum_{l=1}^n u_i u_k u_l"
    text = rf"$$(\sum_{{i=1}}^n u_i)^3 \sum_{{j=1}}^m v_j = \sum_{{j=1}}^m v_j {cube}$$"
    (one,) = check(text)
    assert (one.verdict, one.reason) == ("proved", "proved for sizes up to 2")
    assert {tuple(sizes.values()) for sizes in seen} >= set(product((1, 2), repeat=2))


BACKWARD = """
Z1 = X @ W1 + b1
A1 = np.maximum(Z1, 0)
Z2 = A1 @ W2 + b2
A2 = softmax(Z2)
dZ2 = A2 - Y
dW2 = (1 / m) * A1.T @ dZ2
db2 = (1 / m) * np.sum(dZ2, axis=0, keepdims=True)
dZ1 = (dZ2 @ W2.T) * (Z1 > 0)
dW1 = (1 / m) * X.T @ dZ1
db1 = (1 / m) * np.sum(dZ1, axis=0, keepdims=True)
W1 -= rate * dW1
b1 -= rate * db1
W2 = W2 - rate * dW2
b2 = b2 - rate * db2
"""


@pytest.mark.slow
def test_a_backward_pass_is_proved_from_the_forward_pass_and_the_first_error() -> None:
    """No line says what the loss is: dZ2 is taken as it is, and each line after it is a claim."""
    found = dict(verdicts(f"```python\n{BACKWARD}```\n"))
    lines = BACKWARD.strip().splitlines()
    assert found[lines[4]] == "definition"
    assert {found[line] for line in lines[5:10]} == {"proved"}, found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "verdict"),
    [
        ("A1.T @ dZ2", "A1.T @ dZ2 * 2", "refuted"),  # later lines show that the names mean what they say
        ("dZ2, axis=0, keepdims=True", "dZ2", "undecided"),  # one number: right for a bias that is one
        ("dZ2 @ W2.T", "dZ2 @ W2", "refuted"),
        ("* (Z1 > 0)", "* Z1", "refuted"),
        ("* (Z1 > 0)", "* (A1 < 0)", "refuted"),
        ("np.sum(dZ1, axis=0", "np.sum(dZ2, axis=0", "refuted"),
        ("b1 -= rate * db1", "b1 -= rate * db2", "refuted"),
        ("W2 - rate * dW2", "W2 - rate * dW1", "refuted"),
    ],
)
def test_one_mistake_in_a_backward_pass_is_not_believed(right: str, wrong: str, verdict: str) -> None:
    """The line that has it is called wrong, and no other is."""
    assert BACKWARD.count(right) == 1, right
    lines = BACKWARD.replace(right, wrong).strip().splitlines()
    found = [one.verdict for one in check("```python\n" + "\n".join(lines) + "\n```\n")]
    place = next(n for n, line in enumerate(lines) if line not in BACKWARD)
    assert found[place] == verdict, found
    assert "refuted" not in found[:place] + found[place + 1 :], found


def test_what_contradicts_two_gradients_alike_refutes_neither() -> None:
    """The loss that is printed may be another than the one that is trained: all is said to be open."""
    program = """
a = x @ w
loss = np.sum((a - y) ** 2)
da = a - y
dw = x.T @ da
"""
    found = dict(verdicts(f"```python\n{program}```\n"))
    assert found["da = a - y"] == "undecided"
    assert "refuted" not in found.values()


NUMBERS = r"""
$A = \begin{bmatrix} 0.359 & 0.641 \\ 0.500 & 0.500 \end{bmatrix}$ and
$V = \begin{bmatrix} 2 & 0 & 1 \\ 1 & 1 & 0 \end{bmatrix}$, so
$$O = A V = \begin{bmatrix} 1.36 & 0.641 & 0.359 \\ 1.500 & 0.500 & 0.500 \end{bmatrix}$$
$$\begin{bmatrix} 1 & 0 & 1 \\ 0 & 1 & 1 \end{bmatrix} \begin{bmatrix} 1 & 1 \\ 1 & 0 \\ 0 & 1 \end{bmatrix} =
\begin{bmatrix} 1 & 2 \\ 1 & 1 \end{bmatrix}$$
$$\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix} - 0.1 \begin{bmatrix} -0.238 & 0 \\ 0 & 0 \end{bmatrix} =
\begin{bmatrix} 1.024 & 0 \\ 0 & 1 \end{bmatrix}$$
"""


def test_matrices_of_numbers_are_worked_out_to_the_digits_shown() -> None:
    """Each is right to its digits; one entry that is not refutes."""
    assert [one.verdict for one in check(NUMBERS)] == ["definition"] * 3 + ["proved"] * 3
    for right, wrong in (("1.36 &", "1.46 &"), ("{bmatrix} 1 & 2", "{bmatrix} 2 & 1"), ("1.024", "0.976")):
        found = [one.verdict for one in check(NUMBERS.replace(right, wrong))]
        assert found.count("refuted") == 1, (wrong, found)
        assert found.count("proved") == 2, (wrong, found)


SOFTMAX_BY_ROWS = """
def softmax_rows(S):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)

S = Q @ K.T
P = softmax_rows(S)
O = P @ V
dV = P.T @ dO
dP = dO @ V.T
dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
dQ = dS @ K
"""


@pytest.mark.slow
def test_a_softmax_of_several_steps_is_read_as_what_it_returns() -> None:
    """The largest entry drops out of it, whatever it is; the sum along the other axis is another slope."""
    right = dict(verdicts(f"```python\n{SOFTMAX_BY_ROWS}```\n"))
    line = "dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))"
    assert right[line] == "proved", right
    turned = SOFTMAX_BY_ROWS.replace("(P * dP).sum(axis=1", "(P * dP).sum(axis=0")
    assert dict(verdicts(f"```python\n{turned}```\n"))[line.replace("axis=1", "axis=0")] in ("refuted", "undecided")


def test_a_transpose_behind_a_label_is_one() -> None:
    layer = r"$Z^{[1]} = W^{[1]} X + b^{[1]}$, $A^{[1]} = \sigma(Z^{[1]})$, $dW^{[2]} = \frac1m dZ^{[2]} A^{[1]T}$, "
    assert check(layer + r"$\frac{1}{m} dZ^{[2]} (A^{[1]})^T = \frac1m dZ^{[2]} A^{[1]T}$")[-1].verdict == "proved"


def test_what_a_program_makes_at_random_is_a_value() -> None:
    made = "```python\nX = np.random.randn(4, 3)\ny = X.dot(w)\n```\n"
    found = check(made + r"$$\sum_i (y_i - t_i) = \sum_i y_i - \sum_i t_i$$")
    assert [(one.verdict, one.kind) for one in found[:2]] == [("definition", "value"), ("definition", "definition")]


def test_a_one_hot_vector_has_its_one_where_one_side_alone_has_a_letter() -> None:
    (*_, one) = check(r"$L = -\sum_i y_i \log p_i$ with one-hot $y$, $\sum_i y_i = 1$, so $$L = -\log p_k$$")
    assert (one.verdict, one.reason) == ("proved", "y one-hot, with its one at k; at every size")


RESIDUAL = """
z1 = W1 @ x
h = np.tanh(z1)
z2 = W2 @ h
y = h + z2
L = 0.5 * np.sum((y - t) ** 2)
dy = y - t
dz2 = dy
dh = W2.T @ dz2 + dy
dz1 = dh * (1 - h ** 2)
dW1 = dz1 @ x.T
"""
TIED = """
z1 = W @ x
h = np.tanh(z1)
z2 = W @ h
L = 0.5 * np.sum((z2 - t) ** 2)
dz2 = z2 - t
dh = W.T @ dz2
dz1 = dh * (1 - h ** 2)
dW = dz1 @ x.T + dz2 @ h.T
"""
RIDGE = """
m = X.shape[1]
Z = W @ X
L = np.sum((Z - Y) ** 2) / (2 * m) + lam / 2 * np.sum(W ** 2)
dZ = (Z - Y) / m
dW = dZ @ X.T + lam * W
"""
DROPOUT = """
z1 = X @ W1
h = np.tanh(z1)
h = h * mask
z2 = h @ W2
L = np.sum((z2 - y) ** 2)
dz2 = 2 * (z2 - y)
dh = dz2 @ W2.T
dh = dh * mask
dz1 = dh * (1 - np.tanh(z1) ** 2)
dW1 = X.T @ dz1
"""
MEAN = """
Z = W @ X
A = 1 / (1 + np.exp(-Z))
dZ = (A - Y) / m
dW = dZ @ X.T
"""
VECTOR = """
z = X @ w + b
L = np.mean((z - y) ** 2)
dw = 2 * X.T @ (z - y) / len(y)
db = 2 * np.mean(z - y)
w = w - rate * dw
"""

COUNTED = """
n = X.shape[0]
r = X @ w - y
L = np.mean(r ** 2)
dw = 2 * X.T @ r / n
"""


def of_program(program: str) -> dict[str, str]:
    return dict(verdicts(f"```python\n{program}```\n"))


@pytest.mark.parametrize("program", [RESIDUAL, TIED, RIDGE, DROPOUT, MEAN, VECTOR, COUNTED])
def test_gradients_over_several_ways_to_the_loss_are_proved(program: str) -> None:
    found = of_program(program)
    gradients = [line for line in program.strip().splitlines() if line.startswith("d")]
    open_ones = {"dZ = (A - Y) / m"}  # no line says what the loss is: the first error is taken as it is
    assert {line: found[line] for line in gradients if line not in open_ones and found[line] != "proved"} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "right", "wrong", "verdict"),
    [
        (RESIDUAL, " @ dz2 + dy", " @ dz2", "refuted"),
        (TIED, "dz1 @ x.T + dz2 @ h.T", "dz1 @ x.T", "refuted"),
        (TIED, "dz1 @ x.T + dz2 @ h.T", "dz2 @ h.T", "refuted"),
        (RIDGE, "X.T + lam * W", "X.T", "refuted"),
        (DROPOUT, "dz1 = dh * (1 - np.tanh(z1) ** 2)", "dz1 = dh * mask * (1 - np.tanh(z1) ** 2)", "refuted"),
        (MEAN, "dW = dZ @ X.T", "dW = dZ @ X.T / m", "undecided"),  # no line says what the loss is
        (VECTOR, "w - rate", "w + rate", "refuted"),
        (VECTOR, "(z - y) / len(y)", "(z - y) / len(y) / len(y)", "undecided"),  # y may be a number
        (COUNTED, "r / n", "r / n / n", "undecided"),
    ],
)
def test_a_gradient_over_some_of_the_ways_is_none(program: str, right: str, wrong: str, verdict: str) -> None:
    assert program.count(right) == 1, right
    lines = program.replace(right, wrong).strip().splitlines()
    place = next(line for line in lines if line not in program.splitlines())
    assert of_program("\n".join(lines) + "\n")[place] == verdict


@pytest.mark.parametrize("changed", ["y = np.concatenate([h, z2])", "y = z2\ny += h"])
def test_a_way_to_the_loss_that_is_not_read_proves_no_gradient(changed: str) -> None:
    program = f"z1 = W1 @ x\nh = np.tanh(z1)\nz2 = W2 @ h\n{changed}\ndz2 = z2 - t\ndh = W2.T @ dz2\n"
    assert of_program(program)["dh = W2.T @ dz2"] in ("undecided", "definition")


def test_a_step_up_is_right_where_the_text_says_so_or_the_rate_is_negative() -> None:
    for before in ("# gradient ascent\n", "rate = -0.1\n", "rate = -(1 / 10)\n"):
        found = of_program(before + VECTOR.replace("w - rate", "w + rate").strip() + "\n")
        assert found["w = w + rate * dw"] == "definition", before


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("Let $S$ be a symmetric matrix.", "proved"),
        ("The matrix $S$ is real symmetric.", "proved"),
        ("The matrix $S$ is symmetric.", "proved"),
        ("Here $S = S^T$.", "proved"),
        (r"Let $S \in \mathbb{R}^{n \times n}$ be not symmetric.", "refuted"),
        (r"Let $S \in \mathbb{R}^{n \times n}$.", "refuted"),
    ],
)
def test_a_matrix_is_symmetric_where_the_text_says_so(told: str, verdict: str) -> None:
    line = r"\nabla_x (x^T S x) = 2 S x"
    assert dict(verdicts(f"{told}\n\n$${line}$$\n"))[line] == verdict


def test_a_letter_that_stands_for_nothing_else_may_be_where_a_one_hot_vector_has_its_one() -> None:
    text = r"""
$$\hat{y}_i = \frac{\exp(u_i^T v_c)}{\sum_{j} \exp(u_j^T v_c)}$$
$$J = -\sum_i y_i \log \hat{y}_i$$
$$\frac{\partial J}{\partial u_o} = (\hat y_o - 1) v_c$$
$$\frac{\partial J}{\partial u_i} = (\hat y_i - 1) v_c$$
"""
    assert [one.verdict for one in check(text)][2:] == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\mu \sum_n r_n = \sum_n r_n x_n", "proved"),
        (r"\frac{\sum_n r_n x_n}{\sum_n r_n} = \mu", "proved"),
        (r"\frac{1}{\sum_n r_n (x_n - \mu)} = 2", "undecided"),
        (r"\mu \sum_n r_n = \sum_n x_n", "undecided"),
        (r"\sum_n (x_n + y_n) = \sum_n x_n + 2 \sum_n y_n", "refuted"),  # it has nothing to be solved for
    ],
)
def test_what_follows_from_an_equation_to_be_solved(line: str, verdict: str) -> None:
    text = rf"""
$$J = \sum_n r_n (x_n - \mu)^2$$
$$\frac{{\partial J}}{{\partial \mu}} = -2 \sum_n r_n (x_n - \mu) = 0$$
$${line}$$
"""
    assert dict(verdicts(text))[line] == verdict


def test_an_equation_of_eigenvectors_is_to_be_solved() -> None:
    text = r"Let $S$ be a symmetric matrix. Then $$\nabla_x (x^T S x) = 2 S x$$ and $$S x = \lambda x$$"
    assert [one.verdict for one in check(text)] == ["proved", "undecided"]


@pytest.mark.parametrize(("before", "verdict"), [("Setting the gradient to zero", "undecided"), ("We have", "refuted")])
def test_an_equation_of_other_quantities_behind_words_that_solve_is_a_condition(before: str, verdict: str) -> None:
    text = rf"""
$$\ell = -\frac{{1}}{{2}} \sum_{{i=1}}^N (x_i - \mu)^T \Lambda (x_i - \mu)$$
{before}
$$\sum_{{i=1}}^N \Lambda x_i = N \Lambda \mu$$
"""
    assert [one.verdict for one in check(text)] == ["definition", verdict]


@pytest.mark.parametrize(("text", "spaces"), [
    ("Let x, y ∈ R^n and W \\in \\mathbb{R}^{m \\times n}.", {"x": ("n",), "y": ("n",), "W": ("m", "n")}),
    (r"$\mathbf{x} \in \mathbb{R}^{n}$, $A\in\mathbb R^{n\times n}$", {"x": ("n",), "A": ("n", "n")}),
    ("x ∈ ℝ^n × ℝ^m", {}),
    ("f: ℝ^n", {}),
])  # fmt: skip
def test_the_sizes_that_a_text_tells(text: str, spaces: dict[str, tuple[str, ...]]) -> None:
    assert words_of(text).spaces == spaces
    assert words_of(", ".join(f"a{n}" for n in range(5_000)) + f", and. {text}").spaces == spaces

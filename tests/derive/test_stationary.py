"""What a document solves for: right solutions are proved, wrong ones refuted, and none of them defines its unknown."""

import pytest

from derive import check

SQUARES = r"Let $L(w) = \|X w - y\|^2$. The gradient is $\nabla_w L = 2 X^T (X w - y)$. Setting it to zero gives "
RIDGE = r"$J = \|X w - y\|^2 + \lambda \|w\|^2$ and $\nabla_w J = 2 X^T (X w - y) + 2 \lambda w = 0$. Hence "
LINE = r"""
$L = \sum_{i=1}^n (w x_i + b - y_i)^2$ with $\bar{x} = \frac1n \sum_i x_i$ and $\bar{y} = \frac1n \sum_i y_i$.
$\frac{\partial L}{\partial b} = 2 \sum_i (w x_i + b - y_i)$,
$\frac{\partial L}{\partial w} = 2 \sum_i (w x_i + b - y_i) x_i$. Both vanish for """
MEANS = r"""$D = \sum_{n} \sum_{k} r_{nk} (x_n - c_k)^2$,
$\frac{\partial D}{\partial c_k} = -2 \sum_n r_{nk} (x_n - c_k) = 0$. So """
EXPONENTIAL = r"""$\ell = n \log \lambda - \lambda \sum_{i=1}^n x_i$,
$\frac{\partial \ell}{\partial \lambda} = \frac{n}{\lambda} - \sum_i x_i = 0$. So """

CASES = [
    (SQUARES, r"w = (X^T X)^{-1} X^T y", "proved"),
    (SQUARES, r"w = (X^T X)^{-1} X y", "refuted"),
    (SQUARES, r"w = 2 (X^T X)^{-1} X^T y", "refuted"),
    (SQUARES, r"w = -(X^T X)^{-1} X^T y", "refuted"),
    (SQUARES, r"w = (X X^T)^{-1} X y", "refuted"),
    (SQUARES, r"X^T X w = X^T y", "proved"),
    (RIDGE, r"w = (X^T X + \lambda I)^{-1} X^T y", "proved"),
    (RIDGE, r"w = (X^T X - \lambda I)^{-1} X^T y", "refuted"),
    (RIDGE, r"w = (X^T X)^{-1} X^T y", "refuted"),
    (RIDGE, r"(X^T X + \lambda I) w = X^T y", "proved"),
    (LINE, r"b = \bar{y} - w \bar{x}", "proved"),
    (LINE, r"b = \bar{y} + w \bar{x}", "refuted"),
    (LINE, r"w = \frac{\sum_i (y_i - b) x_i}{\sum_i x_i^2}", "proved"),
    (LINE, r"w = \frac{\sum_i (y_i - b) x_i}{\sum_i x_i}", "refuted"),
    (LINE, r"b = \bar{y} - w \bar{x}$ and $w = \frac{\sum_i (x_i - \bar{x}) y_i}{\sum_i (x_i - \bar{x})^2}", "proved"),
    (MEANS, r"c_k = \frac{\sum_n r_{nk} x_n}{\sum_n r_{nk}}", "proved"),
    (MEANS, r"c_k = \frac{\sum_n r_{nk} x_n}{\sum_n r_{nk}^2}", "refuted"),
    (EXPONENTIAL, r"\lambda = \frac{n}{\sum_i x_i}", "proved"),
    (EXPONENTIAL, r"\lambda = \frac{\sum_i x_i}{n}", "refuted"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "line", "verdict"), CASES)
def test_a_solution_is_held_against_the_equation_that_it_solves(before: str, line: str, verdict: str) -> None:
    found = check(f"{before} ${line}$")
    assert found[-1].verdict == verdict, found[-1]
    assert "refuted" not in [one.verdict for one in found[:-1]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "right"),
    [(r"X^T X w = X y", r"X^T X w = X^T y"), ("w^T w = y^T y", "w^T X^T X w = w^T X^T y")],
)
def test_an_equation_of_the_unknown_is_looked_at_where_the_solution_is_told(wrong: str, right: str) -> None:
    """Without a solution, what may follow is left open."""
    solution = "$w = (X^T X)^{-1} X^T y$"
    for line, verdict in ((wrong, {"refuted", "not-understood"}), (right, {"proved"})):
        assert check(f"{SQUARES} {solution}. Then ${line}$")[-1].verdict in verdict
    assert check(f"{SQUARES} ${wrong}$")[-1].verdict in ("undecided", "not-understood")


def test_what_is_solved_for_is_free_where_it_is_differentiated_by() -> None:
    """b = (10 - 6a)/3 is where ∂S/∂b is zero: with it every multiple of that derivative would be right."""
    text = r"""$S(a, b) = \sum_{i=1}^{3} (a x_i + b - y_i)^2$.
$\frac{\partial S}{\partial a} = 2\sum_{i=1}^{3} (a x_i + b - y_i) x_i$,
$\frac{\partial S}{\partial b} = FACTOR \sum_{i=1}^{3} (a x_i + b - y_i)$.
With $\sum x_i = 6$ and $\sum y_i = 10$ we have $b = \frac{10 - 6 a}{3}$."""
    assert check(text.replace("FACTOR", "2"))[2].verdict == "proved"
    for factor in ("", "3", "-2"):
        assert check(text.replace("FACTOR", factor))[2].verdict == "refuted", factor


def test_only_totals_on_which_a_claim_rests_are_used_and_they_are_told() -> None:
    softmax = r"$p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$"
    text = rf"$L = -\sum_i y_i \log p_i$, {softmax}, $\sum_i y_i = 1$ and $\sum_i u_i = 6$. "
    *_, found = check(text + r"$\frac{\partial L}{\partial o_k} = p_k - y_k$")
    assert (found.verdict, "u" in (found.reason or "").split("used")[0]) == ("proved", False), found


def test_a_loss_that_is_defined_again_is_another_from_there() -> None:
    text = r"""$S = \sum_i (a u_i - t_i)^2$. $\frac{\partial S}{\partial a} = 2 \sum_i (a u_i - t_i) u_i$.
In matrices $S = \|X \theta - y\|^2$. $\nabla_\theta S = 2 X^T (X \theta - y)$"""
    assert [one.verdict for one in check(text)] == ["definition", "proved", "definition", "proved"]
    assert check(text.replace(r"= 2 \sum", r"= \sum"))[1].verdict == "refuted"


def test_a_fixed_point_makes_no_circle_and_no_other_layer() -> None:
    """μ_k that rests on γ_nk, which rests on all μ_j, is where a derivative is zero: it defines no μ."""
    text = r"""$\ell = \sum_n \log \sum_k e^{-(x_n - \mu_k)^2}$ with
$\gamma_{nk} = \frac{e^{-(x_n - \mu_k)^2}}{\sum_j e^{-(x_n - \mu_j)^2}}$.
$\frac{\partial \ell}{\partial \mu_k} = 2 \sum_n \gamma_{nk} (x_n - \mu_k)$. It is zero for
$\mu_k = \frac{\sum_n \gamma_{nk} x_n}{\sum_n \gamma_{nk}}$."""
    verdicts = [one.verdict for one in check(text)]
    assert verdicts[2] == "proved", verdicts
    assert "refuted" not in verdicts
    wrong = check(text.replace("= 2 \\sum_n \\gamma", "= \\sum_n \\gamma"))
    assert wrong[2].verdict == "refuted", wrong[2]

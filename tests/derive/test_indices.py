"""Notations of sums and indices as people write them, each in the smallest text that has it, right and wrong."""

from random import Random

import pytest

from derive import check
from derive.documents import read_layout
from derive.equality import Proved
from derive.equality.deciding import decide
from derive.formulas.claims import read_claims
from derive.names import symbol
from derive.small_models.weighing.solutions import follows

SOFTMAX = r"$p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$ and $L = -\sum_i y_i \log p_i$ with $\sum_i y_i = 1$. "
FAMILY = r"$z_i = w^T x_i + b$, $p_i = \sigma(z_i)$, $L = -\sum_i (y_i \log p_i + (1 - y_i) \log(1 - p_i))$. "
MIXTURE = r"""$f(x; m, s) = \frac{1}{\sqrt{2\pi} s} \exp\left(-\frac{(x-m)^2}{2s^2}\right)$,
$\ell = \sum_n \log \sum_k \pi_k f(x_n; m_k, s_k)$. """
CENTRES = r"$D = \sum_{n=1}^N \sum_{k=1}^K r_{nk} (x_n - \mu_k)^2$. "
SOLVED = CENTRES + r"$\frac{\partial D}{\partial \mu_k} = -2\sum_n r_{nk} (x_n - \mu_k) = 0$. Therefore "
NORMED = (
    r"$\mu_B = \frac{1}{m}\sum_{i=1}^m x_i$, $s^2_B = \frac{1}{m}\sum_{i=1}^m (x_i - \mu_B)^2$, "
    r"$y_i = \frac{x_i - \mu_B}{\sqrt{s^2_B + \epsilon}}$. "
)
LOGISTIC = (
    r"$w = (w_1, w_2)$, $x = (x_1, x_2)$, $\ell(w) = y \log \sigma(wx) + (1-y) \log(1 - \sigma(wx))$. "
    r"$\frac{\partial \ell}{\partial w_1} = x_1 (y - \sigma(wx))$. "
)
SAMPLES = (
    r"$h(x) = g(\theta^T x)$, $g(z) = \frac{1}{1+e^{-z}}$, "
    r"$\ell(\theta) = \sum_{i=1}^m y^{(i)} \log h(x^{(i)}) + (1 - y^{(i)}) \log (1 - h(x^{(i)}))$. "
    r"$\frac{\partial h(x^{(i)})}{\partial \theta_k} = g'(\theta^T x^{(i)}) x_k^{(i)}$. "
)
SOLVED_MIXTURE = (
    r"$\ell = \sum_{n=1}^N \log \sum_{k=1}^K \pi_k \phi(x_n; \mu_k)$ where $\phi(x; \mu) = e^{-(x - \mu)^2 / 2}$, "
    r"$\gamma_{nk} = \frac{\pi_k \phi(x_n; \mu_k)}{\sum_{j=1}^K \pi_j \phi(x_n; \mu_j)}$, "
    r"$N_k = \sum_{n=1}^N \gamma_{nk}$, $\mu_k = \frac{1}{N_k} \sum_{n=1}^N \gamma_{nk} x_n$. "
)

PAIRS = {
    "∂ over a name alone": (
        SOFTMAX,
        r"$\frac{\partial}{o_k}(\log p_i) = \delta_{ik} - p_k$",
        r"$\frac{\partial}{o_k}(\log p_i) = \delta_{ik} + p_k$",
    ),
    "an index for its quantity": (
        r"The softmax is $p_j = \frac{e^j}{\sum_i e^i}$. $\frac{\partial \log p_k}{\partial o_k} = 1 - p_k$. ",
        r"$\frac{\partial p_k}{\partial o_k} = p_k (1 - p_k)$",
        r"$\frac{\partial p_k}{\partial o_k} = p_k (1 + p_k)$",
    ),
    "a letter below before a function": (
        r"$p_i = \sigma(o_i)$ and $L = -\sum_i y_ilog(p_i)$. ",
        r"$\frac{\partial L}{\partial p_k} = -\frac{y_k}{p_k}$",
        r"$\frac{\partial L}{\partial p_k} = \frac{y_k}{p_k}$",
    ),
    "two indices above": (
        r"$(x^{(n,2)})_j = \sum_i w_{ij} (x^{(n,1)})_i$. ",
        r"$\frac{\partial (x^{(n,2)})_q}{\partial (x^{(n,1)})_i} = w_{iq}$",
        r"$\frac{\partial (x^{(n,2)})_q}{\partial (x^{(n,1)})_i} = -w_{iq}$",
    ),
    "logarithms to a told base": (
        r"$\log(p_k) = \frac{\ln(p_k)}{\ln(10)}$. $L = -\sum_k y_k \log(p_k)$. ",
        r"$\frac{\partial L}{\partial p_k} = -\frac{y_k}{p_k \ln(10)}$",
        r"$\frac{\partial L}{\partial p_k} = -\frac{y_k}{p_k}$",
    ),
    "many vectors": (
        FAMILY,
        r"$\frac{\partial L}{\partial w} = \sum_i (p_i - y_i) x_i$",
        r"$\frac{\partial L}{\partial w} = \sum_i (y_i - p_i) x_i$",
    ),
    "vectors in a product": (
        r"$A = \sum_i x_i x_i^T$. ",
        r"$u^T A u = \sum_i (u^T x_i)^2$",
        r"$u^T A u = \sum_i u^T x_i$",
    ),
    "a bare sum beside a free index": (
        r"$p_i = \frac{e^{z_i}}{\sum e^{z_j}}$. ",
        r"$\frac{\partial p_i}{\partial z_i} = p_i - p_i^2$",
        r"$\frac{\partial p_i}{\partial z_i} = p_i + p_i^2$",
    ),
    "a function given entry by entry": (
        r"$s(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$. ",
        r"$\frac{\partial s(x)_i}{\partial x_i} = s(x)_i (1 - s(x)_i)$",
        r"$\frac{\partial s(x)_i}{\partial x_i} = s(x)_i (1 + s(x)_i)$",
    ),
    "a primed entry": (
        r"$x'_i = \frac{x_i - m}{s}$ and $y = \sum_i g_i x'_i$. ",
        r"$\frac{\partial y}{\partial x'_i} = g_i$",
        r"$\frac{\partial y}{\partial x'_i} = -g_i$",
    ),
    "the upper limit first": (
        "",
        r"$\frac{\partial}{\partial a_j} \sum^K_{k=1} e^{a_k} = e^{a_j}$",
        r"$\frac{\partial}{\partial a_j} \sum^K_{k=1} e^{a_k} = -e^{a_j}$",
    ),
    "Σ as a name": (
        r"$\Sigma = \sum_i x_i x_i^T$. ",
        r"$u^T \Sigma u = \sum_i (x_i^T u)^2$",
        r"$u^T \Sigma u = 2 \sum_i (x_i^T u)^2$",
    ),
    "an entry of a product": (
        r"$Y_{ij} = \sum_k A_{ik} B_{kj}$ and $Z = A B$. ",
        r"$(A B)_{ij} = \sum_k A_{ik} B_{kj}$",
        r"$(B A)_{ij} = \sum_k A_{ik} B_{kj}$",
    ),
    "a matrix by its entries": (
        r"$L = \sum_{i, j} Y_{ij}^2$ and $Z = Y^T$. ",
        r"$\frac{\partial L}{\partial Y} = (2 Y_{ij})_{ij}$",
        r"$\frac{\partial L}{\partial Y} = (Y_{ij})_{ij}$",
    ),
    "a diagonal matrix": (
        r"$a = \sigma(z)$ for vectors, $c = a \odot a$. ",
        r"$\frac{\partial a}{\partial z} = \mathrm{diag}(a \odot (1 - a))$",
        r"$\frac{\partial a}{\partial z} = \mathrm{diag}(a \odot (1 + a))$",
    ),
    "σ that is applied to nothing": (
        r"$\ell = -n \log \sigma - \sum_{i=1}^n \frac{(x_i - \mu)^2}{2\sigma^2}$. ",
        r"$\frac{\partial \ell}{\partial \sigma} = -\frac{n}{\sigma} + \sum_{i=1}^n \frac{(x_i - \mu)^2}{\sigma^3}$",
        r"$\frac{\partial \ell}{\partial \sigma} = -\frac{n}{\sigma} + \sum_{i=1}^n \frac{(x_i - \mu)^2}{\sigma^2}$",
    ),
    "2π beside weights π_k": (
        MIXTURE,
        r"$\frac{\partial \ell}{\partial \pi_k} = \sum_n \frac{f(x_n; m_k, s_k)}{\sum_j \pi_j f(x_n; m_j, s_j)}$",
        r"$\frac{\partial \ell}{\partial \pi_k} = \sum_n \frac{f(x_n; m_k, s_k)}{\sum_j f(x_n; m_j, s_j)}$",
    ),
    "the last case before a claim": (
        SOFTMAX + r"First $i \ne j$. Then $\frac{\partial p_i}{\partial o_j} = -p_i p_j$. Now the case $i = j$: ",
        r"$\frac{\partial p_i}{\partial o_j} = p_i (1 - p_j)$",
        r"$\frac{\partial p_i}{\partial o_j} = p_i (1 + p_j)$",
    ),
    "a function's letter as a number": (
        r"$\ell = -n \log \sigma - \sum_{i=1}^n \frac{(x_i-\mu)^2}{2\sigma^2}$. ",
        r"$\frac{\partial \ell}{\partial \sigma} = -\frac{n}{\sigma} + \sum_{i=1}^n \frac{(x_i-\mu)^2}{\sigma^3}$",
        r"$\frac{\partial \ell}{\partial \sigma} = \frac{n}{\sigma} + \sum_{i=1}^n \frac{(x_i-\mu)^2}{\sigma^3}$",
    ),
    "once by a square": (
        r"$\ell = -n \log \sigma - \sum_{i=1}^n \frac{(x_i-\mu)^2}{2\sigma^2}$. ",
        r"$\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_i (x_i-\mu)^2$",
        r"$\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{\sigma} + \frac{1}{\sigma^3}\sum_i (x_i-\mu)^2$",
    ),
    "a square that is defined": (
        NORMED,
        r"$\frac{\partial y_i}{\partial s^2_B} = -\frac{1}{2}(x_i - \mu_B)(s^2_B + \epsilon)^{-3/2}$",
        r"$\frac{\partial y_i}{\partial s^2_B} = -(x_i - \mu_B)(s^2_B + \epsilon)^{-3/2}$",
    ),
    "a square that is defined by what it rests on": (
        NORMED,
        r"$\frac{\partial s^2_B}{\partial x_i} = \frac{2 (x_i - \mu_B)}{m}$",
        r"$\frac{\partial s^2_B}{\partial x_i} = \frac{(x_i - \mu_B)}{m}$",
    ),
    "π beside π_k": (
        r"$N_{ik} = \frac{e^{-\frac{(x_i-\mu_k)^2}{2s^2}}}{\sqrt{2\pi} s}$, $\ell = \sum_i \log \sum_k \pi_k N_{ik}$. ",
        r"$\frac{\partial N_{ik}}{\partial \mu_k} = N_{ik} \frac{x_i - \mu_k}{s^2}$",
        r"$\frac{\partial N_{ik}}{\partial \mu_k} = N_{ik} \frac{x_i - \mu_k}{s}$",
    ),
    "a gradient by all variables": (
        r"$f(x, y, z) = x^2 y + y z^2 - 3z$. ",
        r"$\nabla f = [2xy, x^2 + z^2, 2yz - 3]$",
        r"$\nabla f = [2xy, x^2 + z^2, 2yz + 3]$",
    ),
    "a gradient at numbers": (
        r"$f(x, y) = x^2 + 2xy$. ",
        r"$\nabla f(1, 2) = [2(1) + 2(2), 2(1)]$",
        r"$\nabla f(1, 2) = [2(1) + 2(2), 2(2)]$",
    ),
    "a gradient of one variable": (
        r"$f(w) = w^2 - 4w + 7$ and $\nabla f(3) = 2$. ",
        r"$\nabla f(w) = 2w - 4$",
        r"$\nabla f(w) = 2w + 4$",
    ),
    "a gradient of one variable, over numbers": (
        r"$f(w) = w^2 - 4w$. ",
        r"$\nabla f(w) = 2w - 4$",
        r"$\nabla f(w) = 2w$",
    ),
    "a gradient at a number": (r"$L(w) = w^2$. ", r"$\nabla L(3) = 6$", r"$\nabla L(3) = 3$"),
    "a function of a list": (
        r"$z = [2.0, 2.4]$. ",
        r"$\sigma(z) = [0.8808, 0.9168]$",
        r"$\sigma(z) = [0.8808, 0.9268]$",
    ),
    "the slope of a function beside arrays of its variable": (
        r"$z = w^T x + b$ and $g(z) = \frac{1}{1 + e^{-z}}$. ",
        r"$g'(z) = g(z)(1 - g(z))$",
        r"$g'(z) = g(z)(1 + g(z))$",
    ),
    "the slope of a function of vectors": (
        r"$g(z) = \frac{1}{1 + e^{-z}}$, $z_1 = W_1 x$, $a_1 = g(z_1)$, $z_2 = W_2 a_1$. ",
        r"$g'(z_1) = a_1 \odot (1 - a_1)$",
        r"$g'(z_1) = a_1 \odot (1 + a_1)$",
    ),
    "an inner product without a sign": (
        LOGISTIC,
        r"$\frac{\partial \ell}{\partial w_i} = x_i (y - \sigma(wx))$",
        r"$\frac{\partial \ell}{\partial w_i} = x_i (\sigma(wx) - y)$",
    ),
    "second derivatives of an inner product": (
        LOGISTIC,
        r"$\frac{\partial^2 \ell}{\partial w_i \partial w_j} = -x_i x_j \sigma(wx)(1-\sigma(wx))$",
        r"$\frac{\partial^2 \ell}{\partial w_i \partial w_j} = -x_i^2 \sigma(wx)(1-\sigma(wx))$",
    ),
    "an inner product with a dot": (
        r"$z = w \cdot x + b$, $a = \sigma(z)$, $L = \frac{1}{2}(a - y)^2$. ",
        r"$\nabla_w L = (a - y) a (1 - a) x$",
        r"$\nabla_w L = (a - y) a x$",
    ),
    "a sum that goes on behind its first term": (
        SAMPLES,
        r"$\frac{\partial \ell}{\partial \theta_k} = \sum_{i=1}^m (y^{(i)} - h(x^{(i)})) x_k^{(i)}$",
        r"$\frac{\partial \ell}{\partial \theta_k} = \sum_{i=1}^m (h(x^{(i)}) - y^{(i)}) x_k^{(i)}$",
    ),
    "the gradient of a likelihood": (
        SAMPLES,
        r"$\nabla_\theta \ell(\theta) = \sum_{i=1}^m (y^{(i)} - h(x^{(i)})) x^{(i)}$",
        r"$\nabla_\theta \ell(\theta) = \sum_{i=1}^m (y^{(i)} + h(x^{(i)})) x^{(i)}$",
    ),
    "second derivatives as a matrix": (
        SAMPLES,
        r"$\nabla_\theta^2 \ell(\theta) = -\sum_i h(x^{(i)}) (1 - h(x^{(i)})) x^{(i)} (x^{(i)})^T$",
        r"$\nabla^2_\theta \ell(\theta) = \sum_i h(x^{(i)}) (1 - h(x^{(i)})) x^{(i)} (x^{(i)})^T$",
    ),
    "what is solved for beside what it rests on": (
        SOLVED_MIXTURE,
        r"$\frac{\partial \ell}{\partial \mu_k} = \sum_n \gamma_{nk} (x_n - \mu_k)$",
        r"$\frac{\partial \ell}{\partial \mu_k} = \sum_n \gamma_{nk} (\mu_k - x_n)$",
    ),
    "a size beside an array of its letter": (
        SOLVED_MIXTURE + r"$\Lambda = \ell + \lambda (\sum_k \pi_k - 1)$ and $\lambda = -N$. ",
        r"$\frac{\partial \Lambda}{\partial \pi_k} = \frac{N_k}{\pi_k} + \lambda$",
        r"$\frac{\partial \Lambda}{\partial \pi_k} = \frac{N_k}{\pi_k} - \lambda$",
    ),
    "an index with a prime": (
        r"$p_k = \frac{e^{z_k}}{\sum_{k'}^K e^{z_{k'}}}$. ",
        r"$\frac{\partial p_k}{\partial z_{k'}} = p_k(\delta_{kk'} - p_{k'})$",
        r"$\frac{\partial p_k}{\partial z_{k'}} = p_k(\delta_{kk'} - p_k)$",
    ),
    "letters in a stack": (
        r"$L = \sum_{\substack{i,j}} (x_{ij} - u_i v_j)^2$. ",
        r"$\frac{\partial L}{\partial u_i} = -2 \sum_j (x_{ij} - u_i v_j) v_j$",
        r"$\frac{\partial L}{\partial u_i} = -2 \sum_i (x_{ij} - u_i v_j) v_j$",
    ),
    "equations on both sides of ⟺": (
        r"$L = \|y - X w\|^2$. $\frac{\partial L}{\partial w} = 2 X^T X w - 2 X^T y = 0 \Longleftrightarrow ",
        r"X^T X w = X^T y$",
        r"X^T X w - X^T y = 0 \Leftrightarrow \frac{\partial L}{\partial w} = X^T X w + X^T y$",
    ),
    "what does not rest on it": (
        r"$L = \|y - X w\|^2$. ",
        r"$\frac{\partial}{\partial w} (y^T y) = 0$",
        r"$\frac{\partial}{\partial w} (w^T X^T X w) = X^T X w$",
    ),
    "⊚ entry by entry": (
        r"$z = W x$, $a = \sigma(z)$, $L = \frac12 \|a - y\|^2$. ",
        r"$\frac{\partial L}{\partial z} = (a - y) \circledcirc \sigma'(z)$",
        r"$\frac{\partial L}{\partial z} = (y - a) \circledcirc \sigma'(z)$",
    ),
}  # fmt: skip


@pytest.mark.parametrize("notation", PAIRS)
def test_a_notation_is_read_right_and_one_slip_in_it_is_refuted(notation: str) -> None:
    before, right, wrong = PAIRS[notation]
    found = check(before + right)
    assert "refuted" not in [one.verdict for one in found]
    assert found[-1].verdict == "proved", found[-1]
    assert check(before + wrong)[-1].verdict == "refuted"


FOLLOWING = [
    r"$\sum_n r_{nk} x_n = \mu_k \sum_n r_{nk}$",
    r"$\frac{\sum_n r_{nk} x_n}{\sum_n r_{nk}} = \mu_k$",
]


@pytest.mark.parametrize("line", FOLLOWING)
def test_what_follows_from_an_equation_to_be_solved_is_proved(line: str) -> None:
    *_, slope, equation, last = check(SOLVED + line)
    assert (slope.verdict, equation.verdict, last.verdict) == ("proved", "undecided", "proved")
    assert "to be solved" in last.reason


def test_what_does_not_follow_is_left_open_near_an_equation_to_be_solved_and_refuted_elsewhere() -> None:
    wrong = r"$\sum_n r_{nk} x_n = 2 \mu_k \sum_n r_{nk}$"
    assert check(SOLVED + wrong)[-1].verdict == "undecided"
    assert check(CENTRES + wrong)[-1].verdict == "refuted"


def test_a_length_that_is_set_is_used_and_named() -> None:
    text = r"Let $\|u\|^2 = 1$ and $A = x x^T$. $u^T A u = (x^T u)^2$. $\lambda u^T u + \lambda \|u\|^2 = {} \lambda$"
    assert check(text.replace("{}", "2"))[-1].verdict == "proved"
    assert "length" in check(text.replace("{}", "2"))[-1].reason
    assert check(text.replace("{}", "3"))[-1].verdict != "proved"


@pytest.mark.parametrize("seed", range(20))
def test_a_difference_follows_from_conditions_of_which_it_is_a_sum_of_multiples_alone(seed: int) -> None:
    random = Random(seed)
    x, y, z = map(symbol, "xyz")
    atoms = [x, y, z, x * y, y * z - 1, x + 2 * z]
    first, second = x**2 + random.randint(1, 4) * y - 1, z * y - random.randint(1, 4)
    inside = random.choice(atoms) * first + random.choice(atoms) * second
    assert follows(inside / (1 + x**2), [first, second]) or isinstance(decide(inside, symbol("x") * 0), Proved)
    assert not follows(inside + 1, [first, second])


def test_a_sum_over_vectors_may_leave_out_the_one_that_is_named() -> None:
    slope = r"\frac{\partial}{\partial u_o} \left( f(u_o, v) + \sum_k f(u_k, v) \right)"
    text = rf"$f(u, v) = \log(\sigma(u^T v))$. ${slope} = "
    right, wrong = r"(1 - \sigma(u_o^T v)) v$", r"(1 + \sigma(u_o^T v)) v$"
    assert check(text + right)[-1].verdict == "undecided"
    assert check(text + wrong)[-1].verdict == "refuted"


def test_repeated_indices_may_be_meant_to_be_summed_and_so_may_a_sum_be_left_out() -> None:
    text = r"$y_k = \sum_i w_{ki} x_i$ and $L = \sum_k y_k^2$. $\frac{\partial L}{\partial x_j} = "
    assert check(text + r"2 y_k w_{kj}$")[-1].verdict in ("undecided", "definition")
    assert check(text + r"-2 y_k w_{kj}$")[-1].verdict == "refuted"


def test_what_is_said_for_one_side_of_an_edge_is_not_refuted() -> None:
    text = r"$a_j = \mathrm{relu}(\sum_k w_{kj} x_k)$. {} $\frac{\partial a_j}{\partial x_k} = w_{kj}$"
    said = check(text.replace("{}", r"If $\sum_{k=1}^n w_{kj} x_k > 0$, then"))
    assert said[-1].verdict in ("undecided", "definition")
    assert check(text.replace("{}", ""))[-1].verdict == "refuted"


def test_the_differential_of_a_bracket_is_no_product() -> None:
    assert check(r"$d(\frac{f}{g}) = \frac{g \cdot df - f \cdot dg}{g^2}$")[-1].verdict == "not-understood"


ALIGNED = r"""\begin{align}
\frac{\partial L}{\partial h_i} &= \sum_n g_n \frac{\partial y_n}{\partial h_i} &\text{by the chain rule} \\
&= \sum_n g_n w_{ni} &\because y_n = \sum_k w_{nk} h_k \\
&= \sum_m g_m w_{mi} &\text{renamed from } m = n
\end{align}"""


def test_a_chain_goes_on_below_the_remarks_beside_its_rows() -> None:
    found = {one.right: one for one in check(ALIGNED)}
    assert found[r"\sum_m g_m w_{mi}"].left == r"\sum_n g_n w_{ni}"
    assert found[r"\sum_m g_m w_{mi}"].verdict == "proved"
    assert found[r"\sum_k w_{nk} h_k"].left == "y_n"


def test_words_above_a_name_belong_to_it() -> None:
    document = read_claims(read_layout(r"$y = S^{\text{repeated row}} - t = u - t$"))
    assert [claim.right.text for claim in document.claims] == [r"S^{\text{repeated row}} - t", "u - t"]


PROGRAM = """
class Net:
    def __init__(self, n):
        self.W = np.random.randn(n, n)

    def act(self, z):
        return np.tanh(z)

    def forward(self, x):
        self.z = np.dot(x, self.W)
        self.cache["a"] = self.act(self.z)
        share = np.mean(self.z, axis=-1, keepdims=True)
"""


def test_the_methods_of_a_class_are_read_with_their_object_left_out() -> None:
    claims = read_claims(read_layout(PROGRAM, "net.py")).claims
    sides = [[member.readings[0].tree for member in (claim.left, claim.right)] for claim in claims]
    assert [left.value for left, _ in sides] == ["W", "act", "z", "cachea", "share"]
    head, called, mean = sides[1][0], sides[3][1], sides[4][1]
    assert [part.value for part in head.parts] == ["z"]
    assert (called.kind, called.value, [part.value for part in called.parts]) == ("call", "act", ["z"])
    assert (mean.kind, mean.value, mean.order) == ("total", "1", 1)

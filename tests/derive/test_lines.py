"""Every notation of tests/cases/lines.tsv, line by line, and every repair on its own smallest example."""

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.checking import check
from derive.documents import read_layout
from derive.formulas.claims import read_claims
from derive.formulas.habits import habitual
from derive.formulas.phrases import PHRASES
from derive.formulas.repairs import REPAIRS
from derive.formulas.tokens import tokens_of
from derive.walkthrough import load_walkthrough
from tests.laws import examples, seconds, sweep

KANUNGO = load_walkthrough("kanungo")
CASES = Path(__file__).parent.parent / "cases" / "lines.tsv"


def _cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["notation"])
def test_a_line_in_each_notation_gets_its_verdicts_and_its_slip(case: dict[str, str]) -> None:
    """The table says which verdicts a line's equalities get, in order, and which slip is named."""
    found = check(case["line"], KANUNGO)
    assert [one.verdict for one in found] == case["verdicts"].split()
    assert {(one.slip or "").partition(":")[0] for one in found} - {""} == {case["slip"] or ""} - {""}


def _documents() -> list[dict[str, str]]:
    with (CASES.parent / "documents.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", _documents(), ids=lambda case: case["notation"])
def test_a_document_gets_its_verdicts(case: dict[str, str]) -> None:
    """What a line means depends on the lines before it; ⏎ ends a line."""
    found = check(case["document"].replace(" ⏎ ", "\n"), KANUNGO)
    assert [one.verdict for one in found] == case["verdicts"].split(), [(c.left, c.right, c.reason) for c in found]


@pytest.mark.slow
@given(st.integers(1000, 10**15), st.sampled_from(("", ".5", ".25")))
def test_thousands_with_commas_are_the_number(number: int, rest: str) -> None:
    (line,) = habitual([tokens_of(f"a = {number:,}{rest}")])
    assert [token.value for token in line] == ["a", "=", f"{number}{rest}"]


@pytest.mark.slow
@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from((1, 2)), st.sampled_from((-1, 0, 1)))
def test_a_sum_of_decimals_needs_no_rounding(first: int, second: int, places: int, off: int) -> None:
    """No digit more is needed than stands, so that one unit of the last digit is too much."""
    a, b, total = (f"{n / 10**places:.{places}f}" for n in (first, second, first + second + off))
    (found,) = check(f"{a} + {b} = {total}")
    assert found.verdict == ("refuted" if off else "proved")


POLYNOMIALS = st.lists(st.integers(-5, 5), min_size=2, max_size=5)
OFF = st.sampled_from((0, 0, 1, -3))


def _polynomial(numbers: Sequence[int]) -> str:
    powers = ("", "x", *(f"x^{power}" for power in range(2, len(numbers))))
    return " + ".join(f"{number} {power}" for number, power in zip(numbers, powers, strict=False))


def _slope(numbers: Sequence[int]) -> list[int]:
    return [power * number for power, number in enumerate(numbers)][1:]


@pytest.mark.slow
@examples(20)
@given(POLYNOMIALS, OFF)
def test_the_limit_of_a_difference_quotient_is_the_derivative(numbers: list[int], off: int) -> None:
    """Of any polynomial; and nothing else is, though a constant may be an equation to be solved."""
    first, *rest = _slope(numbers)
    limit = r"\lim_{h \to 0} \frac{p(x + h) - p(x)}{h}"
    found = check(f"$p(x) = {_polynomial(numbers)}$\n\n$p'(x) = {limit} = {_polynomial([first + off, *rest])}$")
    assert [one.verdict for one in found[:2]] == ["definition", "proved"]
    assert found[2].verdict in (("refuted", "undecided") if off else ("proved",))


@examples(20)
@given(POLYNOMIALS, st.integers(-4, 4), OFF)
def test_a_derivative_at_a_value_has_the_value_put_in(numbers: list[int], at: int, off: int) -> None:
    value = sum(number * at**power for power, number in enumerate(_slope(numbers)))
    line = rf"$\left.\frac{{dp}}{{dx}}\right|_{{x={at}}} = {value + off}$"
    found = check(f"$p(x) = {_polynomial(numbers)}$\n\n{line}")
    assert [one.verdict for one in found] == ["definition", "refuted" if off else "proved"]


@examples(20)
@given(st.sampled_from(("ln", "log", "sin", "cos", "exp")), st.sampled_from("xnkq"), st.booleans())
def test_a_product_in_one_word_with_a_function_is_one(function: str, letter: str, wrong: bool) -> None:
    found = check(f"y = {letter}{function}(x) + {letter}\ny = {letter}*({function}(x) + {1 + wrong})")
    assert [one.verdict for one in found] == ["definition", "undecided" if wrong else "proved"]


SIDES = [("u > 0", "u < 0"), ("u \\ge 0", "u < 0"), ("0 < u", "0 > u"), ("3u > u", "3u \\le u")]
"""Above and below zero, as people write the two."""


@pytest.mark.parametrize(("above", "below"), SIDES)
@pytest.mark.parametrize(("right", "verdict"), [(("1", "a"), "proved"), (("a", "1"), "refuted")])
def test_a_slope_by_cases_is_the_same_however_they_are_told_apart(
    above: str, below: str, right: tuple[str, str], verdict: str
) -> None:
    """Which case holds at zero, where there is no slope, changes nothing, nor which one comes first."""
    function = r"$g(u) = \begin{cases} u & u \ge 0 \\ a u & u < 0 \end{cases}$"
    for (first, where), (second, there) in (pairs := list(zip(right, (above, below), strict=True)), pairs[::-1]):
        slope = rf"$g'(u) = \begin{{cases}} {first} & {where} \\ {second} & {there} \end{{cases}}$"
        assert [one.verdict for one in check(f"{function}\n\n{slope}")] == ["definition", verdict]


@pytest.mark.parametrize("name", [name for name in PHRASES if name != "asked"])
def test_the_words_of_each_phrase_are_a_part_of_its_claim(name: str) -> None:
    """Of no example the name alone is what the claim is about; a task tells what y is."""
    (claim,) = read_claims(read_layout(PHRASES[name].example)).claims
    assert len(claim.left.text.split()) > 1
    assert all(reading.tree.kind != "name" or "delta" in reading.tree.value for reading in claim.left.readings)


@pytest.mark.parametrize("name", REPAIRS)
def test_each_repair_mends_its_own_example_and_says_so(name: str) -> None:
    """What is read by a repair says what was wrong."""
    (claim,) = read_claims(read_layout(REPAIRS[name].example)).claims
    assert claim.right.readings
    assert all(REPAIRS[name].message in reading.assumed for reading in claim.right.readings)


LONG: dict[str, Callable[[int], str]] = {
    "one chain": lambda size: "x = " * (20 * size),
    "definitions on definitions": lambda size: "\n".join(f"q{n} = q{n - 1}*w5 + 1" for n in range(1, size)),
    "long words": lambda size: "a = " + "d" * (20 * size) + " + " + "w1" * (10 * size),
    "unknown words": lambda size: "h1 = " + " ".join(f"word{n}" for n in range(size)),
    "parts of a sum": lambda size: "r = p*q\n" + "dp += q\n" * (size // 2),
    "limits": lambda size: "f'(x) = " + "lim_{h→0} " * (10 * size) + "f(x+h)",
    "values below bars": lambda size: "f(x) = x^2\nf'(x) = " + "f'(x)|_{x=1} + |(x)| + " * size + "x|(x)" * size,
    "functions one after the other": lambda size: "(" + "f∘" * (20 * size) + "f)(x) = xsin(x)" + "xsin" * (10 * size),
    "functions": lambda size: "\n".join(f"f{n}(x) = x^{n}" for n in range(size)),
}


@pytest.mark.slow
@pytest.mark.parametrize("size", sweep([50, 1_000], 50))
@pytest.mark.parametrize("kind", LONG)
def test_a_long_document_takes_no_longer_than_its_length_tells(kind: str, size: int) -> None:
    """Each of these took half a minute and more; ten times the length may take 25 times as long, and no more."""
    check(LONG[kind](1), KANUNGO)  # what is looked up once
    short, long = (seconds(partial(check, LONG[kind](many), KANUNGO)) for many in (size // 10, size))
    assert long < 25 * short + 2

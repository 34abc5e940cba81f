"""derive equal: two formulas as text, and the command that prints the verdict."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive import decide
from derive.__main__ import main
from derive.equality import Proved, Refuted, Undecided

VERDICTS = [
    ("1/(1+e^-x)", "e^x/(1+e^x)", Proved),
    ("x*log(3)", "log(3^x)", Proved),
    ("sec^2(x)", "1 + tan(x)^2", Proved),
    ("(e^x - e^-x)/2", "sinh(x)", Proved),
    ("cbrt(x)^3", "x", Proved),
    ("max(x, 0) + min(x, 0)", "x", Proved),
    ("2 sin(x) cos(x)", "sin(2x)", Proved),
    ("sin(7pi)", "0", Proved),
    ("|x|", "x", Refuted),
    ("a-b-c", "c+b+a", Refuted),
    ("(-2)^n", "(-2)^(n-1)", Refuted),
    ("arcsin(x)", "arcsin(x)", Undecided),
    ("log_2(8)", "3", Undecided),
    ("2+", "2", Undecided),
    ("9^9^9", "1", Refuted),
    ("x" + "*x" * 9_000, "x^9001", Proved),
    ("(" * 5_000 + "x" + ")" * 5_000, "x", Undecided),
]


@pytest.mark.parametrize(("left", "right", "verdict"), VERDICTS, ids=lambda value: str(value)[:20])
def test_formulas_over_free_names_are_read_and_decided(left: str, right: str, verdict: type) -> None:
    assert isinstance(decide(left, right), verdict)


TWO_READINGS = """
log2(8)|log10(100)|swish(x)|leaky_relu(x)|exp -x|x + exp|exp*2|2pir|sin xy|sin x/2|sqrt 2 x|a/bc|4x/2y|1/2x|1/2(x+1)
e^xy|e^2x|x^2y|2½|1.5.2|2 3|2e3x|а*b|Pi|Σx|net*ten|d(x^2)/dx|dx/dx|log_2(8)|x_
""".replace("\n", "|").strip("|").split("|")


@pytest.mark.parametrize("formula", TWO_READINGS)
def test_what_can_be_read_in_two_ways_is_undecided(formula: str) -> None:
    verdict = decide(formula, "1")
    assert isinstance(verdict, Undecided)
    assert "not understood" in verdict.reason


@pytest.mark.parametrize(("left", "right"), [
    ("xe^x", "x*e^x"), ("πr²", "pi*r^2"), ("x_{12}", "x_12"), ("w_{1}i_{1}", "i1*w1"), ("x_1", "x1"),
    ("sin x^2", "sin(x^2)"), ("1/8 e^(2x)", "e^(2x)/8"), ("2 sin x cos x", "sin(2x)"), ("1/sin x", "csc x"),
    ("a(b+c)", "ab+ac"), ("ln|x|", "log(|x|)"),
])
def test_plain_notations_are_read_as_everybody_reads_them(left: str, right: str) -> None:
    assert isinstance(decide(left, right), Proved)


def test_json_has_the_five_fields_of_the_contract() -> None:
    ran = CliRunner().invoke(main, ["equal", "sqrt(x^2)", "x", "--json"])
    found = json.loads(ran.output)
    assert list(found) == ["verdict", "witness", "left", "right", "reason"]
    assert (found["verdict"], found["witness"], ran.exit_code) == ("refuted", {"x": "-1/2"}, 1)


def test_a_positive_name_is_taken_as_positive() -> None:
    ran = CliRunner().invoke(main, ["equal", "sqrt(x^2)", "x", "--positive", "x"])
    assert (ran.exit_code, ran.output) == (0, "proved: both come to x\n")


def test_a_table_of_pairs_gives_one_object_a_line_in_its_order(tmp_path: Path) -> None:
    table = tmp_path / "pairs.tsv"
    table.write_text("x+x\t2x\nx\ty\nno tab\n")
    ran = CliRunner().invoke(main, ["equal", "--file", str(table), "--json"])
    verdicts = [json.loads(line)["verdict"] for line in ran.output.splitlines()]
    assert (verdicts, ran.exit_code) == (["proved", "refuted", "undecided"], 1)


@pytest.mark.parametrize("arguments", [[], ["x"], ["x", "y", "z"], ["x", "y", "--file", "pairs.tsv"],
                                       ["x", "y", "--positive", "2"], ["--file", "missing.tsv"]])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: list[str]) -> None:
    ran = CliRunner().invoke(main, ["equal", *arguments])
    assert (ran.exit_code, ran.output.count("\n")) == (2, 1), ran.output

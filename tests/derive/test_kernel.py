"""The kernel: it replays what was decided, and nothing else."""

import ast
import copy
import csv
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from click.testing import CliRunner
from hypothesis import assume, given

from derive.__main__ import main
from derive.certificates import certificate_of, certified, stated, verified
from derive.equality import Undecided, decide
from derive.equality.deciding import asked
from derive.equality.statement import Statement
from derive.kernel import RejectedError, replay
from derive.kernel.values import at_point
from derive.names import symbol
from derive.text import as_text
from derive.walkthrough import Walkthrough
from tests.derive.mutations import expanded, mutants
from tests.derive.test_equality_laws import anything, cornered, is_small
from tests.laws import examples

ROOT = Path(__file__).parent.parent.parent
with (ROOT / "tests" / "cases" / "equality.tsv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
ROWS = [row for row in TABLE if row["verdict"] != "undecided"]
PAIRS = [
    ("1/(1 + e^(-x))", "e^x/(1 + e^x)"),
    ("max(x, 0)", "(abs(x) + x)/2"),
    ("log(6*x^2*y)", "log(2) + log(3) + 2*log(abs(x)) + log(y)"),
    ("sqrt(x^2 + 2*x + 1)", "abs(x + 1)"),
    ("sin(2*x)*cos(pi/4)", "sqrt(2)*sin(x)*cos(x)"),
    ("(-1)^n*(-1)^n", "1"),
    ("sqrt(x^2)", "x"),
    ("e^(x + log(y))", "y*e^x + 1"),
]


def as_read(certificate: Any) -> Any:
    """A certificate as it comes from a file."""
    return json.loads(json.dumps(certificate))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['left']} = {row['right']}")
def test_every_verdict_of_the_table_is_replayed(row: dict[str, str]) -> None:
    decided, certificate = certificate_of(row["left"], row["right"])
    assert decided.word == row["verdict"]
    assert verified(as_read(certificate)) == row["verdict"]


@pytest.mark.slow
@examples(60)
@given(anything, anything)
def test_every_verdict_on_random_pairs_is_replayed(left: sp.Expr, other: sp.Expr) -> None:
    assume(is_small(left) and is_small(other))
    for right in (sp.expand(left + other) - other, other):
        verdict, certificate = certified(left, right)
        assert type(verdict) is type(decide(left, right))
        if not isinstance(verdict, Undecided):
            assert replay(as_read(certificate)) == type(verdict).__name__.lower()


@examples(40)
@given(cornered)
def test_every_proof_with_corners_is_replayed(expression: sp.Expr) -> None:
    assume(is_small(expression))
    verdict, certificate = certified(expression, sp.expand(expression))
    if not isinstance(verdict, Undecided):
        assert replay(as_read(certificate)) == "proved"


@pytest.mark.slow
def test_a_sample_of_single_edits_of_the_hand_gradients_is_replayed(kanungo: Walkthrough) -> None:
    """All of them: `python -m tests.trust`."""
    network = kanungo.network
    for mutant in mutants(kanungo, every=60):
        for sides, definitions in (
            ((mutant.wrong, mutant.right), network.definitions),
            (tuple(expanded(side, network) for side in (mutant.wrong, mutant.right)), {}),
        ):
            verdict, certificate = certified(*sides, definitions=definitions, start=kanungo.start)
            assert replay(as_read(certificate)) == type(verdict).__name__.lower()


def test_a_certificate_names_the_definitions_that_its_formulas_rest_on(kanungo: Walkthrough) -> None:
    network = kanungo.network
    left, right = symbol("E1"), network.definitions["E2"]
    _, certificate = certified(left, right, definitions=network.definitions, start=kanungo.start)
    assert certificate is not None
    texts = {name: as_text(body) for name, body in network.definitions.items()}
    whole = stated(certificate, as_text(left), as_text(right), texts)
    assert verified(as_read(whole)) == "refuted"
    with pytest.raises(RejectedError):
        verified(as_read({**whole, "definitions": {**texts, "E1": "1/3 * (t1 - out_o1)^2"}}))


X_AND_Y = symbol("x"), symbol("y")
SIGNS = (X_AND_Y[0] > 0, X_AND_Y[1] >= 0, sp.Ne(X_AND_Y[0], X_AND_Y[1]), sp.Eq(X_AND_Y[0], 1), X_AND_Y[1] < X_AND_Y[0])
TESTS = (
    *SIGNS, sp.And(*SIGNS[:2]), sp.Or(*SIGNS[:2]), sp.And(*SIGNS[:3]), sp.Or(SIGNS[3], SIGNS[1], SIGNS[4]),
    sp.And(sp.Or(SIGNS[0], SIGNS[3]), sp.Or(SIGNS[1], SIGNS[4])), sp.Or(sp.And(*SIGNS[:2]), sp.And(*SIGNS[3:])),
    sp.Not(sp.And(*SIGNS[2:])), sp.Not(sp.Or(*SIGNS[:3])),
)  # fmt: skip


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_the_statement_of_a_choice_is_the_choice(test: Any) -> None:
    """What a certificate is about has the value of the formula at every point."""
    x, y = X_AND_Y
    choice = sp.Piecewise((sp.Integer(7), test), (sp.Integer(3), True), evaluate=False)
    question = asked(choice, sp.Integer(0), {}, {}, ())
    statement = Statement(question.program, question.left, question.right, ())
    for at in product((-1, 0, 1, 2), repeat=2):
        values = at_point(statement.steps, {name: str(value) for name, value in zip("xy", at, strict=True)})
        found = values[statement.sides[0]]
        expected = 7 if test.subs({x: at[0], y: at[1]}) == sp.true else 3
        assert found is not None
        assert found.a == found.b == expected, at


# a certificate with one thing changed


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all numbers and texts within."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for key, part in enumerate(value):
            yield from places(part, (*path, key))
    else:
        yield path


def changed(value: Any) -> Iterator[Any]:
    """Other values of the same kind."""
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value - 3)
    elif isinstance(value, str):
        yield from ("", value + "1", "7/3", "x", "proved" if value != "proved" else "refuted")
    yield None


QUICK = (PAIRS[0], PAIRS[6])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*pair, marks=[] if pair in QUICK else pytest.mark.slow) for pair in PAIRS]
)
def test_a_certificate_with_one_thing_changed_is_rejected_or_still_one_of_the_same_statement(
    left: str, right: str
) -> None:
    """What is accepted has the same formulas and verdict: another right hint, or a wider bound of a value."""
    decided, found = certificate_of(left, right)
    certificate = as_read(found)
    kept, rejected = [], 0
    for path, other in with_one_thing_changed(certificate):
        try:
            assert verified(other) == decided.word
        except RejectedError:
            rejected += 1
        else:
            kept.append((path, get(other, path)))
    assert {path[0] for path, _ in kept} <= {"cases", "polynomials", "generators", "bits", "values", "point"}, kept
    assert len(kept) < rejected / 10, kept


def with_one_thing_changed(certificate: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each certificate that differs in one place, and the place."""
    for path in places(certificate):
        *above, last = path
        for value in changed(get(certificate, path)):
            other = copy.deepcopy(certificate)
            get(other, tuple(above))[last] = value
            if other != certificate:
                yield path, other


def get(value: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_a_certificate_without_one_of_its_parts_is_rejected(left: str, right: str) -> None:
    _, found = certificate_of(left, right)
    for key in as_read(found):
        with pytest.raises(RejectedError):
            verified({name: part for name, part in as_read(found).items() if name != key})


# what a sceptic tries


def certificate(steps: list[list[Any]], cases: Any, point: dict[str, str], **more: Any) -> dict[str, Any]:
    """A certificate written by hand that the last two steps are equal."""
    whole = {"verdict": "proved", "steps": steps, "sides": [len(steps) - 2, len(steps) - 1], "positive": [],
             "generators": [], "polynomials": [], "cases": cases, "point": point, "bits": 120,
             "values": [["-100", "100"], ["-100", "100"]]}
    return {**whole, **more}


X = {"generators": [["name", "x"]], "polynomials": [[["1", [[0, 1]]]], []]}
"""x, and the polynomials x and 0."""


def of_x(
    lines: list[Any], steps: list[list[Any]], value: str, *more: Any, generators: Any = (), positive: Any = ()
) -> dict[str, Any]:
    """A certificate by a few lines: name x is step 0, the polynomials are x, 0, 1 and `more`."""
    whole = [["name", "x"], *steps]
    polynomials = [[["1", [[0, 1]]]], [], [["1", []]], *more]
    named = [["name", "x"], *generators]
    about = {"generators": named, "polynomials": polynomials, "positive": list(positive)}
    return certificate(whole, {"lines": lines}, {"x": value}, **about)


def all_steps(count: int) -> list[list[Any]]:
    """Lines for so many steps without a hint."""
    return [["step", place] for place in range(count)]


# choose(x, -1, 7, 1) and choose(x, -1, 1, 1): equal but for x = 0; beside them 1/x, as step 4
CHOICES = [["name", "x"], ["number", "-1"], ["number", "7"], ["number", "1"], ["power", 0, 1],
           ["choose", 0, 1, 2, 3], ["choose", 0, 1, 3, 3]]  # fmt: skip


def choices(at_zero: list[Any], steps: Any = CHOICES, **more: Any) -> dict[str, Any]:
    """A proof that the two choices are equal, which is right but for x = 0."""
    right = [["step", 0], ["take", 5], ["take", 6]]
    cases = [
        [[1], {"lines": [*right, ["step", 3], ["step", 5], ["step", 6]]}],
        [[-1], {"lines": [*right, ["step", 1], ["step", 5], ["step", 6]]}],
        [[0], {"lines": [["step", 0], *at_zero]}],
    ]
    return certificate(steps, {"split": 0, "cases": cases}, {"x": "1"}, **{**X, **more})


ATTACKS = {
    "two different things, with no reason": certificate(
        [["name", "x"], ["number", "1"]], {"lines": [["step", 0], ["step", 1]]}, {"x": "1"}, **X),
    "a case that is left out": certificate(
        [["name", "x"], ["mul", 0, 0]],
        {"split": 0, "cases": [[[0], {"lines": [["step", 0], ["step", 1], ["bind", 0, 1]]}]]},
        {"x": "1"}, **X),
    "no case at all": certificate([["name", "x"], ["number", "1"]], {"split": 0, "cases": []}, {"x": "1"}, **X),
    "a name bound to what it need not be": certificate(
        [["name", "x"], ["number", "0"]],
        {"lines": [["bind", 0, 1], ["step", 0], ["step", 1]]}, {"x": "0"}, **X),
    "an inverse of what may be zero": certificate(
        [["name", "x"], ["mul", 0, 0]],
        {"lines": [["step", 0], ["step", 1], ["product", 0, "1", [[2, 1], [1, 0]]]]},
        {"x": "0"}, generators=[["name", "x"], ["inverse", 0]],
        polynomials=[[["1", [[0, 1]]]], [], [["1", [[0, 2], [1, 1]]]]]),
    "1/x of a branch that is not taken shows that x is not zero": certificate(
        [["name", "x"], ["number", "-1"], ["power", 0, 1], ["number", "1"], ["choose", 0, 3, 3, 2], ["mul", 0, 0]],
        {"lines": [["step", 0], ["step", 1], ["step", 2, "1", [[0, 1]]]]}, {"x": "-1"}, **X),
    "a generator that is defined by itself": certificate(
        [["name", "x"], ["number", "1"]], {"lines": [["step", 0], ["step", 1]]}, {"x": "1"},
        generators=[["name", "x"], ["exp", 0]], polynomials=[[["1", [[1, 1]]]]]),
    "a generator before the first": certificate(
        [["name", "x"], ["number", "1"]], {"lines": [["step", 0], ["step", 1]]}, {"x": "1"},
        generators=[["name", "x"], ["exp", 0]], polynomials=[[["1", [[-1, 1]]]]]),
    "a negative power": certificate(
        [["name", "x"], ["number", "1"]], {"lines": [["step", 0], ["step", 1]]}, {"x": "1"},
        generators=[["name", "x"]], polynomials=[[["1", [[0, -1]]]]]),
    "a step that uses itself": certificate(
        [["add", 0, 0], ["number", "0"]], {"lines": [["step", 0], ["step", 1]]}, {}),
    "a step that uses a later one": certificate(
        [["add", 1, 1], ["number", "0"]], {"lines": [["step", 1], ["step", 0]]}, {}),
    "a root of a negative number at the point": certificate(
        [["number", "-1"], ["number", "1/2"], ["power", 0, 1], ["number", "1"]], {"lines": []}, {}),
    "a sign from an interval of what is no constant": certificate(
        [["name", "x"], ["number", "0"]], {"lines": [["interval", 0]]}, {"x": "0"}, **X),
    "a sum with a negative multiple": certificate(
        [["name", "x"], ["number", "0"]],
        {"split": 0, "cases": [[[0, 1], {"lines": [["sum", 0, [["-1", 2]]], ["bind", 0, 1]]}],
                               [[-1, 0], {"lines": [["bind", 0, 1]]}]]},
        {"x": "0"}, generators=[["name", "x"]], polynomials=[[["1", [[0, 1]]]], [], [["-1", [[0, 1]]]]]),
    "a root that is negative": certificate(
        [["number", "-1"], ["number", "1"]], {"lines": [["step", 0], ["step", 1], ["root", 0, 1]]}, {},
        generators=[["root", 0, 2]], polynomials=[[["1", []]], [["-1", []]]]),
    "a root of what is another power": certificate(
        [["number", "2"], ["number", "1"]], {"lines": [["step", 0], ["step", 1], ["root", 0, 1]]}, {},
        generators=[["root", 0, 2]], polynomials=[[["1", []]], [["2", []]]]),
    "a rule that is no rule": certificate(
        [["number", "1"], ["number", "0"]], {"lines": [["run", {}], ["learn", 0, [0]]]}, {}),
    "an endless power": certificate(
        [["name", "x"], ["number", "1000000000"], ["power", 0, 1], ["mul", 0, 0]],
        {"lines": [["step", 0], ["step", 1], ["step", 2], ["step", 3]]}, {"x": "1"}, **X),
    "the power of a sum": certificate(
        [["name", "x"], ["number", "9999"], ["add", 0, 1], ["power", 2, 1], ["mul", 0, 0]],
        {"lines": [["step", place] for place in range(5)]}, {"x": "1"}, **X),
    "a number that is too long": certificate([["number", "1e99999999999"], ["number", "1"]], {}, {}),
    "a side that is no step": certificate([["number", "1"], ["number", "1"]], {}, {}, sides=[-1, -2]),
    "truth for a number": certificate([["number", True], ["number", "1"]], {}, {}, sides=[True, 0]),
    "a product that is none": of_x([["product", 0, "0", []], *all_steps(2)], [["number", "0"]], "0"),
    "a sum that is none": of_x([["sum", 0, []], *all_steps(2)], [["number", "0"]], "0"),
    "a step that is written as another": of_x([*all_steps(2), ["same", 0, 1]], [["number", "0"]], "0"),
    "exp as another product": of_x([["step", 0], ["step", 1, []], ["step", 2]], [["exp", 0], ["number", "1"]], "0"),
    "log as another sum": of_x([["step", 0], ["step", 1, []], ["step", 2]], [["log", 0], ["number", "0"]], "1"),
    "cos of another angle": of_x([["step", 0], ["step", 1, []], ["step", 2]], [["cos", 0], ["number", "1"]], "0"),
    "1/x as another product": of_x(
        [["step", 0], ["step", 1], ["step", 2, "1", []], ["step", 3]],
        [["number", "-1"], ["power", 0, 1], ["number", "1"]], "1"),
    "the larger of two that may be either": of_x(all_steps(4), [["number", "0"], ["max", 0, 1], ["number", "0"]], "-1"),
    "the root as another number": of_x(
        [["step", 0], ["step", 1], ["root", 1, 0], ["step", 2, [[0, 1]], [[3, 1]]], ["step", 3]],
        [["number", "1/2"], ["power", 0, 1], ["add", 0]], "1", [["1", [[1, 1]]]],
        generators=[["root", 0, 2], ["ln", 0]], positive=[0]),
    "a root of 1 that is -1": of_x(
        [["root", 1, 3], ["product", 4, "-1", []]], [["number", "0"]], "0", [["-1", []]], [["1", [[1, 1]]]],
        generators=[["root", 2, 2]]),
    "a logarithm bound as a root": of_x(
        [["product", 3, "1", [[0, 2]]], ["root", 1, 3], ["step", 1], ["step", 2, [[2, 1]]], ["step", 0], ["step", 3]],
        [["number", "1"], ["log", 1], ["mul", 0, 0]], "0", [["1", [[0, 2]]]], generators=[["ln", 2]]),
    "zero to a power of any sign": of_x(
        all_steps(4), [["number", "0"], ["power", 1, 0], ["mul", 1, 1]], "1"),
    "a root learnt to be of a positive number": certificate(
        [["name", "x"], ["number", "1/2"], ["power", 0, 1], ["number", "-1"], ["number", "7"], ["number", "1"],
         ["choose", 0, 3, 4, 5], ["add", 2, 6], ["add", 2, 5]],
        {"lines": [["step", 0], ["step", 1], ["step", 2, [[0, 1]], [[2, 1]]], ["take", 6], ["step", 5], ["step", 6],
                   ["step", 7], ["step", 8]]}, {"x": "1"},
        generators=[["name", "x"], ["ln", 0], ["root", 0, 2]],
        polynomials=[[["1", [[0, 1]]]], [], [["1", [[2, 1]]]]]),
    "an absolute value of a number of any sign": certificate(
        [["name", "x"], ["number", "-1"], ["power", 0, 1], ["number", "7"], ["choose", 0, 1, 3, 3], ["add", 2, 4],
         ["add", 2, 1]],
        {"lines": [["step", 0], ["step", 1], ["step", 2, "1", [[0, 1]]], ["growth", 1, 0], ["take", 4], ["step", 4],
                   ["step", 5], ["step", 6]]}, {"x": "-1"},
        generators=[["name", "x"], ["inverse", 0], ["ln", 0]],
        polynomials=[[["1", [[0, 1]]]], [["-1", [[0, 1]]]]]),
    "a step that no side uses shows that x is not zero": choices([["step", 1], ["step", 4, "1", [[0, 1]]]]),
    "a branch that is not taken shows that x is not zero": choices(
        [["step", 1], ["step", 4, "1", [[0, 1]]]],
        [*CHOICES[:5], ["choose", 0, 4, 2, 3], ["choose", 0, 4, 3, 3]]),
    "a branch is taken that is not": choices([["take", 5], ["step", 3], ["step", 5]]),
    "x times an inverse of x is 1": choices(
        [["product", 2, "1", []], ["product", 2, "1", [[0, 1], [3, 1]]]],
        generators=[["name", "x"], ["inverse", 0]],
        polynomials=[[["1", [[0, 1]]]], [], [["1", [[0, 1], [1, 1]]]], [["1", [[1, 1]]]]]),
    "a branch without its sign": of_x(
        [["step", 0], ["take", 3], ["step", 1], ["step", 3], ["step", 4]],
        [["number", "7"], ["number", "1"], ["choose", 0, 1, 1, 2], ["add", 1]], "-1"),
    "a choice that no side uses takes 1/x": choices(
        [["take", 7], ["step", 1], ["step", 4, "1", [[0, 1]]]], [*CHOICES, ["choose", 0, 4, 4, 4]], sides=[5, 6]),
    "values below those that are told": certificate(
        [["number", "1"], ["mul", 0, 0]], {}, {}, verdict="refuted", values=[["5", "9"], ["0", "2"]]),
    "values above those that are told": certificate(
        [["number", "1"], ["mul", 0, 0]], {}, {}, verdict="refuted", values=[["-5", "0"], ["1", "2"]]),
    "a point where what is assumed positive is not": certificate(
        [["name", "x"], ["max", 0, 0], ["number", "3"]], {}, {"x": "-1"}, verdict="refuted", positive=[0],
        values=[["-2", "0"], ["2", "4"]]),
    "proved where the values differ": certificate(
        [["number", "1"], ["number", "2"]], {}, {}, values=[["0", "1.1"], ["1.9", "3"]]),
    "nothing": {},
    "a list": [],
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_sceptic_tries_is_rejected(attack: str) -> None:
    with pytest.raises(RejectedError):
        replay(ATTACKS[attack])  # type: ignore[arg-type]


def test_no_false_statement_is_proved_by_the_proof_of_another() -> None:
    false = [("x^2", "x", "1"), ("abs(x)", "x", "1"), ("sqrt(x^2)", "x", "1"), ("1/x", "x", "1"), ("e^x", "1 + x", "0"),
             ("max(x, 0)", "0", "-1"), ("log(x^2)", "2*log(2)", "2"), ("sin(x)", "x", "0"), ("(-1)^n", "1", "2")]
    proofs = [found for left, right in PAIRS if (found := certificate_of(left, right)[1]) and "cases" in found]
    assert len(proofs) > 4
    for left, right, value in false:
        _, refuted = certificate_of(left, right)
        assert refuted is not None
        wide = [["-1000", "1000"], ["-1000", "1000"]]
        statement = {key: refuted[key] for key in ("steps", "sides", "positive")}
        point = dict.fromkeys(refuted["point"], value)
        for proof in proofs:
            with pytest.raises(RejectedError):
                replay(as_read({**proof, **statement, "point": point, "values": wide}))


# the kernel itself


def test_the_kernel_uses_nothing_that_finds_verdicts() -> None:
    allowed = {"collections", "fractions", "math", "typing", "mpmath", "derive"}
    for path in (ROOT / "derive" / "kernel").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in allowed
                assert not name.startswith("derive") or name.startswith("derive.kernel")


def lines_of_code(path: Path) -> int:
    """Lines that are neither empty, a comment nor a docstring."""
    text = path.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            told |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and number not in told for number, line in lines)


def test_the_rules_of_the_kernel_stay_short() -> None:
    """What a sceptic has to believe beside mpmath's intervals: the rules, on top of polynomials and values."""
    files = {path.name: lines_of_code(path) for path in (ROOT / "derive" / "kernel").glob("*.py")}
    assert files["rules.py"] <= 200, files
    assert sum(files.values()) <= 340, files


# the commands


def test_a_certificate_is_written_and_verified_by_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    file = tmp_path / "proof.json"
    run = CliRunner()
    made = run.invoke(main, ["equal", "--certificate", str(file), "log(2*x)", "log(2) + log(x)"])
    assert (made.exit_code, made.stdout) == (0, "proved: both come to the same common form\n")
    found = run.invoke(main, ["verify", str(file)])
    assert (found.exit_code, found.stdout) == (0, f"{file}: proved: log(2*x) = log(2) + log(x)\n")
    file.write_text(file.read_text().replace("log(2*x)", "log(3*x)"))
    found = run.invoke(main, ["verify", "--json", str(file)])
    assert found.exit_code == 1
    assert json.loads(found.stdout)[0]["verdict"] == "rejected"


def test_a_table_of_pairs_has_one_certificate_for_each_that_is_decided(tmp_path: Path) -> None:
    table, file = tmp_path / "pairs.tsv", tmp_path / "proofs.json"
    table.write_text("x + x\t2*x\nx\ty\nlog(-1-x^2)\tx\nx +\tx\nno tab\n")
    run = CliRunner()
    made = run.invoke(main, ["equal", "--file", str(table), "--certificate", str(file)])
    assert made.exit_code == 1
    found = run.invoke(main, ["verify", str(file)])
    assert (found.exit_code, found.stdout.count("proved"), found.stdout.count("refuted")) == (0, 1, 1)


def test_what_cannot_be_verified_is_told_in_one_line(tmp_path: Path) -> None:
    broken, none = tmp_path / "broken.json", tmp_path / "none.json"
    broken.write_text("{")
    run = CliRunner()
    assert run.invoke(main, ["verify", str(broken), str(none)]).exit_code == 2
    undecided = run.invoke(main, ["equal", "--certificate", str(none), "log(-1-x^2)", "x"])
    assert undecided.exit_code == 2
    assert "no certificate" in undecided.stderr
    assert not none.exists()

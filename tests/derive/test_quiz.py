"""Quiz questions: right and wrong answers decided, GIFT as its own parser reads it, STACK's XML with a test a node."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.equality import Proved, Refuted
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.formulas import read_free
from derive.quiz import as_gift, as_stack, questions
from derive.walkthrough import built_in, load_walkthrough
from tests.laws import sweep


@pytest.mark.slow
@pytest.mark.parametrize("walkthrough", sweep(built_in(), "kanungo", "tripathi"))
def test_one_answer_is_right_and_the_others_are_refuted(walkthrough: str) -> None:
    loaded = load_walkthrough(walkthrough)
    asked = questions(loaded)
    assert [one.name for one in asked] == [f"∂{loaded.network.loss_name}/∂{p}" for p in loaded.network.parameters]
    for question in asked:
        assert len(question.choices) == 5
        assert len({choice.text for choice in question.choices}) == 5
        assert sum(choice.is_right for choice in question.choices) == 1
        for choice in question.wrongs:
            verdict = decide(question.right.expression, choice.expression, definitions=loaded.network.definitions)
            assert isinstance(verdict, Refuted), choice.text
            assert choice.feedback.endswith(".")


def test_a_feedback_that_begins_with_a_formula_keeps_its_letters(tmp_path: Path) -> None:
    file = tmp_path / "n.toml"
    file.write_text("""title = "t"
learning_rates = [0.5]
updates = 1
equations = ["h = w*x", "out = sigmoid(h)", "E = 1/2*(y - out)^2"]
[inputs]
x = 1
[targets]
y = 0.5
[parameters]
w = 0.1
""", encoding="utf-8")
    told = [choice.feedback for one in questions(load_walkthrough(str(file)), 12) for choice in one.wrongs]
    assert any(one.startswith("The ") for one in told)
    assert not [one for one in told if one.startswith(("Y ", "Out ", "H ", "Sigmoid "))]
    assert [one for one in told if one.startswith(("y ", "out "))]


@pytest.mark.slow
def test_gift_escapes_what_it_must(kanungo: object) -> None:
    text = as_gift(questions(load_walkthrough("kanungo")))
    first = text.partition("{\n")[0]
    assert "h1 \\= w1 * i1 + w2 * i2" in first
    assert not re.search(r"(?<!\\)=", first)
    assert len(re.findall(r"^\t=", text, re.M)) == 8
    assert len(re.findall(r"^\t~", text, re.M)) == 32


@pytest.mark.slow
def test_stack_compares_with_the_right_one_first_and_tests_every_node() -> None:
    walkthrough = load_walkthrough("kanungo")
    asked = questions(walkthrough)
    root = ElementTree.fromstring(as_stack(asked).encode())
    assert [one.get("type") for one in root] == ["stack"] * 8
    for question, element in zip(asked, root, strict=True):
        nodes = element.findall("prt/node")
        assert [node.findtext("falsenextnode") for node in nodes] == ["1", "2", "3", "4", "-1"]
        assert [node.findtext("truescore") for node in nodes] == ["1.0000000", *["0.0000000"] * 4]
        assert [node.findtext("truefeedback/text") == "" for node in nodes] == [True, *[False] * 4]
        tests = element.findall("qtest")
        for choice, test in zip(question.choices, tests, strict=True):
            typed = str(test.findtext("testinput/value"))
            assert isinstance(decide(read_free(typed), choice.expression), Proved), typed
        assert str(element.findtext("questionvariables/text")).startswith("ta:")


def test_stack_refuses_what_maxima_cannot_compare(tmp_path: Path) -> None:
    file = tmp_path / "relu.toml"
    file.write_text('title="r"\nlearning_rates=[0.1]\nupdates=5\nlayers=[1,1,1]\nactivation="relu"\n'
                    "[inputs]\nx=0.5\n[targets]\nt=0.5\n[parameters]\nw1=0.5\nw2=0.4\n", encoding="utf-8")
    with pytest.raises(DeriveError, match="by cases"):
        as_stack(questions(load_walkthrough(file)))


@pytest.mark.slow
def test_the_command_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["quiz", "mazur", "--gift", "-o", "m.gift"]).exit_code == 0
    assert CliRunner().invoke(main, ["quiz", "mazur", "--stack", "--choices", "3", "-o", "m.xml"]).exit_code == 0
    assert len(ElementTree.parse("m.xml").getroot().findall("question/prt/node")) == 24
    assert (tmp_path / "m.gift").read_text(encoding="utf-8").count("::") == 16


_READ = """
const gift = require('gift-pegjs'), fs = require('fs')
console.log(JSON.stringify(process.argv.slice(2).map(f => gift.parse(fs.readFileSync(f, 'utf8')))))
"""


@pytest.mark.slow
@pytest.mark.oracle
def test_the_parser_of_gift_reads_every_question(tmp_path: Path) -> None:
    """npm's gift-pegjs, which others wrote, finds each question with its answers and their feedback."""
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("DERIVE_SHEETS_ORACLES") == "1":
            pytest.fail("npm is not installed, and DERIVE_SHEETS_ORACLES=1 demands it")
        pytest.skip("npm is not installed")
    subprocess.run([npm, "install", "--silent", "gift-pegjs@1.0.2"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "read.js").write_text(_READ, encoding="utf-8")
    asked = {name: questions(load_walkthrough(name)) for name in built_in()}
    for name, found in asked.items():
        (tmp_path / f"{name}.gift").write_text(as_gift(found), encoding="utf-8")
    done = subprocess.run(["node", "read.js", *(f"{name}.gift" for name in asked)], cwd=tmp_path, check=True,
                          capture_output=True, text=True)  # fmt: skip
    for found, read in zip(asked.values(), json.loads(done.stdout), strict=True):
        assert [len(one["choices"]) for one in read] == [5] * len(found)
        for question, one in zip(found, read, strict=True):
            (right,) = [choice for choice in one["choices"] if choice["isCorrect"]]
            assert right["text"]["text"].replace("&lt;", "<") == question.right.text
            assert all(choice["feedback"]["text"] for choice in one["choices"])

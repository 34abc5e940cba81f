"""The Python side of the page: requests to answers in JSON, faults in the words of the user, nothing thrown."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from derive import check_many
from sheets import browser


def ask(act: str, files: list[tuple[str, bytes]] | None = None, **given: Any) -> Any:
    """The answer to a request, as the page gets it."""
    return json.loads(browser.answer(act, json.dumps(given), files or []))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    ask("forget")
    yield
    ask("forget")


@pytest.fixture(scope="module")
def kanungo_toml() -> str:
    return str(next(one["toml"] for one in ask("examples") if one["name"] == "kanungo"))


def test_a_check_comes_typeset_with_the_network(kanungo_toml: str) -> None:
    found = ask("check", text="h1 = w1*i1 + w2*i2\n∂h1/∂w1 = i2")
    assert [claim["verdict"] for claim in found["claims"]] == ["definition", "refuted"]
    assert found["claims"][1]["mathml"].startswith("<math")
    assert found["claims"][1]["correct_mathml"].startswith("<math")
    assert [circle["names"] for circle in found["network"]["circles"]] == [["i1"], ["i2"], ["h1"]]


_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def _func(name: str, inside: str) -> str:
    return f"<m:func><m:fName>{_run(name)}</m:fName><m:e><m:d><m:e>{_run(inside)}</m:e></m:d></m:e></m:func>"


def _equation(*parts: str) -> str:
    return f"<w:p><m:oMathPara><m:oMath>{''.join(parts)}</m:oMath></m:oMathPara></w:p>"


def _over(above: str, below: str) -> str:
    return f"<m:f><m:num>{_run(above)}</m:num><m:den>{_run(below)}</m:den></m:f>"


WORD = "".join((
    "<w:p><w:r><w:t>Here it is so, with a net input </w:t></w:r><m:oMath>" + _run("z=wx+b") + "</m:oMath></w:p>",
    _equation(_run("g="), _func("ln", "1+z")),
    _equation(_over("∂g", "∂z"), _run("="), _over("1", "1+z")),
    _equation(_over("∂g", "∂w"), _run("=(1+z)x")),
    "<w:tbl><w:tr><w:tc>" + _equation(_run("c=zx")) + "</w:tc><w:tc>" + _equation(_over("∂c", "∂z"), _run("=x"))
    + "</w:tc></w:tr></w:tbl>",
    '<w:p><w:r><w:t>q = z</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r></w:p>',
))  # fmt: skip
CELLS = [("markdown", "z = w*x + b\n\n$g = \\ln(1+z)$ and so"), ("code", "u = z**2\ndu = 2*z  # du/dz"),
         ("markdown", "$$\\frac{\\partial g}{\\partial w} = (1+z) x$$")]


@pytest.mark.parametrize("name", ["a.docx", "a.ipynb"])
def test_a_document_is_judged_as_on_the_terminal(name: str, tmp_path: Path) -> None:
    """What is shown to be edited has the marks of its formulas and programs."""
    path = tmp_path / name
    if name.endswith("docx"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}" xmlns:m="{_M}"><w:body>{WORD}</w:body>'
                                                  "</w:document>")
    else:
        found = [{"cell_type": kind, "metadata": {}, "source": text} for kind, text in CELLS]
        path.write_text(json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (report,) = check_many([str(path)])
    told = [(one.verdict, one.text) for one in report.checked]
    assert {"definition", "refuted"} <= {verdict for verdict, _ in told}
    text = ask("read", [(name, path.read_bytes())])["text"]
    assert [(claim["verdict"], claim["text"]) for claim in ask("check", text=text)["claims"]] == told


FAULTS = [
    ("w3*i1", "w3*i9", "line 11, equations[3] (h2)"),
    ("i2 = 0.1", "i2 = = 1", "line 51"),
    ("updates = 282", "updates = -3", "line 5, updates"),
    ("title = ", "titel = ", "line 1"),
    ("[targets]", "[target]", "line 53"),
    ("[targets]", " [ target ] ", "line 53"),
    ("[inputs]\ni1 = 0.05\ni2 = 0.1", "inputs = { i1 = 0.05, i2 = 1e999 }", "line 49, i2"),
    ("i1 = 0.05", "i1 = 0,05", "line 50"),
    ("w8 = -0.9", "w8 = -0.9\nnonsense", "line 66"),
]


@pytest.mark.parametrize(("right", "wrong", "where"), FAULTS)
def test_a_fault_of_a_network_tells_its_line(kanungo_toml: str, right: str, wrong: str, where: str) -> None:
    fault = ask("make", toml=kanungo_toml.replace(right, wrong))["fault"]
    assert fault["where"].startswith(where)
    assert fault["found"]


def test_a_derivation_comes_step_by_step_with_the_link_of_each_factor(kanungo_toml: str) -> None:
    steps = ask("derivation", toml=kanungo_toml, by="w5")["steps"]
    assert [step["link"] for step in steps if step["link"]] == [["E1", "out_o1"], ["out_o1", "o1"], ["o1", "w5"]]
    assert all(step["mathml"].startswith("<math") for step in steps)


@pytest.mark.slow
def test_workbooks_come_alone_or_in_an_archive(short_workbook: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(short_workbook, "class/a.xlsx")
        archive.writestr("__MACOSX/class/._a.xlsx", "no workbook")
        archive.writestr("notes.txt", "no workbook")
    kept = ask("keep", [("class.zip", packed.getvalue()), ("../../etc/b.xlsx", b"no workbook")])
    assert [one["name"] for one in kept] == ["class/a.xlsx", "../../etc/b.xlsx"]
    assert [ask("audit", number=one["number"])["verdict"] for one in kept] == ["right", "unreadable"]
    table = base64.b64decode(ask("table")["base64"]).decode("utf-8-sig")
    assert table.splitlines()[1].startswith("class/a.xlsx,right")
    assert ask("marked")["name"] == "marked a.xlsx"


def test_what_is_no_archive_is_refused_in_one_line() -> None:
    assert "no zip archive" in ask("keep", [("class.zip", b"PK")])["fault"]["found"]
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert "holds no workbook" in ask("keep", [("class.zip", empty.getvalue())])["fault"]["found"]


@pytest.mark.slow
def test_a_finding_comes_with_the_cells_around_it(short_workbook: Path) -> None:
    book = openpyxl.load_workbook(short_workbook)
    cell = book["LR=0.5"]["AB20"]
    cell.value = str(cell.value).replace("J", "L")
    written = io.BytesIO()
    book.save(written)
    (kept,) = ask("keep", [("a.xlsx", written.getvalue())])
    report = ask("audit", number=kept["number"])
    (finding,) = (finding for table in report["tables"] for finding in table["findings"])
    around = finding["around"]
    marked = [(row, column) for row, cells in around["rows"] for column, (_, is_marked) in
              zip(around["columns"], cells, strict=True) if is_marked]  # fmt: skip
    assert marked == [(20, "AB")]


@pytest.mark.slow
@pytest.mark.parametrize(("solved", "name"), [(False, "kanungo-exercise.xlsx"), (True, "kanungo-solution.xlsx")])
def test_an_exercise_is_made_and_its_solution(kanungo_toml: str, solved: bool, name: str) -> None:
    made = ask("exercise", toml=kanungo_toml, blank="gradients", solved=solved)
    assert made["name"] == name
    assert openpyxl.load_workbook(io.BytesIO(base64.b64decode(made["base64"])))


OWN = """title = "{}"
learning_rates = [0.5]
updates = 5
loss = "E"
equations = ["o = w*i", "E = (t - o)^2/2"]
[inputs]
i = 0.3
[targets]
t = 0.6
[parameters]
w = 0.2
"""


@pytest.mark.parametrize(("title", "name"), [
    ("My net: one neuron, 2 layers", "My-net-one-neuron-2-layers"), ("Ünï/../x", "Ünï-x"), ("…", "network"),
    ("kanungo", "network"), ("a" * 99, "network"), ("one " * 30, "-".join(["one"] * 10)),
])  # fmt: skip
def test_what_is_downloaded_is_named_for_its_network(title: str, name: str) -> None:
    """Never for a built-in one that it is not: an exercise would be graded by that."""
    toml = OWN.format(title)
    assert ask("make", toml=toml)["name"] == name
    assert ask("workbook", toml=toml)["name"] == f"{name}.xlsx"
    assert ask("latex", toml=toml)["name"] == f"{name}.tex"


def test_a_changed_walkthrough_has_a_name_of_its_own(kanungo_toml: str) -> None:
    assert ask("make", toml=kanungo_toml.replace("\n", "\r\n") + "\n")["name"] == "kanungo"
    changed = ask("make", toml=kanungo_toml.replace("w5*out_h1", "w5*h1"))
    assert changed["name"] == "Train-a-basic-neural-network-manually"


BAD = [
    ("make", {"rates": "0.1; 0.2"}, "0.1; 0.2 are no numbers"),
    ("make", {"updates": "many"}, '"many" is no number of updates'),
    ("workbook", {"rates": "a"}, "a are no numbers"),
    ("workbook", {"updates": "many"}, '"many" is no number of updates'),
    ("exercise", {"seed": "x"}, '"x" is no whole number'),
    ("exercise", {"blank": "nothing"}, '"nothing" is no column'),
]


@pytest.mark.parametrize(("act", "given", "found"), BAD)
def test_what_cannot_be_made_says_why(kanungo_toml: str, act: str, given: dict[str, Any], found: str) -> None:
    assert found in ask(act, toml=kanungo_toml, **given)["fault"]["found"]


def test_a_fault_of_the_program_is_told_as_one() -> None:
    fault = ask("audit", number=12345)["fault"]
    assert "a fault of this program" in fault["found"]

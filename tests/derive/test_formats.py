"""Verdicts for services and as a page: what they must be by their formats' own rules, whatever a text says."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from derive.__main__ import main
from derive.checking import Checked, Examined, Report
from derive.checking.report import Numbers
from derive.formats import FORMATS
from derive.formats.html import as_html

HOSTILE = "<script>alert(1)</script> = ::error::%0A\x1b[31m\u202e & \"'\r\n]]>"


def report_of(*found: Checked, faults: tuple[str, ...] = ()) -> Report:
    return Report((Examined("notes.md", found),), faults)


def refuted(text: str, file: str = "notes.md") -> Checked:
    return Checked(file, 3, 7, text, "refuted", "a", "b", None, "c", "wrong-index: b stands where c belongs")


@pytest.mark.parametrize("form", [*FORMATS.values(), as_html], ids=[*FORMATS, "html"])
def test_every_format_tells_what_is_refuted(form: Callable[[Report], str]) -> None:
    assert "b stands where c belongs" in form(report_of(refuted("a = b")))


def test_github_has_one_command_a_line_whatever_the_text() -> None:
    written = FORMATS["github"](report_of(refuted(HOSTILE, "a,b:c\nd.md"), faults=("x.md: is empty\n::warning::",)))
    assert len(written.splitlines()) == 2
    assert written.splitlines()[1].startswith("::error file=a%2Cb%3Ac%0Ad.md,line=3,col=7,title=refuted::")


def test_sarif_has_a_rule_and_a_place_for_each_result() -> None:
    run = json.loads(FORMATS["sarif"](report_of(refuted("a = b", "my notes/ä.md"), faults=("x is empty",))))["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    (result,) = run["results"]
    assert result["ruleId"] in rules
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "my%20notes/%C3%A4.md"}, "region": {"startLine": 3, "startColumn": 7}}
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "x is empty"


@given(st.text(max_size=40))
def test_junit_is_xml_whatever_the_text(text: str) -> None:
    proved = Checked("notes.md", 1, 1, text, "proved")
    tree = ElementTree.fromstring(FORMATS["junit"](report_of(proved, refuted(text), faults=(text,))).encode())
    assert [suite.get("failures") for suite in tree] == ["1", "0"]
    assert len(tree.findall(".//failure")) == 1
    assert len(tree.findall(".//error")) == 1


def test_a_page_has_no_markup_but_its_own() -> None:
    written = as_html(report_of(refuted(HOSTILE)))
    assert "<script" not in written
    assert "default-src 'none'" in written


def test_a_page_is_typeset_and_loads_nothing(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("u = m*x + k*y\n∂u/∂m = y\n", encoding="utf-8")
    page = tmp_path / "notes.html"
    result = CliRunner().invoke(main, ["check", str(notes), "--html", str(page)])
    assert result.exit_code == 1
    written = page.read_text(encoding="utf-8")
    assert written.count("<math") == 3
    assert "src=" not in written
    assert "href=" not in written
    page.write_text("somebody's own", encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(notes), "--html", str(page)]).exit_code == 2
    assert page.read_text(encoding="utf-8") == "somebody's own"


def test_json_carries_tex_of_both_sides_and_of_what_is_right(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("u = m*x + k*y\n∂u/∂m = y\n", encoding="utf-8")
    _, one = json.loads(CliRunner().invoke(main, ["check", str(notes), "--format", "json"]).stdout)
    assert one["tex"] == {"left": r"\frac{\partial u}{\partial m}", "right": "y", "correct": "x"}


def test_a_page_says_at_which_values_two_sides_differ(tmp_path: Path) -> None:
    """However many there are, as -v does on a terminal."""
    notes, page = tmp_path / "notes.md", tmp_path / "notes.html"
    notes.write_text("E = a*b + c*d + f*g\n∂E/∂a = b + c + d + f + g\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["check", "-v", str(notes), "--html", str(page)], env={"COLUMNS": "400"})
    told = next(line.strip() for line in result.output.splitlines() if "the left side is" in line)
    assert told.startswith("At b = 1/2, c = ")
    assert f">a{told[1:].removesuffix('.')}</p>" in page.read_text(encoding="utf-8")


def test_a_page_says_where_the_numbers_are_the_documents_own() -> None:
    one = replace(refuted("a = b"), numbers=Numbers("1", "2", "document"))
    assert "with the document&#x27;s own numbers the left side is 1, the right side 2" in as_html(report_of(one))

"""What programs of others, from npm, make of our workbooks and formulas: SheetJS, ExcelJS, KaTeX, MathJax.

    npm install --prefix tests/readers
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

import sheets
from derive.latex import to_latex, to_markdown
from derive.latex.plain import macros_of
from derive.walkthrough import load_walkthrough, with_changes

pytestmark = pytest.mark.oracle
READERS = Path(__file__).parent / "readers"
NODE = shutil.which("node")


def run(script: str, *arguments: str, given: str = "") -> dict[str, object]:
    """The JSON that a script of READERS prints."""
    if NODE is None or not (READERS / "node_modules").is_dir():
        message = "node and the packages of tests/readers are not installed"
        if os.environ.get("DERIVE_SHEETS_ORACLES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run([NODE, str(READERS / script), *arguments], check=True, capture_output=True, text=True,
                          input=given, timeout=240)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["kanungo", "mazur", "loy"])
def test_sheetjs_and_exceljs_read_every_value_and_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / "read.xlsx"
    sheets.build(with_changes(load_walkthrough(name), updates=6), path)
    live, stored = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    expected = {f"{sheet.title}!{cell.coordinate}": cell.value for sheet in live for row in sheet for cell in row
                if cell.value is not None}
    for reader, cells in run("workbook.cjs", str(path)).items():
        assert isinstance(cells, dict)
        for place, content in expected.items():
            value, formula = cells[place]
            sheet, _, at = place.rpartition("!")
            if (isinstance(content, str) and stored[sheet][at].data_type != "s") or str(content)[:1] == "=":
                told = stored[sheet][at].value
                assert formula is not None or told == content, f"{reader} reads no formula in {place}"
                assert value == told, f"{reader}: {place}"
                if formula is not None:
                    assert formula.replace("$", "") == content[1:].replace("$", ""), f"{reader}: {place}"
            else:
                assert value == content, f"{reader}: {place}"


SOFTMAX = """
title = "softmax"
layers = [2, 3, 2]
activation = ["tanh", "softmax"]
bias = "per neuron"
loss = "categorical cross-entropy"
learning_rates = [0.5]
updates = 3
draw = { seed = 4, low = -1, high = 1 }
inputs = { x1 = 0.5, x2 = -0.25 }
targets = { y1 = 1, y2 = 0 }
"""


@pytest.mark.parametrize("name", ["kanungo", "softmax", "jee"])
@pytest.mark.parametrize("fragment", [True, False])
def test_katex_and_mathjax_render_every_display(tmp_path: Path, name: str, fragment: bool) -> None:
    (tmp_path / "softmax.toml").write_text(SOFTMAX, encoding="utf-8")
    walkthrough = load_walkthrough(tmp_path / "softmax.toml" if name == "softmax" else name)
    if fragment:
        text = to_latex(walkthrough)
        displays = re.findall(r"\\begin\{align\*\}.*?\\end\{align\*\}", text, re.S)
        macros = {one: body for one, (_, body) in macros_of(text.splitlines()).items() if "text" not in one}
    else:
        text = to_markdown(walkthrough)
        displays, macros = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.S | re.M), {}
        assert r"\nn" not in text
    assert len(displays) > 10
    rendered = run("formulas.cjs", given=json.dumps({"macros": macros, "displays": displays}))
    assert rendered["faults"] == []

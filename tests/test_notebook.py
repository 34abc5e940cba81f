"""What a notebook shows: Markdown of every value, nothing in it a command; the tutorial's notebook runs."""

import copy
from pathlib import Path
from typing import Any

import pytest

import derive
import sheets
from derive.walkthrough import Walkthrough

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))


def test_verdicts_are_a_table_with_both_sides_typeset() -> None:
    shown = derive.check("u = m*x + k*y\n∂u/∂m = y")._repr_markdown_() or ""
    assert r"| 2 | ✗ refuted | $\frac{\partial u}{\partial m} = y$ |" in shown


@pytest.mark.slow
def test_each_value_shows_itself_and_has_a_short_repr(kanungo: Walkthrough, short_workbook: Path) -> None:
    values: list[Any] = [
        kanungo, kanungo.network, derive.derive_gradients(kanungo.network)["w1"], derive.train(kanungo, 0.5),
        derive.decide("x", "y"), derive.check("a = b"), sheets.audit(short_workbook),
    ]  # fmt: skip
    for value in values:
        assert value._repr_markdown_(), value
        assert len(repr(value)) < 200, value


def test_text_in_a_notebook_is_no_markup() -> None:
    found = derive.check("<img src=x onerror=alert(1)> = [a](javascript:b) | `c`\n`x` = **y**")
    shown = found._repr_markdown_() or ""
    for line in shown.splitlines():
        outside = "".join(line.split("`")[::2]) if "`" in line else line
        assert "<img" not in outside.replace("\\<", "")


@pytest.mark.slow
def test_a_training_is_a_table_with_what_is_no_number_as_nan(kanungo: Walkthrough) -> None:
    pytest.importorskip("pandas")
    table = derive.train(kanungo, 0.5).to_frame()
    assert list(table.columns[:3]) == ["t1", "t2", "i1"]
    assert len(table) == kanungo.updates + 1
    assert table["E_Total"].iloc[-1] < table["E_Total"].iloc[0]


class _Shell:
    """What an extension needs of IPython."""

    def __init__(self) -> None:
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, function: Any, kind: str) -> None:
        self.magics[f"{kind} {function.__name__}"] = function


def test_the_magic_checks_its_cell_and_tells_faults_without_a_traceback() -> None:
    shell = _Shell()
    derive.load_ipython_extension(shell)
    magic = shell.magics["cell derive"]
    assert magic("mazur", "∂net_o1/∂w5 = out_h1")[0].verdict == "proved"
    assert "there is no such walkthrough" in repr(magic("nobody", "a = b"))
    assert "name one walkthrough" in magic("one two", "a = b")._repr_markdown_()


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore")  # of Jupyter's own parts
def test_the_notebooks_of_the_docs_run(path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    before = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in before.cells), "the notebook is kept without its outputs"
    done = nbclient.NotebookClient(copy.deepcopy(before), timeout=120, kernel_name="python3").execute()
    shown = [output["data"]["text/markdown"] for cell in done.cells for output in cell.get("outputs", ())
             if "text/markdown" in output.get("data", {})]
    assert any("✗ refuted" in text for text in shown)
    assert any(r"\frac{\partial E}{\partial w_{5}}" in text for text in shown)

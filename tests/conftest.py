"""What all tests share: the walkthrough, the built workbook, and the oracles that are not ours."""

import gc
import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import settings

from derive.defects import TRACEBACK
from derive.walkthrough import Walkthrough, load_walkthrough, with_changes

os.environ.setdefault(TRACEBACK, "1")  # what nobody foresaw fails a test instead of leaving a verdict open

gc.set_threshold(200_000, 20, 1_000)  # as the commands do, or less: what SymPy makes stays

settings.register_profile("same every time", derandomize=True, deadline=None)
settings.load_profile("same every time")

SHARED = Path(__file__).parent.parent.parent / "shared"
"""Real documents beside the checkout; they are not part of the project, and tests that need them skip without them."""


@pytest.fixture(scope="session")
def kanungo() -> Walkthrough:
    """The main walkthrough."""
    return load_walkthrough("kanungo")


@pytest.fixture(scope="session")
def kanungo_workbook(kanungo: Walkthrough, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The main walkthrough's workbook, written once."""
    import sheets

    target = tmp_path_factory.mktemp("built") / "kanungo.xlsx"
    sheets.build(kanungo, target)
    return target


@pytest.fixture(scope="session")
def short_workbook(kanungo: Walkthrough, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with one table of 31 rows, for what asks nothing of its length: not to be changed."""
    import sheets

    target = tmp_path_factory.mktemp("short") / "kanungo.xlsx"
    sheets.build(with_changes(kanungo, learning_rates=[Decimal("0.5")], updates=30), target)
    return target


@pytest.fixture(scope="session")
def kanungo_live(kanungo_workbook: Path) -> openpyxl.Workbook:
    """Its formulas, read once: not to be changed."""
    return openpyxl.load_workbook(kanungo_workbook)


@pytest.fixture(scope="session")
def kanungo_stored(kanungo_workbook: Path) -> openpyxl.Workbook:
    """Its stored values, read once: not to be changed."""
    return openpyxl.load_workbook(kanungo_workbook, data_only=True)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice's command; without it the test is skipped, or fails where oracles are demanded."""
    return _oracle("soffice", "LibreOffice (Debian: libreoffice-calc)")


@pytest.fixture(scope="session")
def pdflatex() -> str:
    """TeX's command, with the same terms."""
    return _oracle("pdflatex", "TeX (Debian: texlive-latex-recommended, texlive-pictures)")


def _oracle(command: str, name: str) -> str:
    """The path of a program that is not ours."""
    found = shutil.which(command)
    if found is None:
        message = f"{name} is not installed"
        if os.environ.get("DERIVE_SHEETS_ORACLES") == "1":
            pytest.fail(f"{message}, and DERIVE_SHEETS_ORACLES=1 demands it")
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """The path of a file beside the checkout; a test that asks for a missing one is skipped."""

    def find(relative: str) -> Path:
        path = SHARED / relative
        if not path.exists():
            pytest.skip(f"{relative} is not beside this checkout")
        return path

    return find


def pytest_collection_finish() -> None:
    """Nor is what the tests themselves are made of."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays with one worker, so that what its tests share is made once; the slow sweeps are few and long."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log) if config.getoption("markexpr").startswith("not slow") else None


_OPEN = frozenset((Path(__file__).parent / "cases" / "open.txt").read_text(encoding="utf-8").splitlines())
"""Tests that say what is right and do not pass yet; one that passes is to be taken off the list."""


_SHARE = 16
"""Of the rows of a test the quick run takes the first, then one of so many, and the last; the slow sweep the others.

`pytest -m "not whole" FILE` takes all of a file's.
"""


@pytest.hookimpl(tryfirst=True)  # before what is slow is left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is known to be open fails as expected, and fails the run as soon as it passes; an oracle takes seconds."""
    rows: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") is None and item.get_closest_marker("whole") is None:
            rows.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for item in (one for table in rows.values() for place, one in enumerate(table[:-1]) if place % _SHARE):
        item.add_marker(pytest.mark.slow)
    for item in items:
        if item.get_closest_marker("oracle") is not None:
            item.add_marker(pytest.mark.slow)
        if item.nodeid in _OPEN:
            item.add_marker(pytest.mark.xfail(strict=True, reason="open: tests/cases/open.txt"))

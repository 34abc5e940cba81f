"""Every law again, on three times as many examples as in each run; on ten times as many in the whole sweep."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws import TIMES, some

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
@pytest.mark.parametrize("times", some((3, 10), 3))
@pytest.mark.parametrize("package", ["derive", "sheets"])
def test_every_law_holds_on_many_examples(package: str, times: int) -> None:
    marks = "hypothesis and not whole and (oracle or not slow)"
    command = [sys.executable, "-m", "pytest", "-m", marks, f"tests/{package}"]
    swept = subprocess.run(command, cwd=ROOT, env={**os.environ, TIMES: str(times)}, capture_output=True, text=True,
                           check=False)
    assert swept.returncode == 0, swept.stdout[-4000:]

"""Every law again, on ten times as many examples as in each run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws import TIMES

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
@pytest.mark.parametrize("package", ["derive", "sheets"])
def test_every_law_holds_on_many_examples(package: str) -> None:
    command = [sys.executable, "-m", "pytest", "-m", "hypothesis and (oracle or not slow)", f"tests/{package}"]
    swept = subprocess.run(command, cwd=ROOT, env={**os.environ, TIMES: "10"}, capture_output=True, text=True,
                           check=False)
    assert swept.returncode == 0, swept.stdout[-4000:]

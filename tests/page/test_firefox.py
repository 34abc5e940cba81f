"""The one file in Firefox, opened from a disk."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.page.conftest import missing

pytestmark = [pytest.mark.slow, pytest.mark.oracle]
PUPPETEER = "puppeteer-core@24.43.1"


def test_firefox_checks_from_a_disk_and_asks_nobody(folder: Path, tmp_path: Path) -> None:
    firefox, npm, node = (shutil.which(name) for name in ("firefox-esr", "npm", "node"))
    if firefox is None or npm is None or node is None:
        missing("Firefox (Debian: firefox-esr) with Node.js and npm is not installed")
        return
    installed = subprocess.run([npm, "install", "--silent", "--prefix", str(tmp_path), PUPPETEER], check=False)
    if installed.returncode:
        missing(f"{PUPPETEER} cannot be installed by npm")
    script = Path(__file__).with_name("firefox.mjs")
    address, text = (folder / "derive.html").as_uri(), "h1 = w1*i1 + w2*i2\n∂h1/∂w1 = i2"
    done = subprocess.run(
        [node, str(script), str(tmp_path), firefox, address, text],
        capture_output=True, text=True, check=False, timeout=600, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen == {"verdicts": ["definition", "refuted"], "typeset": 3, "faults": [], "asked": []}

"""The tests of both packages, run inside the page's own Python, on the page's own modules, under node."""

import re
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.page.modules import pack
from derive.page.pins import RUNTIME
from derive.page.supplies import fetch
from tests.page.conftest import missing

pytestmark = [pytest.mark.slow, pytest.mark.oracle]
ROOT = Path(__file__).parents[2]
RUNNERS = ("pytest==9.2.0", "hypothesis==6.149.1")
"""Both in versions without compiled parts."""

NOT_THERE = {
    "start new thread": "a page has one thread",
    "named semaphores": "and one process",
    "mkfifo": "its files are in memory",
    "emscripten does not support processes": "it starts no programs",
    "takes_no_longer": "its clock for processor time is the wall's",
    "sympy.physics": "only a test asks for it, by SymPy's simplify",
}
"""What the runtime does not have, by a word of the failure: a test that fails for one of these is no fault of ours."""


_SEEN_FALSELY = "ignore:It looks like `register_random`:hypothesis.errors.HypothesisWarning"
"""hypothesis warns of the generator that it keeps itself: here the collector does not see who holds it."""

_OTHER_READERS = re.compile(r"^(import|from) (pandas|python_calamine)", re.M)
"""Modules of tests that hold our files against compiled readers, which the runtime does not have."""


def _runners(into: Path) -> Path:
    """pytest and hypothesis for the runtime's Python."""
    kind = ["--platform", "any", "--implementation", "py", "--python-version", RUNTIME.python, "--abi", "none"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", *kind, "-d", str(into)]
    if subprocess.run([*pip, *RUNNERS], check=False).returncode:
        missing("pytest for the runtime cannot be had from PyPI")
    packages = into / "packages"
    for wheel in into.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(packages)
    return packages


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """node with the runtime, the modules, the repository, and what runs tests."""
    node = shutil.which("node")
    if node is None:
        missing("Node.js is not installed")
    folder = tmp_path_factory.mktemp("runtime")
    try:
        supplies = fetch(folder, None)
    except DeriveError as error:
        missing(str(error))
    modules = folder / "modules.zip"
    modules.write_bytes(pack(supplies, folder).ours)
    script = Path(__file__).with_name("runtime.mjs")
    packages = _runners(tmp_path_factory.mktemp("runners"))
    # a test that nests formulas deeply asks for a deeper stack than node gives; in the page it costs a worker
    return [str(node), "--stack-size=60000", str(script), *map(str, (supplies.runtime, modules, ROOT, packages))]


def _deep_stack() -> None:
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    wanted = 1 << 30
    resource.setrlimit(resource.RLIMIT_STACK, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


@pytest.mark.parametrize("package", ["derive", "sheets"])
def test_the_tests_pass_inside_the_page_s_python(command: list[str], package: str) -> None:
    others = [f"--ignore={path.relative_to(ROOT)}" for path in (ROOT / "tests" / package).glob("test_*.py")
              if _OTHER_READERS.search(path.read_text(encoding="utf-8"))]  # fmt: skip
    asked = [*command, "--no-header", "-W", _SEEN_FALSELY, *others, f"tests/{package}"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, preexec_fn=_deep_stack)
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    unexplained = [line for line in failed if not any(word in line for word in NOT_THERE)]
    assert any(" passed" in line for line in lines[-3:]), done.stdout[-3000:] + done.stderr[-3000:]
    assert unexplained == []

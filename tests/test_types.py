"""The public names are typed: pyright knows what each is and what each returns, and nothing of it is Any."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from types import ModuleType

import pytest

import derive
import sheets

USES = {
    "derive.check('a = b')": "Verdicts",
    "derive.check('a = b')[0].verdict": "str",
    "derive.load_walkthrough('kanungo')": "Walkthrough",
    "derive.load_walkthrough('kanungo').network": "Network",
    "derive.derive_gradients(derive.load_walkthrough('kanungo').network)": "Mapping[str, Derivation]",
    "list(derive.check_many(['a.txt']))": "list[Examined]",
    "derive.decide('x', 'x')": "Proved | Refuted | Undecided",
    "derive.train(derive.load_walkthrough('kanungo'), 0.5)": "Training",
    "derive.to_latex('kanungo')": "str",
    "sheets.audit('a.xlsx')": "Report",
}


@pytest.mark.slow
def test_what_the_public_names_return_is_known(tmp_path: Path) -> None:
    pytest.importorskip("pyright")
    if shutil.which("npm") is None:
        pytest.skip("pyright needs Node.js with npm")
    names = [f"{module.__name__}.{name}" for module in (derive, sheets) for name in module.__all__]
    asked = [*USES, *names]
    script = tmp_path / "uses.py"
    script.write_text("import derive\nimport sheets\n" + "".join(f"reveal_type({use})\n" for use in asked))
    settings = {"extraPaths": [str(Path(__file__).parent.parent)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    pyright = str(Path(sys.executable).with_name("pyright"))
    command = [pyright, "--outputjson", "--pythonpath", sys.executable, "--project", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)["generalDiagnostics"]
    assert [one["message"] for one in told if one["severity"] == "error"] == []
    revealed = [one["message"].split(' is "', 1)[1][:-1] for one in told if one["severity"] == "information"]
    assert len(revealed) == len(asked)
    for use, found in zip(asked, revealed, strict=True):
        assert found not in ("Any", "Unknown"), use
        assert found == USES.get(use, found), use
        assert "Unknown" not in found, f"{use}: {found}"


@pytest.mark.slow
@pytest.mark.parametrize("package", [derive, sheets], ids=lambda package: package.__name__)
def test_pyright_verifies_the_types_of_the_public_names(package: ModuleType, tmp_path: Path) -> None:
    """As `pyright --verifytypes` sees an installed package: all that its public names mention is known."""
    pytest.importorskip("pyright")
    if shutil.which("npm") is None:
        pytest.skip("pyright needs Node.js with npm")
    venv.create(tmp_path, with_pip=False)
    (installed,) = tmp_path.glob("lib/python*/site-packages")
    (installed / "others.pth").write_text(sysconfig.get_path("purelib"))
    for name in ("derive", "sheets"):
        (installed / name).symlink_to(Path(__file__).parent.parent / name)
    pyright = str(Path(sys.executable).with_name("pyright"))
    command = [pyright, "--verifytypes", package.__name__, "--ignoreexternal", "--outputjson"]
    env = {**os.environ, "VIRTUAL_ENV": str(tmp_path), "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    known = {one["name"]: one["isTypeKnown"] for one in json.loads(done.stdout)["typeCompleteness"]["symbols"]}
    assert [name for name in package.__all__ if not known[f"{package.__name__}.{name}"]] == []

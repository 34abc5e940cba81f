"""What the page is made of, fetched by the ordinary clients of PyPI and npm, each file held against its SHA-256."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from msgspec import Struct

from derive.errors import DeriveError
from derive.page.pins import RUNTIME, WHEELS

_NO_RUNTIME = "install Node.js with npm, or give an unpacked package with --runtime FOLDER"


class Supplies(Struct, frozen=True):
    """The folder of the wheels, and the folder of the runtime's package."""

    wheels: Path
    runtime: Path


def fetch(folder: Path, runtime: Path | None) -> Supplies:
    """The wheels and the runtime in a folder; a runtime that is given is used where it stands.

    DeriveError where pip or npm is missing or cannot get a file, and where a file is not the one that is pinned.
    """
    wheels = folder / "wheels"
    wheels.mkdir()
    return Supplies(_wheels(wheels), _checked(_fetched(folder) if runtime is None else runtime))


def _wheels(into: Path) -> Path:
    pinned = into.parent / "requirements.txt"
    lines = [f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n" for wheel in WHEELS]
    pinned.write_text("".join(lines), encoding="utf-8")
    kind = ["--platform", f"pyemscripten_{RUNTIME.abi}_wasm32", "--implementation", "cp", "--python-version",
            RUNTIME.python, "--abi", f"cp{RUNTIME.python.replace('.', '')}"]  # fmt: skip
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    _ran("pip", [*pip, "--only-binary", ":all:", *kind, "--require-hashes", "-r", str(pinned), "-d", str(into)])
    return into


def _fetched(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise DeriveError("npm", "is not installed", _NO_RUNTIME)
    _ran("npm", [npm, "pack", "--silent", "--pack-destination", str(folder), f"{RUNTIME.name}@{RUNTIME.version}"])
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _ran(program: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
        raise DeriveError(program, (told or ["it failed"])[-1].strip(), "the page is made of packages that it fetches")


def _checked(runtime: Path) -> Path:
    for name, sha256 in RUNTIME.files:
        try:
            found = hashlib.sha256((runtime / name).read_bytes()).hexdigest()
        except OSError:
            raise DeriveError(str(runtime), f"there is no {name}", _NO_RUNTIME) from None
        if found != sha256:
            right = f"take {RUNTIME.name} {RUNTIME.version} as npm has it"
            raise DeriveError(str(runtime / name), f"its SHA-256 is {found[:12]}…, not {sha256[:12]}…", right)
    return runtime

"""The Python modules of the page as one archive, compiled where there is Node.js to run the runtime."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from msgspec import Struct

from derive.errors import DeriveError
from derive.page.pins import LEFT_OUT, OURS, STANDARD, WHEELS
from derive.page.supplies import Supplies

_NOT_LOADED = re.compile(
    r"(^|/)(tests?|benchmarks|__pycache__|__pyinstaller)/|\.(pyi|c|h|pyx|pxd|data)$|\.data/|\.dist-info/(?!METADATA$)"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same page from the same program
_LICENCE = re.compile(r"\.dist-info/(licenses/)?LICEN[CS]E(\.\w+)?$")


class Modules(Struct, frozen=True):
    """Our modules and Python's own, an archive each; whether they are compiled; the licences' texts by package."""

    ours: bytes
    standard: bytes
    compiled: bool
    licences: tuple[tuple[str, str], ...]


def pack(supplies: Supplies, folder: Path) -> Modules:
    """All modules that the page needs, from the wheels, from where this program runs, and from the runtime."""
    licences: dict[str, str] = {}
    modules, standard = folder / "modules", folder / "standard"
    with zipfile.ZipFile(supplies.runtime / STANDARD) as archive:
        archive.extractall(standard)
    for wheel in sorted(supplies.wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if _LICENCE.search(name):
                    package = wheel.name.split("-")[0]
                    licences[package] = licences.get(package, "") + archive.read(name).decode("utf-8", "replace")
                if _is_loaded(name):
                    archive.extract(name, modules)
    for package in OURS:
        home = Path(__file__).parents[2] / package
        for file in sorted(home.rglob("*")):
            name = file.relative_to(home.parent).as_posix()
            if file.is_file() and _is_loaded(name):
                (modules / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, modules / name)
    compiled = _compile(supplies.runtime, modules, standard)
    told = tuple((wheel.name, licences.get(wheel.name, "")) for wheel in WHEELS)
    return Modules(_archive(modules), _archive(standard), compiled, told)


def _is_loaded(name: str) -> bool:
    return not (name.endswith("/") or _NOT_LOADED.search(name) or any(name.startswith(f"{out}/") for out in LEFT_OUT))


def _compile(runtime: Path, *folders: Path) -> bool:
    node = shutil.which("node")
    if node is None:
        return False
    script = Path(__file__).with_name("compile.mjs")
    done = subprocess.run([node, str(script), str(runtime.resolve()), *map(str, folders)], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["it failed"])[-1]
        raise DeriveError("node", told, "Node.js 20 or later compiles the page's modules")
    return True


def _archive(modules: Path) -> bytes:
    """Stored, not deflated: the whole is compressed at once, and better."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(modules.rglob("*")):
            if file.is_file():
                archive.writestr(zipfile.ZipInfo(file.relative_to(modules).as_posix(), _EPOCH), file.read_bytes())
    return written.getvalue()

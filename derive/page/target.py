"""The page in its place: a file, or a folder of files, complete or not at all, and never over somebody's own work."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from derive.delivery import write_text
from derive.errors import DeriveError
from derive.page.assembly import MARK, one_file, parts, site
from derive.page.modules import pack
from derive.page.supplies import fetch


def write_page(target: Path, *, runtime: Path | None = None, force: bool = False) -> bool:
    """Write the page to FILE.html, or as a site to a folder; whether its modules could be compiled.

    Wheels come from PyPI by pip, the runtime from npm, or from the unpacked package `runtime`. DeriveError where one of
    them cannot be had or is not the pinned one, and where the target is somebody else's.
    """
    as_file = target.suffix.lower() in (".html", ".htm")
    if not as_file:
        _refuse_other_folders(target, force)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        supplies = fetch(folder, runtime)
        modules = pack(supplies, folder)
        made = parts(supplies, modules)
    if as_file:
        write_text(target, one_file(made, modules), force=force)
    else:
        _write_folder(target, site(made, modules))
    return modules.compiled


def _refuse_other_folders(target: Path, force: bool) -> None:
    if not target.parent.is_dir():
        raise DeriveError(str(target), "there is no such folder to put it in", "make it first")
    if target.exists() and not target.is_dir():
        raise DeriveError(str(target), "this is a file", "name a folder, or a file that ends in .html")
    if force or not target.exists() or not any(target.iterdir()):
        return
    index = target / "index.html"
    if not index.is_file() or not index.read_bytes().startswith(MARK.encode()):
        right = "choose another, or write over it with --force"
        raise DeriveError(str(target), "this folder holds other files than an earlier page", right)


def _write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Beside the target first, then in its place."""
    place = Path(os.path.realpath(target))
    beside, before = (place.with_name(f".{place.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        for name, content in files.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(content)
        if place.exists():
            place.rename(before)
        beside.rename(place)
    except OSError as error:
        if before.exists() and not place.exists():
            before.rename(place)
        raise DeriveError(str(target), f"cannot be written: {(error.strerror or str(error)).lower()}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)

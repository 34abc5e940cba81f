"""Where a file goes: written beside its target and moved into place, and never over somebody's own work."""

import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from derive.errors import DeriveError

APPLICATION = "derive-sheets"
"""Our mark in docProps/app.xml; Excel and LibreOffice put their own there when a person saves the file."""
_ENDING = ".xlsx"  # Excel refuses to open a workbook under any other that it knows
_SHORT = 40  # so that the name of a file beside another is not too long where that one's is not
_MARK = f"<Application>{APPLICATION}</Application>".encode()


@contextmanager
def replacing(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A path beside `target` to write to; on success it takes the target's place, on any failure it is removed.

    DeriveError where the target may not be replaced, or the disk refuses.
    """
    given, target = target, Path(os.path.realpath(target))  # a link stays a link; what it leads to is replaced
    _may_replace(given, target, force)
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:_SHORT]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        beside = Path(name)
        yield beside
        os.chmod(beside, _mode(target))
        os.replace(beside, target)
        beside = None
    except OSError as error:
        raise DeriveError(str(given), f"it cannot be written: {error.strerror or error}") from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _may_replace(given: Path, target: Path, force: bool) -> None:
    """Refuse, before any work, what would fail or would lose somebody's work; `given` is what the user called it."""
    if target.is_dir():
        raise DeriveError(str(given), "this is a folder", "name a file, such as kanungo.xlsx")
    if given.suffix.lower() != _ENDING:
        raise DeriveError(str(given), "this is no name of a workbook", f"end it in {_ENDING}")
    if not target.parent.is_dir():
        raise DeriveError(str(given), "there is no such folder", "make it first")
    if target.is_symlink():
        raise DeriveError(str(given), "this link leads in a circle", "name a file")
    if not target.exists():
        return
    if not target.is_file():
        raise DeriveError(str(given), "this is no file", "name one, such as kanungo.xlsx")
    if not target.stat().st_mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise DeriveError(str(given), "the file is read-only", "choose another with -o")
    if not force and not _is_ours(target):
        raise DeriveError(str(given), "saved by a person or another program", "use -o or --force")


def _is_ours(target: Path) -> bool:
    """Whether a file still carries our mark."""
    try:
        with zipfile.ZipFile(target) as archive:
            return _MARK in archive.read("docProps/app.xml")
    except (zipfile.BadZipFile, KeyError, OSError):
        return False


def marked(properties: bytes) -> bytes:
    """The part docProps/app.xml with our mark in the place of the one that openpyxl writes."""
    return re.sub(rb"<Application>[^<]*</Application>", _MARK, properties)


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file gets here."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

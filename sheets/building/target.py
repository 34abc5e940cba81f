"""Where a workbook goes: written beside its target and moved into place, and never over somebody's own work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from derive import delivery
from derive.archives import ArchiveError, opened
from derive.errors import DeriveError

APPLICATION = "derive-sheets"
"""Our mark in docProps/app.xml; Excel and LibreOffice put their own there when a person saves the file."""
_ENDING = ".xlsx"  # Excel refuses to open a workbook under any other that it knows
_MARK = f"<Application>{APPLICATION}</Application>".encode()


@contextmanager
def replacing(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A path beside a workbook to write to, which takes its place in the end.

    DeriveError where the target may not be replaced, or the disk refuses.
    """
    if not target.is_dir() and target.suffix.lower() != _ENDING:
        raise DeriveError(str(target), "this is no name of a workbook", f"end it in {_ENDING}")
    with delivery.replacing(target, _is_ours, force=force, theirs="saved by a person or another program") as beside:
        yield beside


def _is_ours(target: Path) -> bool:
    """Whether a file still carries our mark."""
    try:
        with opened(str(target)) as archive:
            return _MARK in archive.read("docProps/app.xml")
    except (ArchiveError, OSError):
        return False


def marked(properties: bytes) -> bytes:
    """The part docProps/app.xml with our mark in the place of the one that openpyxl writes."""
    return re.sub(rb"<Application>[^<]*</Application>", _MARK, properties)

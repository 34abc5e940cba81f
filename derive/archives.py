"""Zip archives that others packed, documents, workbooks and hand-ins: one fault for whatever is wrong in them."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from derive.errors import DeriveError

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How office programs pack; what else Python unpacks differs by its version, and so do its faults."""
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError)


class ArchiveError(DeriveError):
    """An archive that is none, or is damaged, encrypted or packed in a way that no office program uses."""


@contextmanager
def opened(source: str | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """An archive while it is read; ArchiveError, also for a part that is not there or damaged; OSError."""
    try:
        with zipfile.ZipFile(source) as archive:
            if any(part.compress_type not in _PACKED for part in archive.infolist()):
                raise zipfile.BadZipFile("it is packed in a way that is not read")
            yield archive
    except _DAMAGES as error:
        raise ArchiveError("", str(error).strip("'\"") or "it is damaged") from None

"""The files of a class: a folder, or the zip that a learning platform gives, a file or a folder for each student."""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from derive.archives import ArchiveError, opened
from derive.documents.files import KINDS
from derive.errors import DeriveError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv"})
TEXTS = frozenset(KINDS)
_MOST_FILES = 20_000
_MOST_BYTES = 100_000_000  # of one file, unpacked
_MOST_TOTAL = 20_000_000_000
_PIECE = 1 << 20


class HandIn(Struct, frozen=True):
    """One file: where it is, and its path within what was given, in which learning platforms name the student."""

    path: str
    shown: str

    @property
    def is_text(self) -> bool:
        """Whether it goes to `derive check`."""
        return Path(self.path).suffix.lower() in TEXTS


def hand_ins(given: str, unpacked: Path, own: Collection[Path] = ()) -> tuple[tuple[HandIn, ...], tuple[str, ...]]:
    """The hand-ins of a folder or a zip, in order of name, and the names of other files, not looked at.

    What is the teacher's `own`, marks from the last time, is left out. A zip is unpacked into `unpacked`; a workbook,
    which is a zip too, is a hand-in by itself. DeriveError where there is nothing to grade, or the zip is none.
    """
    path = Path(given)
    if not path.exists():
        raise DeriveError(given, "there is no such file or folder")
    if path.is_dir():
        files = [(file, file.relative_to(path).as_posix()) for file in sorted(path.rglob("*")) if file.is_file()]
    elif path.suffix.lower() == ".zip":
        files = [(file, name) for name, file in _unpack(path, unpacked)]
    else:
        files = [(path, path.name)]
    left_out = {file.resolve() for file in own}
    visible = [(file, name) for file, name in files if not _is_hidden(name) and file.resolve() not in left_out]
    found = tuple(HandIn(str(file), name) for file, name in visible if file.suffix.lower() in WORKBOOKS | TEXTS)
    if not found:
        raise DeriveError(given, "nothing to grade is there", "workbooks, or .txt .md .tex .ipynb .docx")
    return found, tuple(name for file, name in visible if file.suffix.lower() not in WORKBOOKS | TEXTS)


def _is_hidden(name: str) -> bool:
    """A system's own files: `.DS_Store`, `__MACOSX/…`, the lock files `~$…` of open workbooks."""
    return any(part.startswith((".", "~$", "__MACOSX")) for part in PurePosixPath(name).parts)


def _unpack(archive: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file of a zip, its names kept; nothing leaves the folder, and a bomb is refused."""
    try:
        with opened(str(archive)) as source:
            parts = [part for part in source.infolist() if not part.is_dir()]
            if len(parts) > _MOST_FILES:
                raise DeriveError(str(archive), f"holds {len(parts):,} files", f"at most {_MOST_FILES:,}")
            if sum(part.file_size for part in parts) > _MOST_TOTAL:
                raise DeriveError(str(archive), "is too large unpacked", "grade its folders one by one")
            for number, part in enumerate(sorted(parts, key=lambda part: part.filename)):
                name = PurePosixPath(part.filename.replace("\\", "/"))
                if name.is_absolute() or ".." in name.parts or _is_hidden(str(name)):
                    continue
                place = folder / str(number) / name.name  # a place of its own, whatever the name
                place.parent.mkdir(parents=True, exist_ok=True)
                with source.open(part) as packed, place.open("wb") as file:
                    left = _MOST_BYTES
                    while left > 0 and (piece := packed.read(min(_PIECE, left))):
                        file.write(piece)
                        left -= len(piece)
                yield str(name), place
    except ArchiveError as error:
        raise DeriveError(str(archive), f"cannot be unpacked: {error.found}") from None
    except OSError as error:
        raise DeriveError(str(archive), f"cannot be unpacked: {error.strerror or error}") from None

"""A file into its place: all of it or what was there before, and never over somebody's own work."""

import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from derive.errors import DeriveError

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_MARK = 40
_SHORT = 40  # so that the name of a file beside another is not too long where that one's is not
_ENDING = ".part"
_THEIRS = "this file is not an earlier output of this command"


_NO_TEXTS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".docx", ".odt", ".pdf", ".zip", ".png", ".jpg"})


def refuse_name(target: Path, right: str) -> None:
    """DeriveError for a name that says of a text that it is something else, such as a workbook."""
    if target.suffix.lower() in _NO_TEXTS:
        raise DeriveError(str(target), "a text goes there, and this is no name of one", right)


def write_text(target: Path, text: str, *, force: bool = False, to_edit: bool = False, known_by: str = "") -> None:
    """Write a text to a file, beside it first and then in its place.

    A file that stands there is written over only where it begins as the text does, so that it is an earlier one of the
    same kind, or with `force`; `known_by` is how far it has to, where the first letters of others are the same, too.
    One that is made `to_edit` is written over only where nobody has. DeriveError where the target may not be replaced,
    or the disk refuses.
    """
    refuse_name(target, "another ending")
    content = text.encode("utf-8", "backslashreplace")
    begins = content if to_edit else (known_by or text[:_MARK]).encode("utf-8", "backslashreplace")
    theirs = "this file is another, or was edited" if to_edit else _THEIRS

    def is_earlier(place: Path) -> bool:
        with place.open("rb") as file:
            return file.read(len(begins) + to_edit) == begins

    with replacing(target, is_earlier, force=force, theirs=theirs) as beside:
        beside.write_bytes(content)


@contextmanager
def replacing(
    target: Path,
    is_earlier: Callable[[Path], bool],
    *,
    force: bool = False,
    theirs: str = _THEIRS,
) -> Iterator[Path]:
    """A path beside `target` to write to; on success it takes the target's place, on any failure it is removed.

    `is_earlier` tells whether a file that stands there is an earlier one of the same kind, to be written over without
    `force`; `theirs` is said of any other. What an earlier run that was killed left beside the target is removed. A
    link stays a link, and a file that is replaced hands its permissions on. DeriveError where the target may not be
    replaced, or the disk refuses.
    """
    place = Path(os.path.realpath(target))
    try:
        _may_replace(target, place)
        if place.exists() and not force and not is_earlier(place):
            raise DeriveError(str(target), theirs, "a new name, or --force")
        _remove_abandoned(place)
    except OSError as error:
        raise _refused(target, error) from None
    beside, handle = _beside(place), -1  # named before it is made, so that an interruption finds what to remove
    try:
        handle = _opened(beside)
        yield beside
        os.chmod(beside, _mode(place))
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        os.close(handle)
        handle = -1
        os.replace(beside, place)
    except OSError as error:
        raise _refused(target, error) from None
    finally:
        if handle >= 0:
            os.close(handle)
        beside.unlink(missing_ok=True)


def _may_replace(given: Path, place: Path) -> None:
    """Refuse, before any work, what would fail; `given` is what the user called it."""
    if place.is_dir():
        raise DeriveError(str(given), "this is a folder", "name a file")
    if not place.parent.is_dir():
        raise DeriveError(str(given), "there is no such folder", "make it first")
    if place.is_symlink():
        raise DeriveError(str(given), "this link leads in a circle", "name a file")
    if place.exists() and not place.is_file():
        raise DeriveError(str(given), "this is no file", "name one")
    if place.exists() and not (place.stat().st_mode & stat.S_IWUSR and os.access(place, os.W_OK)):
        raise DeriveError(str(given), "the file is read-only", "choose another with -o")


def _beside(place: Path) -> Path:
    """A name beside a target that no other run has."""
    return place.with_name(f"{_prefix(place)}{secrets.token_hex(8)}{_ENDING}")


def _opened(beside: Path) -> int:
    """A new file, open and locked."""
    while True:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with suppress(BlockingIOError):  # another run may take it for abandoned before it is locked
            _lock(handle)
            if beside.exists():
                return handle
        os.close(handle)


def _prefix(place: Path) -> str:
    return f".{place.name[:_SHORT]}."


def _remove_abandoned(place: Path) -> None:
    """Remove what stands beside a target and belongs to no run any more: what is written to is locked."""
    for part in place.parent.iterdir():
        if part.name.startswith(_prefix(place)) and part.name.endswith(_ENDING) and not part.is_symlink():
            with suppress(OSError), _open_again(part) as handle:
                if _lock(handle) and not _is_granted_twice(part):
                    part.unlink()


def _is_granted_twice(locked: Path) -> bool:
    """Whether a file that is locked can be locked once more: a runtime that grants every lock holds nobody back."""
    with _open_again(locked) as handle:
        try:
            return _lock(handle)
        except BlockingIOError:
            return False


@contextmanager
def _open_again(part: Path) -> Iterator[int]:
    handle = os.open(part, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Hold a file until it is closed or the process ends; BlockingIOError where another does, False without locks."""
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system that knows none
            return False
    return True


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file gets here."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refused(target: Path, error: OSError) -> DeriveError:
    return DeriveError(str(target), f"cannot be written: {(error.strerror or str(error)).lower()}")

"""A text into its file: all of it or what was there before, and never over somebody's own work."""

import os
from pathlib import Path

from derive.errors import DeriveError

_MARK = 40


def write_text(target: Path, text: str, *, force: bool = False) -> None:
    """Write a text to a file, beside it first and then in its place.

    A file that stands there is written over only where it begins as the text does, so that it is an earlier one of the
    same kind, or with `force`. DeriveError where the target may not be replaced, or the disk refuses.
    """
    place = Path(os.path.realpath(target))  # a link stays a link; what it leads to is replaced
    if place.is_dir():
        raise DeriveError(str(target), "this is a folder", "name a file")
    if place.exists() and not place.is_file():
        raise DeriveError(str(target), "this is no file", "name one, or leave -o out")
    if not place.parent.is_dir():
        raise DeriveError(str(target), "there is no such folder", "make it first")
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        if place.exists() and not force and not _is_earlier(place, text):
            raise DeriveError(
                str(target),
                "this file is not an earlier output of this command",
                "choose another name, or write over it with --force",
            )
        beside.write_text(text, encoding="utf-8")
        beside.replace(place)
    except OSError as error:
        raise DeriveError(str(target), f"cannot be written: {(error.strerror or str(error)).lower()}") from None
    finally:
        beside.unlink(missing_ok=True)


def _is_earlier(place: Path, text: str) -> bool:
    """Whether a file begins as a text does."""
    begins = text[:_MARK].encode()
    with place.open("rb") as file:
        return file.read(len(begins)) == begins

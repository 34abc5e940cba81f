"""What shows the verdicts, for `derive verify`: a file for each in a folder, named for the document and the place."""

import json
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from derive.certificates import FORMAT
from derive.checking import Report
from derive.checking.report import Shown, plural
from derive.delivery import write_text
from derive.errors import DeriveError

_HEAD = f'{{"format":"{FORMAT}",'
_PLACE = re.compile(r"\d+-\d+(-\d+)?")


def write_certificates(folder: Path, report: Report, *, force: bool = False) -> str:
    """Write `notes.txt.2-15.json` for the verdict on line 2, column 15 of notes.txt, and so on; and tell how many.

    The folder is made where it is not there; what an earlier check left in it of a document of this name is removed.
    DeriveError where somebody else's file has the name, or the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = _files(report)
        _remove_earlier(folder, {name for name, _, _ in files})
    except OSError as error:
        raise DeriveError(str(folder), f"cannot be written: {(error.strerror or str(error)).lower()}") from None
    for name, place, certificate in files:
        write_text(folder / f"{name}.{place}.json", _text(certificate), force=force)
    missing = sum(one.verdict in ("proved", "refuted") for one in report.checked) - len(files)
    told = f"wrote {plural(len(files), 'certificate')} into {folder}"
    without = "on rounded numbers, given values or names of derivatives without one"
    return f"{told}; {plural(missing, 'verdict')} {without}" if missing else told


def _files(report: Report) -> list[tuple[str, str, Shown]]:
    """The name of a document, the place in it, and the certificate; documents of one name are numbered."""
    found = []
    taken: set[str] = set()
    for examined in report.examined:
        name = stem = "standard-input" if examined.file == "-" else Path(examined.file).name
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.lower())
        places: Counter[str] = Counter()
        for one, certificate in zip(examined.checked, examined.certificates, strict=True):
            if certificate is not None:
                place = f"{one.line}-{one.column}"
                places[place] += 1
                found.append((name, f"{place}-{places[place]}" if places[place] > 1 else place, certificate))
    return found


def _text(shown: Shown) -> str:
    """A certificate, or several as a list."""
    return json.dumps(shown, separators=(",", ":")) + "\n"


def _remove_earlier(folder: Path, names: Collection[str]) -> None:
    """Remove certificates of documents of these names."""
    for file in folder.glob("*.json"):
        name, _, place = file.stem.rpartition(".")
        if name in names and _PLACE.fullmatch(place) and file.is_file():
            with file.open(encoding="utf-8", errors="replace") as opened:
                is_ours = opened.read(len(_HEAD) + 1).lstrip("[").startswith(_HEAD)
            if is_ours:
                file.unlink()

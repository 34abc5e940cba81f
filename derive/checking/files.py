"""The documents of files and folders, checked."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from derive.checking.examination import examine
from derive.checking.lenders import HasNetwork, lenders
from derive.checking.report import Examined, Report
from derive.documents.files import KINDS, documents_in, read_document
from derive.errors import DeriveError
from derive.network import Network

_OURS = "<!-- derive check -->"
"""The sign of a page that an earlier check wrote."""


def check_files(paths: Iterable[str], walkthrough: "Network | HasNetwork | None" = None) -> Report:
    """The equalities of files, `-` for standard input, and the faults of those that cannot be read or hold none.

    A folder stands for the documents in it; one of these without an equality is no fault.
    """
    examined: list[Examined] = []
    faults: list[str] = []
    for path, is_named in _files(paths, faults):
        try:
            source, layout = read_document(path)
            if not is_named and _OURS in source[:100]:
                continue
            found = examine(source, layout, lenders(walkthrough), path)
            if found.checked:
                examined.append(found)
            elif is_named:
                raise DeriveError(path, "no equalities found", "each has a sign of equality, as in dE/dw5 = …")
        except DeriveError as error:
            told = str(error)
            faults.append(told if told.startswith((path, "standard input")) else f"{path}: {told}")
    if not examined and not faults:
        faults.append("no equalities found in any document")
    return Report(tuple(examined), tuple(faults))


def _files(paths: Iterable[str], faults: list[str]) -> Iterator[tuple[str, bool]]:
    """Each file once, and whether it was named itself rather than found in a folder."""
    seen: set[str] = set()
    for path in paths:
        is_folder = path != "-" and Path(path).is_dir()
        found = documents_in(path) if is_folder else (path,)
        if not found:
            faults.append(f"{path}: no documents in this folder — their names end in {', '.join(KINDS)}")
        for one in found:
            if one not in seen:
                seen.add(one)
                yield one, not is_folder
